import { z } from 'zod';

/** A whole number written with digits only, from least to most. */
export function count(least: number, most: number) {
  const right = `must be a whole number from ${least} to ${most}`;
  return z
    .string()
    .regex(/^\d{1,15}$/, right)
    .transform(Number)
    .pipe(z.int().min(least, right).max(most, right))
    .meta({ values: `${least} to ${most}` });
}

/** A number from 0 to 1, such as 0.05. */
export function share() {
  const right = 'must be a number from 0 to 1, such as 0.05';
  return z
    .string()
    .regex(/^(\d+(\.\d+)?|\.\d+)$/, right)
    .transform(Number)
    .pipe(z.number().min(0, right).max(1, right))
    .meta({ values: '0 to 1' });
}

/** One of a few words. */
export function oneOf<const Word extends string>(words: readonly Word[]) {
  return z.enum(words, { error: `must be one of ${words.join(', ')}` }).meta({ values: words.join(', ') });
}

/** true or false. */
export function flag() {
  return z
    .enum(['true', 'false'], { error: 'must be true or false' })
    .transform((word) => word === 'true')
    .meta({ values: 'true, false' });
}

/** Text without control characters or spaces at its ends; what says what it should be. */
export function name(what: string) {
  return z
    .string()
    .regex(/^[^\s\p{Cc}]([^\p{Cc}]*[^\s\p{Cc}])?$/u, `must be ${what}`)
    .meta({ values: what });
}

/** Text of a pattern, such as a size. */
export function quantity(pattern: RegExp, what: string) {
  return z.string().regex(pattern, `must be ${what}`).meta({ values: what });
}

/** `*` or web origins separated by commas. */
export function list(what: string) {
  const right = `must be ${what}`;
  return z
    .string()
    .transform((text) => text.split(',').map((item) => item.trim()))
    .pipe(z.array(z.string().refine((item) => item === '*' || isOrigin(item), right)))
    .meta({ values: what });
}

function isOrigin(text: string): boolean {
  return URL.canParse(text) && new URL(text).origin === text;
}

/** URLs of Redis servers separated by commas: redis:// or rediss:// (TLS), with user and password where they are needed. */
export function redisUrls() {
  const right = 'must be redis://[USER:PASSWORD@]HOST[:PORT][/DB], rediss:// for TLS, several separated by commas';
  return z
    .string()
    .transform((text) => text.split(',').map((item) => item.trim()))
    .pipe(z.array(z.string().refine(isRedisUrl, right)).refine(areAlike, 'must be all redis:// or all rediss://'))
    .meta({ values: 'URLs that begin with redis:// or rediss://' });
}

function isRedisUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname, pathname, username, password } = new URL(text);
  if (!['redis:', 'rediss:'].includes(protocol) || hostname === '' || !/^\/?\d{0,3}$/.test(pathname)) return false;
  try {
    decodeURIComponent(username + password);
    return true;
  } catch {
    return false;
  }
}

function areAlike(urls: readonly string[]): boolean {
  return new Set(urls.map((url) => url.split(':', 1)[0])).size === 1;
}
