import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import fc from 'fast-check';
import { openCurrent } from '#libs/catalog';
import { chartCsv, chartRow } from '../../apps/dataset/src/transform/testing/chart-rows.js';
import { ensureBuilt } from '../setup/built-program.js';
import { mutatedFiles, randomFiles } from './csv-mutations.js';
import { build, run, SOUND } from './dataset-commands.js';
import { runDatasetProgram } from '../setup/running-service.js';

/** Files of a run; `HOSTILE_CASES=50000 npm test -- tests/hostile/cli` builds from 417 of each kind. */
const CASES = Math.ceil(Number(process.env['HOSTILE_CASES'] ?? 3000) / 120);
const SEED = Number(process.env['HOSTILE_SEED'] ?? Date.now() % 2 ** 31);
const MB = 2 ** 20;
const HEADER = SOUND.slice(0, SOUND.indexOf('\n') + 1);
const ROWS = SOUND.slice(HEADER.length);

/** Ways to pack a file, by the end of its name. */
const PACKINGS: readonly (readonly [extension: string, pack: (bytes: Buffer) => Buffer])[] = [
  ['.csv', (bytes) => bytes],
  ['.csv.gz', (bytes) => gzipSync(bytes)],
  ['.csv.zst', (bytes) => zstdCompressSync(bytes)],
];

let root: string;
beforeAll(async () => {
  process.stderr.write(`tests/hostile/cli: HOSTILE_SEED=${SEED}, ${CASES} files of each kind\n`);
  await ensureBuilt('dataset');
}, 120_000);
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'hostile-cli-'));
});
afterEach(() => rm(root, { recursive: true, force: true }));

/** Writes a file into the test's folder and gives its path. */
async function put(name: string, content: string | Uint8Array): Promise<string> {
  await writeFile(join(root, name), content);
  return join(root, name);
}

describe('a build from hostile files', () => {
  it.each([
    ['that were sound and were changed', mutatedFiles(HEADER, ROWS)],
    ['of any bytes', randomFiles(SOUND, SOUND, HEADER + SOUND, HEADER, '', '\ufeff')],
  ])(
    '%s publishes a sound version or refuses in words, and changes nothing then',
    async (_what, files) => {
      const dir = join(root, 'data');
      const codes = new Map<number, number>();
      await fc.assert(
        fc.asyncProperty(files, fc.constantFrom(...PACKINGS), async (bytes, [extension, pack]) => {
          await rm(dir, { recursive: true, force: true });
          const packed = pack(bytes);
          const { exitCode, err } = await build(await put(`charts${extension}`, packed), dir);
          codes.set(exitCode, (codes.get(exitCode) ?? 0) + 1);
          if (exitCode === 0) expect(await run('verify', dir, '--quiet')).toMatchObject({ exitCode: 0, err: '' });
          else {
            expect([exitCode, err.includes('please report')]).toEqual([2, false]);
            expect(err.trim()).not.toBe('');
            expect(existsSync(join(dir, 'current'))).toBe(false);
          }
        }),
        { numRuns: CASES, seed: SEED },
      );
      // Refusals alone would say little: what is published is what matters.
      expect(codes.get(0) ?? 0).toBeGreaterThan(CASES / 8);
    },
    60_000 + CASES * 2000,
  );

  it('of damaged gzip and Zstandard is refused in words', async () => {
    const dir = join(root, 'data');
    for (const packed of [gzipSync(SOUND), zstdCompressSync(SOUND)]) {
      await fc.assert(
        fc.asyncProperty(fc.nat(packed.length - 1), fc.integer({ min: 1, max: 255 }), async (at, mask) => {
          const damaged = Buffer.from(packed);
          damaged[at] = damaged[at]! ^ mask;
          const { exitCode, err } = await build(await put('charts.csv.gz', damaged), dir);
          expect([0, 2]).toContain(exitCode);
          if (exitCode === 0) expect(await run('verify', dir, '--quiet')).toMatchObject({ exitCode: 0 });
          expect(err).not.toContain('please report');
        }),
        { numRuns: CASES, seed: SEED },
      );
    }
  }, 120_000);
});

/** The most memory that a process had so far, bytes. */
function peakOf(pid: number): number {
  try {
    return Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) * 1024;
  } catch {
    return 0;
  }
}

/** `count` times the same member: what unpacks to gigabytes is made in no time. */
function bomb(start: string, unit: Buffer, count: number, pack: (bytes: Buffer) => Buffer): Buffer {
  const member = pack(unit);
  return Buffer.concat([pack(Buffer.from(start)), ...Array.from({ length: count }, () => member)]);
}

describe('a file that unpacks to a thousand times its size', () => {
  const limit = 256 * MB;
  const zeros = Buffer.alloc(16 * MB);
  const line = Buffer.from(ROWS);
  const lines = Buffer.concat(Array.from({ length: Math.floor((8 * MB) / line.length) }, () => line));
  const open = Buffer.alloc(16 * MB, '"a,');

  it.each([
    ['zeros in gzip', () => bomb(HEADER, zeros, 24, gzipSync), 2],
    ['zeros in Zstandard', () => bomb(HEADER, zeros, 24, zstdCompressSync), 2],
    ['quotes without an end in gzip', () => bomb(HEADER, open, 16, gzipSync), 2],
    ['zeros before any header', () => bomb('', zeros, 24, gzipSync), 2],
    ['the same rows again and again', () => bomb(HEADER, lines, 8, gzipSync), 0],
  ])(
    '(%s) stays within --memory-limit',
    async (_what, make, code) => {
      const file = await put('bomb.csv.gz', make());
      const dir = join(root, 'data');
      const args = ['build', file, '--out', dir, '--memory-limit', '256MiB', '--threads', '1', '--quiet'];
      const ended = await runDatasetProgram(args, peakOf);
      expect([ended.code, ended.err.includes('please report')]).toEqual([code, false]);
      expect(ended.peakBytes).toBeGreaterThan(20 * MB);
      expect(ended.peakBytes).toBeLessThan(limit * 1.1);
      expect(existsSync(join(dir, 'current'))).toBe(code === 0);
      // Nothing of it is left on the disk either.
      if (code !== 0 && existsSync(dir)) expect(await readdir(dir)).toEqual([]);
    },
    60_000,
  );
});

describe('cells that a spreadsheet would run', () => {
  const formulas = [
    '=1+1',
    '=HYPERLINK("http://evil.example";"x")',
    '+1',
    '-1+1',
    '@SUM(A1)',
    '\t=1',
    "'=1",
    '=cmd|"/c"!A0',
  ];

  it('are text: they come back from an export as they were, and make the same version again', async () => {
    const rows = formulas.map((text, i) =>
      chartRow({
        title: text,
        artist: `${text} artist`,
        url: `https://open.spotify.com/track/f${i}`,
        rank: String(i + 1),
      }),
    );
    const [first, second] = [join(root, 'first'), join(root, 'second')];
    expect(await build(await put('formulas.csv', chartCsv(rows)), first)).toMatchObject({ exitCode: 0 });
    for (const name of ['out.csv', 'out.csv.gz', 'out.parquet']) {
      const file = join(root, name);
      expect(await run('export', first, '--file', file, '--quiet')).toMatchObject({ exitCode: 0 });
      await rm(second, { recursive: true, force: true });
      expect(await build(file, second)).toMatchObject({ exitCode: 0 });
      expect((await openCurrent(second)).manifest.version).toBe((await openCurrent(first)).manifest.version);
    }
  });
});

describe('names that mean something elsewhere', () => {
  it.each([
    ...["it's.csv", "x'); DROP TABLE entry; --.csv", '$(touch pwned).csv', '`touch pwned`.csv', '%s%n.csv', '=1+1.csv'],
    ...['a\nb.csv', '\u001b[31m.csv', 'x;y.csv', '<script>.csv', '"quoted".csv', '\\back.csv'],
  ])('(%j) are read from and written to as they stand', async (name) => {
    const dir = join(root, 'data');
    expect(await build(await put(name, SOUND), dir)).toMatchObject({ exitCode: 0 });
    const exported = join(root, `out ${name}`);
    expect(await run('export', dir, '--file', exported, '--quiet')).toMatchObject({ exitCode: 0 });
    expect((await readdir(root)).sort()).toEqual(['data', name, `out ${name}`].sort());
    if (!/[']|[^ -~]/.test(name)) return;
    // The names that DuckDB's statements hold as text.
    const parquet = join(root, name.replace(/\.csv$/, '.parquet'));
    expect(await run('export', dir, '--file', parquet, '--quiet')).toMatchObject({ exitCode: 0 });
    const again = join(root, 'again');
    expect(await build(parquet, again)).toMatchObject({ exitCode: 0 });
    expect((await openCurrent(again)).manifest.version).toBe((await openCurrent(dir)).manifest.version);
  });

  it.each([
    ...[
      'https://x.example/..%2F..%2Fevil.csv',
      'https://x.example/%2e%2e',
      'https://x.example/a%5Cb.csv',
      'https://x.example/',
    ],
    ...['https://x.example/a%00.csv', 'https://x.example/a%0a.csv', `https://x.example/${'a'.repeat(300)}.csv`],
    ...['http://x.example/a.csv', 'ftp://x.example/a.csv', 'file:///etc/passwd', 'data:text/csv,a', 's3://x/a.csv'],
  ])('in the address %s are refused before anything is asked for', async (address) => {
    const dir = join(root, 'data');
    const { exitCode, err } = await build(address, dir);
    expect(exitCode).toBe(2);
    expect(err).not.toContain('please report');
    expect(existsSync(join(dir, 'current'))).toBe(false);
    expect(await readdir(root)).toEqual(existsSync(dir) ? ['data'] : []);
  });
});
