import { seededRandom } from './random.js';
import { hasExpectedBody, hasExpectedStatus, requestMix, type ExpectingAsk } from './request-mix.js';

const WORDS = { regions: ['Atlantis', 'Lemuria'], dates: ['2021-01-02'], artists: ['The Invented', '50%'] };
const SHARES = { conditionalShare: 0.3, wrongShare: 0.05 };

function drawn(count: number, remember: boolean, seed = 1): readonly ExpectingAsk[] {
  const mix = requestMix(WORDS, SHARES, seededRandom(seed));
  return Array.from({ length: count }, () => {
    const ask = mix.draw();
    if (remember && ask.expected.statuses[0] === 200) mix.remember(ask.path, `"${ask.path.length}"`);
    return ask;
  });
}

describe('the request mix', () => {
  const asks = drawn(40_000, true);
  const share = (is: (ask: ExpectingAsk) => boolean) => asks.filter(is).length / asks.length;

  it('has the share of wrong requests, each with the answer that is right for it', () => {
    const wrong = asks.filter(({ expected }) => expected.statuses[0]! >= 400 || expected.bodyBytes !== undefined);
    expect(wrong.length / asks.length).toBeCloseTo(SHARES.wrongShare, 1);
    expect(new Set(wrong.map(({ expected }) => expected.statuses.join()))).toEqual(new Set(['200', '400', '404']));
    expect(wrong.every(({ headers }) => Object.keys(headers).length === 0)).toBe(true);
  });

  it('has the share of conditional requests, with the tag of the path', () => {
    expect(share(({ headers }) => 'If-None-Match' in headers)).toBeCloseTo(SHARES.conditionalShare, 1);
    const conditional = asks.filter(({ headers }) => 'If-None-Match' in headers);
    expect(conditional.every(({ path, headers }) => headers['If-None-Match'] === `"${path.length}"`)).toBe(true);
    expect(conditional.every(({ expected }) => expected.statuses.join() === '304,200')).toBe(true);
  });

  it('sends no tag before it has seen one', () => {
    expect(drawn(5000, false).some(({ headers }) => 'If-None-Match' in headers)).toBe(false);
  });

  it('is the same for the same seed, and another for another runner', () => {
    expect(drawn(500, true)).toEqual(drawn(500, true));
    expect(drawn(500, true, 2)).not.toEqual(drawn(500, true));
  });

  it('knows the paths whose tags it has', () => {
    const mix = requestMix(WORDS, SHARES, seededRandom(1));
    mix.remember('/filters', '"a"');
    expect([mix.knows('/filters'), mix.knows('/tracks')]).toEqual([true, false]);
  });

  it('has none but right requests when it is told so', () => {
    const mix = requestMix(WORDS, { conditionalShare: 0, wrongShare: 0 }, seededRandom(1));
    const all = Array.from({ length: 2000 }, () => mix.draw());
    expect(all.every(({ expected }) => expected.statuses.join() === '200' && expected.bodyBytes === undefined)).toBe(
      true,
    );
  });
});

describe('an answer', () => {
  it('is as expected by status and by size', () => {
    const empty = { statuses: [200], bodyBytes: 2 };
    expect([hasExpectedStatus(empty, 200), hasExpectedStatus(empty, 503)]).toEqual([true, false]);
    expect([2, 3, 0].map((bytes) => hasExpectedBody(empty, 200, bytes))).toEqual([true, false, false]);
    const full = { statuses: [304, 200] };
    expect([0, 2, 5000].map((bytes) => hasExpectedBody(full, 200, bytes))).toEqual([false, true, true]);
    expect([0, 2].map((bytes) => hasExpectedBody(full, 304, bytes))).toEqual([true, false]);
  });
});
