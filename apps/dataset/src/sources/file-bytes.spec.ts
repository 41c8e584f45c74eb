import { createHash } from 'node:crypto';
import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FileBytes } from './file-bytes.js';

const MEGABYTE = 2 ** 20;

let dir: string;
let path: string;
let expected: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'file-bytes-'));
  path = join(dir, 'large.csv');
  const hash = createHash('sha256');
  const file = await open(path, 'w');
  for (let i = 0; i < 33; i++) {
    const piece = Buffer.alloc(MEGABYTE, `row ${i}\n`);
    hash.update(piece);
    await file.write(piece);
  }
  await file.write('no newline');
  await file.close();
  expected = hash.update('no newline').digest('hex');
});
afterAll(() => rm(dir, { recursive: true }));

describe('the bytes of a file', () => {
  it.each([
    ['on a thread of its own when it is large', 33 * MEGABYTE + 10],
    ['at once when it is said to be small', 1000],
  ])('are digested %s, and come out as they are', async (_, expectedBytes) => {
    const bytes = new FileBytes(path, 'none', expectedBytes);
    const hash = createHash('sha256');
    for await (const piece of bytes.unpacked()) hash.update(piece);
    expect(hash.digest('hex')).toBe(expected);
    expect(bytes.digest()).toBe(expected);
    expect(bytes.bytesRead).toBe(33 * MEGABYTE + 10);
  });

  it('end their thread when the reader stops early or fails', async () => {
    const threads = () => process.getActiveResourcesInfo().filter((name) => name === 'MessagePort').length;
    const before = threads();
    for await (const piece of new FileBytes(path, 'none', 33 * MEGABYTE).unpacked()) {
      expect(piece.length).toBe(MEGABYTE);
      break;
    }
    const failing = (async () => {
      for await (const _ of new FileBytes(path, 'none', 33 * MEGABYTE).unpacked()) throw new Error('enough');
    })();
    await expect(failing).rejects.toThrow('enough');
    expect(threads()).toBe(before);
  });
});
