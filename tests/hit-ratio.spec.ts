import { ByteSieve } from '#libs/read-through';
import { seededRandom, zipf } from '../loadtest/random.js';

const KEYS = 10_000;
const KEPT = 300;
const ASKED = 200_000;
const EXPONENT = 1.1;

/** Positions by Zipf's law, the first the most often; the same at each run. */
function zipfSequence(): number[] {
  const draw = zipf(KEYS, EXPONENT, seededRandom(2024));
  return Array.from({ length: ASKED }, draw);
}

/** Share of a sequence that a cache has when it is asked for; what it has not is put into it. */
function hitRatio(sequence: readonly number[], has: (key: string) => boolean, put: (key: string) => void): number {
  let hits = 0;
  for (const one of sequence) {
    const key = String(one);
    if (has(key)) hits++;
    else put(key);
  }
  return hits / sequence.length;
}

function ratioOfSieve(sequence: readonly number[]): number {
  const sieve = new ByteSieve<string>(KEPT, () => 1);
  return hitRatio(
    sequence,
    (key) => sieve.get(key) !== undefined,
    (key) => sieve.set(key, key),
  );
}

/** Least recently used: the set is in the order of use. */
function ratioOfLru(sequence: readonly number[]): number {
  const kept = new Set<string>();
  const put = (key: string) => {
    if (kept.size === KEPT) kept.delete(kept.keys().next().value!);
    kept.add(key);
  };
  const has = (key: string) => kept.delete(key) && kept.add(key) !== undefined;
  return hitRatio(sequence, has, put);
}

describe('the hit ratio of SIEVE', () => {
  it('is well above that of LRU, and below that of what is asked for most, where keys are asked for by the law of Zipf', () => {
    const sequence = zipfSequence();
    const best = hitRatio(
      sequence,
      (key) => Number(key) < KEPT,
      () => undefined,
    );
    const [sieve, lru] = [ratioOfSieve(sequence), ratioOfLru(sequence)];
    expect(sieve).toBeGreaterThan(lru + 0.06);
    expect(sieve).toBeLessThan(best);
  });
});
