import type { IncomingMessage } from 'node:http';
import { validRequestId } from './request-id.js';
import { readTraceparent } from './traceparent.js';

/** The caller's trace as the log needs it. */
export interface HeadTrace {
  /** Its members as JSON with a comma before them, or nothing. */
  readonly json: string;
  /** Whether the caller records it. */
  readonly sampled: boolean;
}

/** The few headers that an answer from memory depends on. */
export interface ReadHead {
  readonly accept: string | undefined;
  readonly acceptEncoding: string | undefined;
  readonly ifNoneMatch: string | undefined;
  /** The caller's id when it is valid, a new one otherwise. */
  readonly requestId: string;
  /** Address of the client; safe within a JSON string. */
  readonly client: string | undefined;
  readonly trace: HeadTrace;
  /** Whether it names one host, has no body and expects nothing, as all but faulty or rare requests do. */
  readonly plain: boolean;
}

const NO_TRACE: HeadTrace = { json: '', sampled: false };
const SPECIAL: ReadonlySet<string> = new Set(['expect', 'content-length', 'transfer-encoding']);
const ADDRESS = /^[0-9A-Fa-f.:]{1,45}$/;

/**
 * Reads the headers as they came. Node's `request.headers` makes an object of all of them at first use, which costs as
 * much as all the rest of reading a request.
 */
export function readHead({ rawHeaders, socket }: IncomingMessage, trustProxy: boolean, traces: boolean): ReadHead {
  let accept: string | undefined, acceptEncoding: string | undefined, ifNoneMatch: string | undefined;
  let requestId: string | undefined, forwarded: string | undefined, traceparent: string | undefined;
  let hosts = 0;
  let special = false;
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i]!;
    // The length tells nearly all names apart, before anything is made lower-case.
    if (isSpecial(name)) special = true;
    switch (name.length) {
      case 4:
        if (name.toLowerCase() === 'host') hosts++;
        break;
      case 6:
        if (name.toLowerCase() === 'accept') accept = joined(accept, rawHeaders[i + 1]!);
        break;
      case 11:
        if (traces && name.toLowerCase() === 'traceparent') traceparent = rawHeaders[i + 1];
        break;
      case 12:
        if (name.toLowerCase() === 'x-request-id') requestId = requestId === undefined ? rawHeaders[i + 1] : '';
        break;
      case 13:
        if (name.toLowerCase() === 'if-none-match') ifNoneMatch = joined(ifNoneMatch, rawHeaders[i + 1]!);
        break;
      case 15:
        if (name.toLowerCase() === 'accept-encoding') acceptEncoding = joined(acceptEncoding, rawHeaders[i + 1]!);
        else if (trustProxy && name.toLowerCase() === 'x-forwarded-for') forwarded ??= rawHeaders[i + 1];
    }
  }
  return {
    accept,
    acceptEncoding,
    ifNoneMatch,
    requestId: validRequestId(requestId),
    client: clientOf(socket.remoteAddress, forwarded),
    trace: traceparent === undefined ? NO_TRACE : traceOf(traceparent),
    plain: hosts === 1 && !special,
  };
}

/** Whether a header says that more than the head is to come. */
function isSpecial(name: string): boolean {
  const { length } = name;
  return (length === 6 || length === 14 || length === 17) && SPECIAL.has(name.toLowerCase());
}

function joined(before: string | undefined, value: string): string {
  return before === undefined ? value : `${before}, ${value}`;
}

function clientOf(peer: string | undefined, forwarded: string | undefined): string | undefined {
  const address = forwarded === undefined ? peer : forwarded.split(',', 1)[0]!.trim();
  return address !== undefined && ADDRESS.test(address) ? address : undefined;
}

function traceOf(traceparent: string): HeadTrace {
  const trace = readTraceparent(traceparent);
  if (!trace) return NO_TRACE;
  return { json: `,"traceId":"${trace.traceId}","spanId":"${trace.spanId}"`, sampled: trace.sampled };
}
