import { createHash } from 'node:crypto';
import { appendFile } from 'node:fs/promises';
import { Writable } from 'node:stream';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { silent } from '../reporting.js';
import { findSourceFiles } from './source-files.js';
import { readSources } from './read-sources.js';
import { RejectsWriter } from './rejects.js';
import { exportCsv, ROWS, SPOTIFY_NEW, SPOTIFY_OLD } from './testing/chart-files.js';
import { CollectingSink } from './testing/collecting-sink.js';
import { TestFolder } from './testing/folder.js';

const MANY = Array.from(
  { length: 45_000 },
  (_, index) =>
  ['Sea', '1', '2021-03-01', `Artist ${(index * 7919) % 45_007}`, '', 'Global', 'top200', '', String(index)], // prettier-ignore
);

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

describe('reading files', () => {
  let folder: TestFolder;
  beforeEach(async () => {
    folder = await TestFolder.create();
  });
  afterEach(() => folder.remove());

  function discarding(): RejectsWriter {
    return new RejectsWriter(new Writable({ write: (_, __, done) => done() }));
  }
  async function read(
    paths: readonly string[],
    sink = new CollectingSink(),
    change?: () => Promise<void>,
    signal?: AbortSignal,
  ) {
    const rejects = discarding();
    const advanced: number[] = [];
    const phase = { advance: (units: number) => void advanced.push(units), done: () => undefined };
    const reporter = { ...silent, phase: () => phase };
    const files = await findSourceFiles({ files: paths, period: 'daily', reporter });
    await change?.();
    const summaries = await readSources({ files, sink, rejects, reporter, ...(signal ? { signal } : {}) });
    await rejects.close();
    return { sink, summaries, rejects, advancedBytes: advanced.reduce((sum, units) => sum + units, 0) };
  }

  const text = exportCsv(ROWS);
  const half = Math.floor(text.length / 2);
  it.each<[what: string, content: Uint8Array]>([
    ['plain', Buffer.from(text)],
    ['with a byte order mark', Buffer.from(`\uFEFF${text}`)],
    ['with CRLF', Buffer.from(exportCsv(ROWS, '\r\n'))],
    ['without a last newline', Buffer.from(text.trimEnd())],
    ['gzip', gzipSync(text)],
    ['gzip of several members', Buffer.concat([gzipSync(text.slice(0, half)), gzipSync(text.slice(half))])],
    ['zstd', zstdCompressSync(`\uFEFF${text}`)],
    [
      'zstd of several frames',
      Buffer.concat([zstdCompressSync(text.slice(0, half)), zstdCompressSync(text.slice(half))]),
    ],
  ])('gives all rows and the digest of a file %s', async (_, content) => {
    const path = await folder.write('charts', content);
    const { sink, summaries, advancedBytes } = await read([path]);
    expect(sink.rows).toEqual(ROWS);
    expect(summaries).toEqual([
      {
        name: 'charts',
        bytes: content.length,
        sha256: sha256(content),
        rows: 4,
        rejected: 0,
        dateMeaning: 'chart day',
      },
    ]);
    expect(advancedBytes).toBe(content.length);
  });

  it('gives all rows of files larger than what is read at a time', async () => {
    const content = Buffer.from(exportCsv(MANY));
    expect(content.length).toBeGreaterThan(2 * 1024 * 1024);
    const paths = [
      await folder.write('1', content),
      await folder.write('2', gzipSync(content)),
      await folder.write('3', zstdCompressSync(content)),
    ];
    const { sink, summaries } = await read(paths);
    expect(summaries.map(({ rows }) => rows)).toEqual([45_000, 45_000, 45_000]);
    expect(sink.rows).toEqual([...MANY, ...MANY, ...MANY]);
  });

  it('opens each file with what its name says and writes addresses as the export does', async () => {
    const paths = [
      await folder.write('regional-us-daily-2019-01-01.csv', SPOTIFY_OLD),
      await folder.write('regional-us-daily-2021-03-04.csv', SPOTIFY_NEW),
      await folder.write('zzz.csv', exportCsv([])),
    ];
    const { sink, summaries } = await read(paths);
    const defaults = { region: 'United States', chart: 'top200' };
    expect(sink.opened).toEqual([{ ...defaults, date: '2019-01-01' }, { ...defaults, date: '2021-03-04' }, {}]);
    const row = (title: string, rank: string, artist: string, id: string, streams: string) => [
      title,
      rank,
      undefined,
      artist,
      `https://open.spotify.com/track/${id}`,
      undefined,
      undefined,
      undefined,
      streams, // prettier-ignore
    ];
    expect(sink.rows).toEqual([
      row('Glass, Sea', '1', 'Ona Bel', 'c1', '700'),
      row('Glass "Sea"', '1', 'Ona Bel, Kites', 'b1', '9100'),
      row('Low', '2', 'Kites', 'b2', '8000'),
    ]);
    expect(summaries.map(({ rows }) => rows)).toEqual([1, 2, 0]);
  });

  it('rejects broken rows and those the sink refuses, with file and line', async () => {
    const lines = text.split('\n');
    lines.splice(2, 0, 'only,three,fields', 'a,1,2021-03-01,"b"x,,Global,top200,,1');
    const sink = new CollectingSink((fields) => (fields[1] === '2' ? 'rank' : undefined));
    const paths = [await folder.write('a.csv', lines.join('\n')), await folder.write('b.csv', text)];
    const { summaries, rejects } = await read(paths, sink);
    expect(summaries.map(({ rows, rejected }) => [rows, rejected])).toEqual([[6, 3], [4, 1]]); // prettier-ignore
    expect(rejects.countsOf('a.csv')).toEqual({ 'field-count': 1, quoting: 1, rank: 1 });
    expect(rejects.countsOf('b.csv')).toEqual({ rank: 1 });
    expect(sink.rows).toHaveLength(6);
  });

  it.each<[what: string, pack: (bytes: Buffer) => Buffer, damage: (bytes: Buffer) => Buffer, message: RegExp]>([
    [
      'a truncated gzip',
      gzipSync,
      (bytes) => bytes.subarray(0, -20),
      /is truncated: its gzip data ends too early, after [\d,]+ bytes\..* [\d,]{5,} rows were read/,
    ],
    ['a gzip without its last byte', gzipSync, (bytes) => bytes.subarray(0, -1), /is truncated/],
    [
      'a damaged gzip',
      gzipSync,
      (bytes) => bytes.fill(0x55, bytes.length - 600, bytes.length - 400),
      /is damaged: its gzip data is broken within the first [\d,]+ bytes/,
    ],
    ['a gzip followed by other data', gzipSync, (bytes) => Buffer.concat([bytes, Buffer.from('more')]), /is damaged/],
    [
      'a truncated zstd',
      zstdCompressSync,
      (bytes) => bytes.subarray(0, -20),
      /is truncated: its zstd data ends too early/,
    ],
    [
      'a zstd followed by other data',
      zstdCompressSync,
      (bytes) => Buffer.concat([bytes, Buffer.from('more')]),
      /is damaged/,
    ],
  ])('stops at %s and says where', async (_, pack, damage, message) => {
    const path = await folder.write('charts.csv', damage(pack(Buffer.from(exportCsv(MANY)))));
    await expect(read([path])).rejects.toThrow(expect.objectContaining({ name: 'UsageError' }));
    await expect(read([path])).rejects.toThrow(message);
    await expect(read([path])).rejects.toThrow(path);
  });

  it('stops at a file that changes its size or vanishes', async () => {
    const path = await folder.write('charts.csv', text);
    const grow = () => appendFile(path, 'x');
    await expect(read([path], undefined, grow)).rejects.toThrow(
      /charts\.csv changed while it was read: it had \d+ bytes, now \d+/,
    );
    await expect(read([path], undefined, () => folder.remove())).rejects.toThrow(/charts\.csv cannot be read: ENOENT/);
  });

  it('stops when it is told to', async () => {
    const path = await folder.write('charts.csv', exportCsv(MANY));
    const stop = new AbortController();
    const sink = new CollectingSink(() => {
      stop.abort(new Error('stopped'));
      return undefined;
    });
    await expect(read([path], sink, undefined, stop.signal)).rejects.toThrow('stopped');
    expect(sink.rows.length).toBeLessThan(MANY.length);
  });

  it('hands on what the sink throws', async () => {
    const path = await folder.write('charts.csv', text);
    const sink = new CollectingSink(() => {
      throw new RangeError('too many artists');
    });
    await expect(read([path], sink)).rejects.toThrow(RangeError);
  });
});
