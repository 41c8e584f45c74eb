import { once } from 'node:events';
import { chmodSync, cpSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readPointer } from '#libs/catalog';
import { launchService, runDatasetProgram } from '../setup/running-service.js';
import { DAMAGES, OTHER_USER } from './dataset-damage.js';
import { recordFault } from './fault-record.js';

/** EX_CONFIG of sysexits. */
const EXIT_CONFIG = 78;
const REFUSAL_MS = 5000;

let folder: string;
let sound: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'damaged-'));
  chmodSync(folder, 0o777);
  sound = join(folder, 'sound');
  const made = await runDatasetProgram(['sample', '--out', sound, '--seed', '1', '--regions', '3', '--days', '4']);
  if (made.code !== 0) throw new Error(made.err);
}, 60_000);
afterAll(() => rmSync(folder, { recursive: true }));

/** Runs the service on a dataset that it cannot serve, to its end. */
async function refusal(dir: string) {
  const temp = join(folder, 'temp');
  const began = performance.now();
  const child = launchService({ DATASET_DIR: dir, DUCKDB_TEMP_DIR: temp }, [], { user: OTHER_USER });
  const giveUp = setTimeout(() => child.kill('SIGKILL'), 4 * REFUSAL_MS);
  const texts = { out: '', err: '' };
  child.stdout!.on('data', (chunk: Buffer) => (texts.out += chunk.toString()));
  child.stderr!.on('data', (chunk: Buffer) => (texts.err += chunk.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  clearTimeout(giveUp);
  return { code, ...texts, ms: performance.now() - began, left: existsSync(temp) ? readdirSync(temp) : [] };
}

describe('a start', () => {
  it.each(DAMAGES)('with $fault', async ({ fault, inflict, message }) => {
    const dir = join(folder, fault.replaceAll(' ', '-'));
    cpSync(sound, dir, { recursive: true });
    const mend = inflict(dir, (await readPointer(dir))!);
    const { code, out, err, ms, left } = await refusal(dir).finally(() => mend?.());
    recordFault({
      ...{ door: 'dataset', fault: `${fault}, at the start`, sent: 0, failed: 0, lost: 'nothing' },
      seen: `refused with ${code} after ${ms.toFixed(0)} ms, in one line that says what to do`,
      limits: [{ name: 'refused after ms', value: ms, most: REFUSAL_MS }],
    });
    expect({ code, out, lines: err.trim().split('\n').length, left }).toEqual({
      ...{ code: EXIT_CONFIG, out: '', lines: 1, left: [] },
    });
    expect(err).toMatch(message);
  });
});
