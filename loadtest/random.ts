/** A number from 0 up to 1 at each call; the same seed gives the same numbers (mulberry32). */
export type Random = () => number;

/** Makes a {@link Random} from a whole number. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A copy of the values in an order that the random numbers give (Fisher-Yates). */
export function shuffled<T>(values: readonly T[], random: Random): T[] {
  const copy = [...values];
  for (let i = copy.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [copy[i], copy[j]] = [copy[j]!, copy[i]!];
  }
  return copy;
}

/**
 * Draws positions 0 to size - 1, position i with a chance in proportion to 1 / (i + 1)^exponent (Zipf's law); 0 draws
 * all alike. Throws a RangeError when there is nothing to draw from.
 */
export function zipf(size: number, exponent: number, random: Random): () => number {
  if (!(size >= 1)) throw new RangeError(`nothing to draw from: size is ${size}, must be at least 1`);
  const sums = new Float64Array(size);
  let sum = 0;
  for (let i = 0; i < size; i++) sums[i] = sum += (i + 1) ** -exponent;
  return () => {
    const wanted = random() * sum;
    let [low, high] = [0, size - 1];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (sums[middle]! > wanted) high = middle;
      else low = middle + 1;
    }
    return low;
  };
}
