import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { RecordBuckets } from './record-buckets.js';
import { BLOCK_WORDS, RecordRoom } from './record-room.js';

const BLOCK_BYTES = BLOCK_WORDS * 4;

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'records-'));
});
afterAll(() => rm(dir, { recursive: true }));

function put(buckets: RecordBuckets, bucket: number, value: number): void {
  const at = buckets.next(bucket);
  for (let word = 0; word < buckets.words; word++) buckets.block[at + word] = value + word;
}

function takeAll(buckets: RecordBuckets): Record<number, number[]> {
  const first = (records: Uint32Array) => [...records].filter((_, i) => i % buckets.words === 0);
  return Object.fromEntries(buckets.numbers().map((bucket) => [bucket, first(buckets.take(bucket))]));
}

describe('records in buckets', () => {
  it.each([
    ['in memory', 2 ** 30],
    ['spilled but for the blocks being filled', 0],
    ['spilled in part', 8 * BLOCK_BYTES],
  ])('come out bucket by bucket in the order they were put there, %s', (_, budgetBytes) => {
    const counts = fc.array(fc.tuple(fc.nat(9), fc.nat(3 * BLOCK_WORDS)), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(counts, fc.constantFrom(4, 5), (runs, words) => {
        const room = new RecordRoom(budgetBytes, dir);
        const buckets = new RecordBuckets(words, room);
        // Twice: the second time on memory and places that were used before.
        for (let round = 0; round < 2; round++) {
          const expected: Record<number, number[]> = {};
          let value = 0;
          for (const [bucket, count] of runs) {
            for (let i = 0; i < count; i++, value += 10) {
              put(buckets, bucket, value);
              (expected[bucket] ??= []).push(value);
            }
          }
          expect(takeAll(buckets)).toEqual(expected);
          expect(buckets.numbers()).toEqual([]);
        }
        room.close();
      }),
      { numRuns: 15 },
    );
  });

  it('hold no more memory than the room has, the blocks being filled aside', () => {
    const room = new RecordRoom(4 * BLOCK_BYTES, dir);
    const buckets = new RecordBuckets(4, room);
    for (let i = 0; i < 20 * (BLOCK_WORDS / 4); i++) put(buckets, i % 2, i);
    // 20 blocks: two are being filled, three may be kept beside them.
    expect(room.spilledBytes).toBeGreaterThanOrEqual(14 * BLOCK_BYTES);
    const room2 = new RecordRoom(64 * BLOCK_BYTES, dir);
    const roomy = new RecordBuckets(4, room2);
    for (let i = 0; i < 20 * (BLOCK_WORDS / 4); i++) put(roomy, i % 2, i);
    expect(room2.spilledBytes).toBe(0);
    for (const each of [room, room2]) each.close();
  });

  it('leave no file in the directory, even while they are spilled', async () => {
    const room = new RecordRoom(0, join(dir, 'made-when-needed'));
    const buckets = new RecordBuckets(4, room);
    for (let i = 0; i < BLOCK_WORDS; i++) put(buckets, 0, i);
    expect(room.spilledBytes).toBeGreaterThan(0);
    expect(await readdir(join(dir, 'made-when-needed'))).toEqual([]);
    room.close();
  });

  it('fail with what the file system says when there is no room to spill', () => {
    const room = new RecordRoom(0, '/dev/null/nowhere');
    const buckets = new RecordBuckets(4, room);
    expect(() => {
      for (let i = 0; i < BLOCK_WORDS; i++) put(buckets, 0, i);
    }).toThrow(/ENOTDIR|EEXIST/);
  });
});
