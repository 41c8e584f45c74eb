import { randomBytes } from 'node:crypto';

/** Another one in each process, so that nobody can choose keys that have the same hash. */
const SEED = randomBytes(4).readUInt32LE();

/** A hash of 31 bits, of which any are good: FNV-1a over the code units, then the finalizer of MurmurHash3. */
export function keyHash(key: string): number {
  let sum = SEED;
  for (let i = 0; i < key.length; i++) sum = Math.imul(sum ^ key.charCodeAt(i), 0x01000193);
  sum = Math.imul(sum ^ (sum >>> 16), 0x85ebca6b);
  sum = Math.imul(sum ^ (sum >>> 13), 0xc2b2ae35);
  // 31 bits: what is larger is an object to V8.
  return (sum ^ (sum >>> 16)) >>> 1;
}
