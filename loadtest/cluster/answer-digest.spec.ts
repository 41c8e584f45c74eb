import { contentDigest } from './answer-digest.js';

describe('contentDigest', () => {
  it('is the same whatever the order of members, and not whatever the order of rows', () => {
    expect(contentDigest([{ a: 1, b: null }])).toBe(contentDigest([{ b: null, a: 1 }]));
    expect(contentDigest([{ a: 1 }, { a: 2 }])).not.toBe(contentDigest([{ a: 2 }, { a: 1 }]));
  });

  it.each([
    ['another value', [{ a: 1 }], [{ a: 2 }]],
    ['another kind of value', [{ a: 1 }], [{ a: '1' }]],
    ['a member more', [{ a: 1 }], [{ a: 1, b: null }]],
    ['a row more', [{ a: 1 }], [{ a: 1 }, { a: 1 }]],
    ['a member of another name', [{ a: 1 }], [{ b: 1 }]],
  ])('differs by %s', (_, one, other) => {
    expect(contentDigest(one)).not.toBe(contentDigest(other));
  });

  it('takes of a problem what it says is wrong', () => {
    const problem = { type: 'https://x', status: 404, error: 'Artist not found', requestId: '1' };
    expect(contentDigest(problem)).toBe(contentDigest('Artist not found'));
  });
});
