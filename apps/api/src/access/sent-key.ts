/** Scheme of the Authorization header that carries a key; RFC 6750. */
const BEARER = /^bearer +(\S+)$/i;

/**
 * The API key in the headers of a request, as Node's flat list: `Authorization: Bearer KEY` or `X-API-Key: KEY`.
 * Undefined when there is none; another scheme of Authorization is somebody else's. Null when there are several that
 * differ: which one counts would be a guess.
 */
export function sentKey(rawHeaders: readonly string[]): string | undefined | null {
  let found: string | undefined;
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const key = keyIn(rawHeaders[i]!, rawHeaders[i + 1]!);
    if (key === undefined || key === found) continue;
    if (found !== undefined) return null;
    found = key;
  }
  return found;
}

function keyIn(name: string, value: string): string | undefined {
  // The length tells nearly all names apart, before anything is made lower-case.
  if (name.length === 13 && name.toLowerCase() === 'authorization') return BEARER.exec(value)?.[1];
  if (name.length === 9 && name.toLowerCase() === 'x-api-key') return value.trim() || undefined;
  return undefined;
}
