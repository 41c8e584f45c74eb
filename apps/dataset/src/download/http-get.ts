import {
  request as requestHttp,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type OutgoingHttpHeaders,
} from 'node:http';
import { request as requestHttps } from 'node:https';
import type { Bounds } from './bounds.js';
import { DownloadError } from './download-error.js';
import { redirectedPlace, type Place } from './place.js';

const MOST_REDIRECTS = 5;
const REDIRECTS = new Set([301, 302, 303, 307, 308]);
const PASSING = new Set([408, 425, 429, 500, 502, 503, 504]);
const LONGEST_WAIT_MS = 60_000;
const CERTIFICATE = /^(?:CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|HOSTNAME_|ERR_TLS_|ERR_SSL_)/;

/** An answer whose body is yet to be read, once, or to be discarded. */
export interface Answer {
  /** 200; or 206 or 416 when a range was asked for. */
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** The bytes as they are sent. Throws {@link DownloadError} when they end early or stay out. */
  readonly body: () => AsyncGenerator<Buffer, void, undefined>;
  /** Ends the connection. */
  readonly discard: () => void;
}

/**
 * Asks for a place, by way of redirects if need be. Bodies are never decoded, which fetch() would do: a server may call
 * a `.gz` file an encoded one, and digests and ranges are of the bytes as they are stored. Throws {@link DownloadError}
 * for other answers than those of {@link Answer} and when there is none, and the signal's reason when it is aborted.
 */
export async function get(place: Place, headers: OutgoingHttpHeaders, bounds: Bounds): Promise<Answer> {
  let current = place;
  for (let redirects = 0; redirects <= MOST_REDIRECTS; redirects++) {
    const answer = await ask(current, headers, bounds);
    if (isFine(answer.status, headers)) return answer;
    answer.discard();
    if (!REDIRECTS.has(answer.status)) throw refusal(current, answer);
    current = redirectedPlace(current, answer.headers.location);
  }
  throw new DownloadError(`${place.shown} is redirected more than ${MOST_REDIRECTS} times.`);
}

function isFine(status: number, headers: OutgoingHttpHeaders): boolean {
  return status === 200 || (headers['range'] !== undefined && (status === 206 || status === 416));
}

function ask(place: Place, headers: OutgoingHttpHeaders, { signal, stallMs }: Bounds): Promise<Answer> {
  signal.throwIfAborted();
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const { url, authorization, shown } = place;
  const send = url.protocol === 'https:' ? requestHttps : requestHttp;
  const request = send(url, {
    headers: { 'accept-encoding': 'identity', ...headers, ...(authorization === undefined ? {} : { authorization }) },
  });
  let response: IncomingMessage | undefined;
  const stop = (reason: Error) => (response ?? request).destroy(reason);
  const abort = () => stop(signal.reason as Error);
  signal.addEventListener('abort', abort, { once: true });
  const stall = setTimeout(
    () => stop(new DownloadError(`${shown} sent nothing for ${stallMs / 1000} seconds.`, { passing: true })),
    stallMs,
  );
  request.on('response', (arrived) => {
    response = arrived;
    stall.refresh();
    resolve({
      status: arrived.statusCode ?? 0,
      headers: arrived.headers,
      body: () => pieces(arrived, place, () => stall.refresh()),
      discard: () => arrived.destroy(),
    });
  });
  request.on('error', (error) => reject(networkFault(place, error)));
  request.on('close', () => {
    clearTimeout(stall);
    signal.removeEventListener('abort', abort);
  });
  request.end();
  return promise;
}

async function* pieces(response: IncomingMessage, place: Place, onPiece: () => void): AsyncGenerator<Buffer, void> {
  try {
    for await (const piece of response as AsyncIterable<Buffer>) {
      onPiece();
      yield piece;
    }
  } catch (error) {
    throw networkFault(place, error);
  }
}

/** The error itself unless it is one of the network. */
function networkFault({ shown }: Place, cause: unknown): unknown {
  if (!Error.isError(cause) || cause instanceof DownloadError) return cause;
  const { code } = cause as NodeJS.ErrnoException;
  if (typeof code !== 'string') return cause;
  if (CERTIFICATE.test(code)) {
    const advice = 'if it is of an own authority, name a file with its certificate in NODE_EXTRA_CA_CERTS';
    return new DownloadError(`${shown}: its certificate is not trusted (${cause.message}); ${advice}.`, { cause });
  }
  // When all addresses of a host refuse, the error that unites theirs has no message.
  const message = code === 'ECONNRESET' ? 'the connection broke' : cause.message || code;
  return new DownloadError(`${shown} cannot be downloaded: ${message}.`, { cause, passing: true });
}

function refusal({ shown }: Place, { status, headers }: Answer): DownloadError {
  const advice = status === 401 || status === 403 ? ': check the user info or the signature in the address' : '';
  return new DownloadError(`${shown} is answered with status ${status}${advice}.`, {
    passing: PASSING.has(status),
    waitMs: waitOf(headers['retry-after']),
  });
}

function waitOf(retryAfter: string | undefined): number {
  if (retryAfter === undefined) return 0;
  const waitMs = /^\d+$/.test(retryAfter) ? Number(retryAfter) * 1000 : Date.parse(retryAfter) - Date.now();
  return waitMs > 0 ? Math.min(waitMs, LONGEST_WAIT_MS) : 0;
}
