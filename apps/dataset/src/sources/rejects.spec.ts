import { createWriteStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { Writable } from 'node:stream';
import { gunzipSync } from 'node:zlib';
import { parse } from 'csv-parse/sync';
import * as fc from 'fast-check';
import { REJECT_REASONS } from '../rows.js';
import { RejectsWriter } from './rejects.js';
import { TestFolder } from './testing/folder.js';

/** Adds a row given as text or bytes, lying within others. */
function add(
  rejects: RejectsWriter,
  file: string,
  line: number,
  row: string | Buffer,
  reason: 'rank' | 'quoting' = 'rank',
) {
  const bytes = Buffer.concat([Buffer.from('>>>'), Buffer.from(row as string), Buffer.from('<<<')]);
  rejects.add(file, line, reason, bytes, 3, bytes.length - 3);
}

describe('the file of rejected rows', () => {
  let folder: TestFolder;
  beforeAll(async () => {
    folder = await TestFolder.create();
  });
  afterAll(() => folder.remove());

  async function written(
    fill: (rejects: RejectsWriter) => Promise<void> | void,
    name = 'rejects.csv.gz',
    maxKept?: number,
  ) {
    const rejects = new RejectsWriter(createWriteStream(folder.at(name)), maxKept);
    await fill(rejects);
    await rejects.close();
    const packed = await readFile(folder.at(name));
    return { rejects, packed, records: parse(gunzipSync(packed)) };
  }

  it('holds file, line, reason and row as they were, whatever they hold', async () => {
    const row = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.string({ unit: fc.constantFrom('"', ',', '\n', '\r', ' ', 'x', '=') }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(row, row, fc.nat()), { maxLength: 10 }), async (rows) => {
        const { records } = await written(async (rejects) => {
          for (const [file, text, line] of rows) add(rejects, file, line, text);
          await rejects.drained();
        });
        expect(records).toEqual([
          ['file', 'line', 'reason', 'row'],
          ...rows.map(([file, text, line]) => [file, String(line), REJECT_REASONS.rank, text]),
        ]);
      }),
      { numRuns: 50 },
    );
  });

  it('shows what is not UTF-8 as U+FFFD', async () => {
    const { records } = await written((rejects) => add(rejects, 'a.csv', 2, Buffer.from([0x61, 0xff, 0x62])));
    expect(records[1]).toEqual(['a.csv', '2', REJECT_REASONS.rank, 'a\uFFFDb']);
  });

  it('counts by reason and by file', async () => {
    const { rejects } = await written((writer) => {
      add(writer, 'a.csv', 2, 'x');
      add(writer, 'a.csv', 3, 'y', 'quoting');
      add(writer, 'b.csv', 2, 'z');
    });
    expect([rejects.total, rejects.counts]).toEqual([3, { rank: 2, quoting: 1 }]);
    expect(['a.csv', 'b.csv', 'c.csv'].map((file) => rejects.countsOf(file))).toEqual([{ rank: 1, quoting: 1 }, { rank: 1 }, {}]); // prettier-ignore
    expect(rejects.describe()).toBe(`2 × ${REJECT_REASONS.rank}; 1 × ${REJECT_REASONS.quoting}`);
  });

  it('keeps no more than the first rows, and counts all', async () => {
    const { rejects, records } = await written(
      (writer) => {
        for (let line = 2; line < 12; line++) add(writer, 'a.csv', line, 'x');
      },
      'few.csv.gz',
      4,
    );
    expect([rejects.total, rejects.kept, rejects.counts]).toEqual([10, 4, { rank: 10 }]);
    expect(records.slice(1).map(([, line]) => line)).toEqual(['2', '3', '4', '5']);
  });

  it('has the same bytes for the same rows', async () => {
    const fill = async (rejects: RejectsWriter) => {
      for (let line = 1; line < 5000; line++) {
        add(rejects, 'a.csv', line, `row ${line * 7919}`);
        if (line % 100 === 0) await rejects.drained();
      }
    };
    const [first, second] = [await written(fill, '1.gz'), await written(fill, '2.gz')];
    expect(first.packed.equals(second.packed)).toBe(true);
    expect(first.packed.readUInt32LE(4)).toBe(0);
  });

  it('waits for a slow disk', async () => {
    let taken = 0;
    let most = 0;
    const slow = new Writable({
      highWaterMark: 1024,
      write: (chunk: Buffer, _, done) => {
        taken += chunk.length;
        most = Math.max(most, slow.writableLength);
        setImmediate(done);
      },
    });
    const rejects = new RejectsWriter(slow);
    for (let line = 1; line < 20_000; line++) {
      add(rejects, 'a.csv', line, `${Math.sin(line)} ${Math.cos(line)}`);
      if (line % 100 === 0) await rejects.drained();
    }
    await rejects.close();
    expect(taken).toBeGreaterThan(200_000);
    expect(most).toBeLessThan(100_000);
  });

  it('fails where it is waited for when the disk is full', async () => {
    const full = new Writable({ write: (_, __, done) => done(new Error('ENOSPC: no space left on device')) });
    const rejects = new RejectsWriter(full);
    const fill = async () => {
      for (let line = 1; line < 100_000; line++) {
        add(rejects, 'a.csv', line, `${Math.sin(line)} ${Math.cos(line)}`);
        if (line % 100 === 0) await rejects.drained();
      }
    };
    await expect(fill()).rejects.toThrow('no space left');
    await expect(rejects.close()).rejects.toThrow('no space left');
    const unwritable = new RejectsWriter(createWriteStream(folder.at('no/such/folder.gz')));
    await expect(unwritable.close()).rejects.toThrow('ENOENT');
  });
});
