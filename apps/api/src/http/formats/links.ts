/** A page of a list and how to ask for it. */
export interface Page {
  /** Path of the list as links name it; empty for links that are good under any path. */
  readonly path: string;
  /** The parameters of the request; its `limit` and `offset` are replaced, what is undefined was not given. */
  readonly query: Readonly<Record<string, string | number | readonly string[] | undefined>>;
  /** Rows of a page at most. */
  readonly limit: number;
  /** Rows before the page. */
  readonly offset: number;
  /** Rows of the whole list. */
  readonly total: number;
  /** The highest offset that can be asked for: there is no link beyond. */
  readonly maxOffset: number;
}

/**
 * Value of the header `Link` (RFC 8288) with the first page, the one before and the one after, as far as they are others
 * than this one; undefined when there is no other. Following `next` from the first page gives each row once.
 */
export function pageLinks(page: Page): string | undefined {
  const { limit, offset, total, maxOffset } = page;
  const links: string[] = [];
  const [before, after] = aroundOffset(page);
  const link = (relation: string, to: number) => links.push(`<${before}${to}${after}>; rel="${relation}"`);
  if (offset > 0) {
    link('first', 0);
    // Beyond the end, the page before is the last that has rows.
    link('prev', Math.max(0, Math.min(offset, total) - limit));
  }
  if (offset + limit < total && offset + limit <= maxOffset) link('next', offset + limit);
  return links.length > 0 ? links.join(', ') : undefined;
}

/** What stands before and after the number of rows to skip in the URLs of all pages. */
function aroundOffset({ path, query, limit }: Page): readonly [before: string, after: string] {
  const [before, after]: [string[], string[]] = [[], []];
  let part = before;
  for (const [name, value] of Object.entries({ ...query, limit, offset: '' })) {
    if (value === undefined) continue;
    // A comma is encoded with the rest: readers that take the header apart at commas do not stumble over it.
    part.push(`${encodeURIComponent(name)}=${encodeURIComponent(String(value))}`);
    if (name === 'offset') part = after;
  }
  return [`${path}?${before.join('&')}`, after.map((parameter) => `&${parameter}`).join('')];
}
