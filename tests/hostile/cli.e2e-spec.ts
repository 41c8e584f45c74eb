import { existsSync } from 'node:fs';
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
import { Tally } from './tally.js';

/** Files of a run; `HOSTILE_CASES=50000 npm test -- tests/hostile/cli` builds from 417 of each kind. */
const CASES = Math.ceil(Number(process.env['HOSTILE_CASES'] ?? 3000) / 120);
const SEED = Number(process.env['HOSTILE_SEED'] ?? Date.now() % 2 ** 31);
const HEADER = SOUND.slice(0, SOUND.indexOf('\n') + 1);
const ROWS = SOUND.slice(HEADER.length);

/** Ways to pack a file, by the end of its name. */
const PACKINGS: readonly (readonly [extension: string, pack: (bytes: Buffer) => Buffer])[] = [
  ['.csv', (bytes) => bytes],
  ['.csv.gz', (bytes) => gzipSync(bytes)],
  ['.csv.zst', (bytes) => zstdCompressSync(bytes)],
];

const tally = new Tally();
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
          const began = performance.now();
          const { exitCode, err } = await build(await put(`charts${extension}`, packed), dir);
          tally.count([0, 2].includes(exitCode) && !err.includes('please report'), performance.now() - began);
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
          tally.count([0, 2].includes(exitCode) && !err.includes('please report'));
          expect([0, 2]).toContain(exitCode);
          if (exitCode === 0) expect(await run('verify', dir, '--quiet')).toMatchObject({ exitCode: 0 });
          expect(err).not.toContain('please report');
        }),
        { numRuns: CASES, seed: SEED },
      );
    }
  }, 120_000);
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
    '\ufeff=1',
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

it('All of them end as they have to', () => {
  const seen = `a sound version or a refusal in words; formula cells, hostile names and addresses besides; seed ${SEED}`;
  tally.record({
    fault: 'changed, random and damaged CSV, gzip and Zstandard, given to the dataset commands (files)',
    seen,
  });
});
