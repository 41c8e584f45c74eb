import { createHash } from 'node:crypto';
import { cpSync, existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { runDatasetProgram } from '../setup/running-service.js';
import { ensureBuilt } from '../setup/built-program.js';
import { generatedTable } from './csv-grammar.js';
import { build, run, SOUND } from './dataset-commands.js';
import { Tally } from './tally.js';

/** Files of a run; `HOSTILE_CASES=50000 npm test -- tests/hostile/cli-csv` for 2000. */
const CASES = Math.ceil(Number(process.env['HOSTILE_CASES'] ?? 3000) / 25);
const SEED = Number(process.env['HOSTILE_SEED'] ?? Date.now() % 2 ** 31);
const PROCESSES = 6;

const tally = new Tally();
let root: string;
beforeAll(async () => {
  process.stderr.write(`tests/hostile/cli-csv: HOSTILE_SEED=${SEED}, ${CASES} files\n`);
  await ensureBuilt('dataset');
  root = await mkdtemp(join(tmpdir(), 'hostile-csv-'));
}, 120_000);
afterAll(() => rm(root, { recursive: true, force: true }));

/** Names and digests of all that a folder holds. */
function contents(folder: string): readonly string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .toSorted()
    .map((name) => {
      const path = join(folder, name);
      const isFile = statSync(path).isFile();
      return `${name} ${isFile ? createHash('sha256').update(readFileSync(path)).digest('hex') : ''}`;
    });
}

interface Ended {
  readonly exitCode: number;
  readonly err: string;
}

/** What is wrong with how a command ended, in words. */
async function faultsOf(dir: string, before: readonly string[], { exitCode, err }: Ended): Promise<string[]> {
  const faults: string[] = [];
  if (![0, 2].includes(exitCode)) faults.push(`exit code ${exitCode}`);
  if (/please report|\n\s+at .*:\d+/.test(err)) faults.push(`a crash: ${err.slice(0, 300)}`);
  if (exitCode === 0) {
    const verified = await run('verify', dir, '--quiet');
    if (verified.exitCode !== 0) faults.push(`does not verify: ${verified.err}`);
    if (readdirSync(dir).some((name) => name.startsWith('.'))) faults.push(`left ${readdirSync(dir).join()}`);
  } else {
    if (err.trim() === '') faults.push('refused without a word');
    if (JSON.stringify(contents(dir)) !== JSON.stringify(before)) faults.push('refused, but the dataset changed');
  }
  return faults;
}

describe('tables that a grammar makes', () => {
  it(
    'are published sound, or refused in a sentence with the dataset as it was',
    async () => {
      const [dir, held, file] = [join(root, 'data'), join(root, 'held'), join(root, 'table.csv')];
      await writeFile(file, SOUND);
      expect(await build(file, held)).toMatchObject({ exitCode: 0 });
      const counts = { published: 0, refused: 0 };
      await fc.assert(
        fc.asyncProperty(generatedTable, fc.constantFrom('build', 'append', 'anew'), async ({ bytes, sound }, how) => {
          await rm(dir, { recursive: true, force: true });
          if (how !== 'anew') cpSync(held, dir, { recursive: true });
          await writeFile(file, bytes);
          const before = contents(dir);
          const began = performance.now();
          const command = how === 'append' ? ['append', file, '--replace'] : ['build', file];
          const ended = await run(...command, '--out', dir, '--quiet', '--threads', '1', '--max-rejects', '100%');
          const faults = await faultsOf(dir, before, ended);
          if (sound && ended.exitCode !== 0) faults.push(`refused although it is sound: ${ended.err}`);
          counts[ended.exitCode === 0 ? 'published' : 'refused']++;
          tally.count(faults.length === 0, performance.now() - began);
          expect(faults).toEqual([]);
        }),
        { numRuns: CASES, seed: SEED },
      );
      // Neither of them alone would show much.
      expect(Math.min(counts.published, counts.refused)).toBeGreaterThan(CASES / 20);
    },
    60_000 + CASES * 2000,
  );

  it('do the same to the program itself, packed or not', async () => {
    const files = fc.sample(generatedTable, { numRuns: PROCESSES, seed: SEED });
    for (const [index, { bytes }] of files.entries()) {
      const packed = index % 2 === 1;
      const dir = join(root, `process-${index}`);
      const file = join(root, packed ? 'table.csv.gz' : 'table.csv');
      await writeFile(file, packed ? gzipSync(bytes) : bytes);
      const { code, err } = await runDatasetProgram(['build', file, '--out', dir, '--quiet', '--max-rejects', '100%']);
      // The folder itself may have been made.
      const faults = await faultsOf(dir, [], { exitCode: code ?? -1, err });
      tally.count(faults.length === 0);
      expect(faults).toEqual([]);
    }
  }, 120_000);
});

it('All of them end as they have to', () => {
  const seen = `published and verified, or refused with a sentence and the dataset as it was; seed ${SEED}`;
  tally.record({ fault: 'CSV of a grammar, given to the dataset commands (files)', seen });
});
