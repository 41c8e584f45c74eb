import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openCurrent } from '#libs/catalog';
import { ensureBuilt } from '../setup/built-program.js';
import { runDatasetProgram, RunningService } from '../setup/running-service.js';
import { recordFault } from './fault-record.js';
import { coldPaths, READ_FROM_FILE } from './process-paths.js';
import { SteadyRequests } from './steady-requests.js';

/** Mounts a file system of so many bytes; only root may. Returns what unmounts it, or undefined where it is not allowed. */
function mountSmall(place: string, bytes: number): (() => void) | undefined {
  const { status } = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${bytes}`, 'tmpfs', place]);
  return status === 0 ? () => void execFileSync('umount', [place]) : undefined;
}

const mountable = ((): boolean => {
  const place = mkdtempSync(join(tmpdir(), 'mountable-'));
  const unmount = mountSmall(place, 2 ** 16);
  unmount?.();
  rmSync(place, { recursive: true });
  return unmount !== undefined;
})();

let folder: string;
beforeAll(async () => {
  await ensureBuilt('dataset');
  folder = await mkdtemp(join(tmpdir(), 'full-disk-'));
}, 120_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

async function dataset(...args: readonly string[]): Promise<{ readonly code: number | null; readonly err: string }> {
  const { code, err } = await runDatasetProgram([...args, '--quiet']);
  return { code, err };
}

/** Builds until the disk is full, while the service serves from it and logs to it. */
async function buildBeside(disk: string, csv: string) {
  const out = join(disk, 'charts');
  expect(await dataset('sample', '--out', out, '--regions', '2', '--days', '3')).toMatchObject({ code: 0 });
  const before = { names: (await readdir(out)).sort(), version: (await openCurrent(out)).manifest.version };
  const settings = { DATASET_DIR: out, DATASET_WATCH_SECONDS: '1', LOG_FILE: join(disk, 'app.log') };
  const service = await RunningService.start({ ...settings, ...READ_FROM_FILE });
  try {
    const requests = new SteadyRequests({ port: service.port, requestsPerSecond: 200, paths: coldPaths() });
    const built = await dataset('build', csv, '--out', out);
    const { sent, failed, errors, worstMs } = await requests.stop();
    const failing = await service.metric('dataset_refresh_failing');
    const after = { names: (await readdir(out)).sort(), version: (await openCurrent(out)).manifest.version };
    return { ...built, before, after, sent, failed, errors, worstMs, failing, verified: await dataset('verify', out) };
  } finally {
    await service.stop();
  }
}

// Where a file system of a few megabytes cannot be mounted, as without root, this shows as skipped.
(mountable ? describe : describe.skip)('a build', () => {
  it('on a disk that runs full', async () => {
    const csv = join(folder, 'charts.csv');
    expect(await dataset('sample', '--csv', csv, '--regions', '12', '--days', '90')).toMatchObject({ code: 0 });
    const disk = await mkdtemp(join(folder, 'disk-'));
    const unmount = mountSmall(disk, 6 * 2 ** 20)!;
    const found = await buildBeside(disk, csv).finally(unmount);
    const { sent, failed, worstMs, code } = found;
    recordFault({
      ...{ door: 'dataset', fault: 'disk full in a build, under 200 requests/s', sent, failed, worstMs },
      lost: 'nothing',
      seen: `the build ended with ${code} and took away what it had written; the old version served on and verifies`,
    });
    expect(found).toMatchObject({ code: 4, errors: {}, failing: 0, verified: { code: 0 } });
    expect(found.err).toMatch(/no space left|disk is full/i);
    expect(found.err).toContain('The dataset is as it was.');
    expect(found.after).toEqual(found.before);
  }, 60_000);
});

(mountable ? describe : describe.skip)('a start', () => {
  it('with the disk of temporary files and of the log full', async () => {
    const disk = await mkdtemp(join(folder, 'full-'));
    const unmount = mountSmall(disk, 2 ** 16)!;
    try {
      await writeFile(join(disk, 'filler'), Buffer.alloc(2 ** 20)).catch(() => undefined);
      const full = { DUCKDB_TEMP_DIR: join(disk, 'temp'), LOG_FILE: join(disk, 'app.log'), CACHE_L1_MAX_BYTES: '0' };
      const service = await RunningService.start(full);
      const requests = new SteadyRequests({ port: service.port, requestsPerSecond: 200, paths: coldPaths() });
      const { sent, failed, errors, worstMs } = await requests.during(1500);
      await requests.stop();
      await service.stop();
      const said = service.log.filter((line) => line.includes('LOG_FILE is not written any more: ENOSPC'));
      recordFault({
        ...{
          door: 'dataset',
          fault: 'disk of temporary files and of the log full, at the start',
          sent,
          failed,
          worstMs,
        },
        ...{ lost: 'the lines of LOG_FILE; standard output has them', seen: 'it starts and serves, and says so once' },
      });
      expect([errors, said.length]).toEqual([{}, 1]);
      expect(sent).toBeGreaterThan(100);
    } finally {
      unmount();
    }
  }, 30_000);
});
