/** A finished answer: its bytes go onto the wire as they are, nothing is serialised again. */
export interface Answer {
  /** JSON in UTF-8, unless contentType says otherwise. */
  readonly body: Buffer;
  /** The canonical URL of the answer, sent as `Content-Location`; set when `date=latest` was resolved to a day. */
  readonly contentLocation?: string;
  /** Media type of the body when it is not JSON. */
  readonly contentType?: string;
  /** Further headers, such as Location. */
  readonly headers?: Readonly<Record<string, string>>;
  /** 200 when absent. */
  readonly status?: number;
}

/** Media type of an answer that does not say another. */
export const JSON_TYPE = 'application/json; charset=utf-8';

/** The list without rows. */
export const EMPTY_LIST: Answer = { body: Buffer.from('[]') };

/** An answer in plain text. */
export function textAnswer(text: string): Answer {
  return { body: Buffer.from(text), contentType: 'text/plain; charset=utf-8' };
}

/** An answer that is a page, with headers of its own. */
export function pageAnswer(html: string, headers: Readonly<Record<string, string>>): Answer {
  return { body: Buffer.from(html), contentType: 'text/html; charset=utf-8', headers };
}

/** Whether a value returned by a controller is an {@link Answer}. */
export function isAnswer(value: unknown): value is Answer {
  return typeof value === 'object' && value !== null && 'body' in value && Buffer.isBuffer(value.body);
}
