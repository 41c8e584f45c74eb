import { sentKey } from './sent-key.js';

describe('the key of a request', () => {
  it.each([
    ['Authorization', 'Bearer abc', 'abc'],
    ['authorization', 'bearer  abc', 'abc'],
    ['X-API-Key', 'abc', 'abc'],
    ['x-api-key', ' abc ', 'abc'],
    ['Authorization', 'Basic dTpw', undefined],
    ['Authorization', 'Bearer', undefined],
    ['Authorization', 'Bearer ', undefined],
    ['Authorization', 'abc', undefined],
    ['Authorization', 'Bearer a b', undefined],
    ['X-API-Key', ' ', undefined],
    ['X-Other', 'abc', undefined],
  ])('of %s: %s', (name, value, key) => {
    expect(sentKey(['Host', 'x', name, value])).toBe(key);
  });

  it('may be given both ways, when it is the same', () => {
    expect(sentKey(['Authorization', 'Bearer abc', 'X-API-Key', 'abc'])).toBe('abc');
    expect(sentKey(['Authorization', 'Basic dTpw', 'X-API-Key', 'abc'])).toBe('abc');
    expect(sentKey(['Authorization', 'Bearer abc', 'X-API-Key', 'abd'])).toBeNull();
    expect(sentKey(['X-API-Key', 'abc', 'X-API-Key', 'abd', 'X-API-Key', 'abc'])).toBeNull();
  });
});
