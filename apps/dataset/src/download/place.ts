import { UsageError } from '../reporting.js';
import { DownloadError } from './download-error.js';

/** An address that something is downloaded from. */
export interface Place {
  /** Without user info and fragment. */
  readonly url: URL;
  /** Value of the Authorization header; there is one when the address has user info. */
  readonly authorization: string | undefined;
  /** The address for messages and manifests: without user info, query and fragment, which may be secret. */
  readonly shown: string;
}

/** Whether an argument is an address and no name of a file. */
export function isAddress(argument: string): boolean {
  return /^[a-z][a-z\d+.-]+:\/\//i.test(argument);
}

/** The text with each web address in it as {@link Place.shown} has it. */
export function hideSecrets(text: string): string {
  return text.replaceAll(/\bhttps?:\/\/[^\s"'<>]+/gi, (address) => {
    const url = URL.parse(address);
    return url === null ? 'https://...' : shownOf(url);
  });
}

/**
 * The place of an address with https:, or with http: on this very host; the fragment is left to the caller. Throws
 * {@link UsageError} for any other.
 */
export function parsePlace(text: string): Place {
  const url = URL.parse(text);
  if (url === null) throw new UsageError(`${hideSecrets(text)} is no valid address: expected https://HOST/PATH.`);
  const fault = faultOf(url);
  if (fault !== undefined) throw new UsageError(`${shownOf(url)} ${fault}`);
  return placeOf(url, credentials(url));
}

/** The place of a name beside another one; user info and query stay. */
export function besidePlace({ url, authorization }: Place, name: string): Place {
  const beside = new URL(encodeURIComponent(name), url);
  beside.search = url.search;
  return placeOf(beside, authorization);
}

/**
 * Where a redirect leads. Credentials go no further than the origin they are for. Throws {@link DownloadError} when it
 * leads nowhere, from https: to http:, or where downloads are not allowed from.
 */
export function redirectedPlace(from: Place, location: string | undefined): Place {
  const url = location === undefined ? null : URL.parse(location, from.url.href);
  if (url === null) throw new DownloadError(`${from.shown} redirects to no valid address.`);
  const fault = from.url.protocol === 'https:' && url.protocol === 'http:' ? 'is not encrypted.' : faultOf(url);
  if (fault !== undefined) {
    throw new DownloadError(`${from.shown} redirects to ${shownOf(url)}, which is refused: it ${fault}`);
  }
  return placeOf(url, url.origin === from.url.origin ? from.authorization : undefined);
}

function placeOf(url: URL, authorization: string | undefined): Place {
  const bare = new URL(url);
  bare.username = bare.password = bare.hash = '';
  return { url: bare, authorization, shown: shownOf(url) };
}

function shownOf(url: URL): string {
  return `${url.protocol}//${url.host}${url.pathname}`;
}

function faultOf({ protocol, hostname }: URL): string | undefined {
  if (protocol === 'https:' || (protocol === 'http:' && isLoopback(hostname))) return undefined;
  return protocol === 'http:'
    ? 'is not encrypted: expected https:// (http:// is for 127.0.0.1, [::1] and localhost only).'
    : `begins with ${protocol}//: expected https://.`;
}

function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(?:\.\d+){3}$/.test(hostname);
}

function credentials({ username, password }: URL): string | undefined {
  if (username === '' && password === '') return undefined;
  const text = `${decoded(username)}:${decoded(password)}`;
  return `Basic ${Buffer.from(text).toString('base64')}`;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
