import { ByteRing, Doorkeeper } from '#libs/read-through';
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

/** As answers are kept: from the second time on. A record has 16 bytes before it, 8 for its key, and no value. */
function ratioOfRing(sequence: readonly number[]): number {
  const ring = new ByteRing<true>(KEPT * 24, {
    sizeOf: () => 0,
    write: () => undefined,
    view: () => true,
    copy: () => true,
  });
  const asked = new Doorkeeper(KEPT);
  return hitRatio(
    sequence,
    (key) => ring.view(key) !== undefined,
    (key) => asked.seen(key) && ring.set(key, true),
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

describe('the hit ratio of the ring', () => {
  it('is well above that of LRU, and below that of what is asked for most, where keys are asked for by the law of Zipf', () => {
    const sequence = zipfSequence();
    const best = hitRatio(
      sequence,
      (key) => Number(key) < KEPT,
      () => undefined,
    );
    const [ring, lru] = [ratioOfRing(sequence), ratioOfLru(sequence)];
    expect(ring).toBeGreaterThan(lru + 0.05);
    expect(ring).toBeLessThan(best);
  });
});
