import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, open, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { ensureBuilt } from '../setup/built-program.js';
import { runDatasetProgram } from '../setup/running-service.js';
import { recordFault } from '../faults/fault-record.js';
import { SOUND } from './dataset-commands.js';

const MB = 2 ** 20;
const LIMIT = 256 * MB;
const UNIT = 16 * MB;
/** A quarter is far beyond the limit, too. */
const SHARE = process.env['FAULTS'] === undefined ? 1 / 4 : 1;
const HEADER = SOUND.slice(0, SOUND.indexOf('\n') + 1);
const ROWS = SOUND.slice(HEADER.length);

let root: string;
beforeAll(() => ensureBuilt('dataset'), 120_000);
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'hostile-bombs-'));
});
afterEach(() => rm(root, { recursive: true, force: true }));

/** The most memory that a process had so far, bytes. */
function peakOf(pid: number): number {
  try {
    return Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) * 1024;
  } catch {
    return 0;
  }
}

interface Bomb {
  readonly what: string;
  readonly start: string;
  /** Repeated to fill a member of 16 MiB. */
  readonly filler: string;
  readonly pack: (bytes: Buffer) => Buffer;
  /** What it unpacks to. */
  readonly mebibytes: number;
  readonly code: 0 | 2;
}

const BOMBS: readonly Bomb[] = [
  { what: 'zeros in gzip', start: HEADER, filler: '\0', pack: gzipSync, mebibytes: 4096, code: 2 },
  { what: 'zeros in Zstandard', start: HEADER, filler: '\0', pack: zstdCompressSync, mebibytes: 4096, code: 2 },
  { what: 'zeros before any header', start: '', filler: '\0', pack: gzipSync, mebibytes: 4096, code: 2 },
  { what: 'quotes without an end', start: HEADER, filler: '"a,', pack: gzipSync, mebibytes: 1024, code: 2 },
  { what: 'empty lines', start: HEADER, filler: '\n', pack: gzipSync, mebibytes: 256, code: 2 },
  { what: 'rows of one bad field', start: HEADER, filler: 'a\n', pack: gzipSync, mebibytes: 208, code: 2 },
  { what: 'the same rows again and again', start: HEADER, filler: ROWS, pack: gzipSync, mebibytes: 64, code: 0 },
];

/** The same member over and over: what unpacks to gigabytes is made in no time. Returns its bytes on disk. */
async function put(path: string, { start, filler, pack, mebibytes }: Bomb): Promise<number> {
  const unit = Buffer.from(filler);
  const member = pack(filled(unit));
  await using file = await open(path, 'w');
  if (start !== '') await file.write(pack(Buffer.from(start)));
  for (let written = 0; written < mebibytes; written += UNIT / MB) await file.write(member);
  return (await stat(path)).size;
}

/** As many whole fillers as go into a member. */
function filled(unit: Buffer): Buffer {
  return Buffer.alloc(Math.floor(UNIT / unit.length) * unit.length, unit);
}

describe('a file that unpacks to a thousand times its size', () => {
  it.each(BOMBS.map((bomb) => ({ ...bomb, mebibytes: bomb.mebibytes * SHARE })))(
    '($what) stays within --memory-limit',
    async (bomb) => {
      const [file, dir] = [join(root, 'bomb.csv.gz'), join(root, 'data')];
      const bytes = await put(file, bomb);
      const args = ['build', file, '--out', dir, '--memory-limit', '256MiB', '--threads', '1', '--quiet'];
      const began = performance.now();
      const { code, err, peakBytes } = await runDatasetProgram(args, peakOf);
      const worstMs = performance.now() - began;
      const left = existsSync(dir) ? await readdir(dir) : [];
      const right = code === bomb.code && !err.includes('please report');
      recordFault({
        ...{ door: 'input', fault: `${bomb.mebibytes} MiB of ${bomb.what}, in ${(bytes / MB).toFixed(2)} MiB (files)` },
        ...{ sent: 1, failed: right ? 0 : 1, worstMs, lost: 'nothing' },
        seen: bomb.code === 0 ? 'built' : 'refused in words, nothing of it is left',
        limits: [{ name: 'memory, MiB', value: peakBytes / MB, most: 1.1 * 256 }],
      });
      expect([code, right]).toEqual([bomb.code, true]);
      expect(peakBytes).toBeGreaterThan(20 * MB);
      expect(peakBytes).toBeLessThan(LIMIT * 1.1);
      expect(existsSync(join(dir, 'current'))).toBe(bomb.code === 0);
      // Nothing of it is left on the disk either.
      if (bomb.code !== 0) expect(left).toEqual([]);
    },
    180_000,
  );
});
