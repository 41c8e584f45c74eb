import { requestId, validRequestId } from './request-id.js';

describe('the id of a request', () => {
  it("is the caller's when that is valid", () => {
    expect(requestId({ headers: { 'x-request-id': 'a-1._B' } })).toBe('a-1._B');
    expect(validRequestId('x'.repeat(128))).toBe('x'.repeat(128));
  });

  it.each(['', ' ', 'a b', 'a"b', 'x'.repeat(129), 'é', undefined, 7, ['a']])('is a new one for %j', (given) => {
    expect(validRequestId(given)).toMatch(/^[\w-]{20}\.\d{3,}$/);
  });

  it('is another one for each, of one process', () => {
    const ids = Array.from({ length: 5000 }, () => validRequestId(undefined));
    expect(new Set(ids).size).toBe(ids.length);
    expect(new Set(ids.map((id) => id.split('.', 1)[0])).size).toBe(1);
  });
});
