import { privateCacheControl } from './answer-writer.js';

describe('the Cache-Control of answers to who has a key', () => {
  it.each([
    ['public, max-age=60, stale-if-error=86400', 'private, max-age=60, stale-if-error=86400'],
    ['max-age=60', 'private, max-age=60'],
    ['Public,s-maxage=600, proxy-revalidate', 'private'],
    ['private, no-cache', 'private, no-cache'],
    ['no-store', 'private, no-store'],
  ])('is private and keeps the rest: %s', (value, kept) => {
    expect(privateCacheControl(value)).toBe(kept);
  });
});
