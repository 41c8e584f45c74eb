import { cpSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readPointer, SERVING_FILE } from '#libs/catalog';
import { until } from '../../apps/api/src/cache/testing/redis-server.js';
import { render } from '../helm/chart.js';
import { only } from '../kubernetes/objects.js';
import { runDatasetProgram, RunningService } from '../setup/running-service.js';
import { ComparedRequests } from './compared-requests.js';
import { recordFault } from './fault-record.js';
import { READ_FROM_FILE } from './process-paths.js';
import { putBack, SERVED_DAMAGES, type ServedDamage } from './served-damage.js';

const RECOVERY_MS = 5000;
const STRETCH_MS = 700;
/** Charts that lie in the first blocks. */
const FIRST_CHARTS = 30;
/** Asked again and again, so that they are in memory. */
const HOT = ['/filters', '/tracks', '/rankings?region=Global&date=latest'];

let folder: string;
let versions: readonly [string, string];
const kept = () => join(folder, 'kept');
const served = () => join(folder, 'served');
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'served-'));
  const made: string[] = [];
  for (const seed of ['1', '2']) {
    const size = ['--regions', '12', '--days', '100', '--seed', seed, '--quiet'];
    const { code, err } = await runDatasetProgram(['sample', '--out', kept(), ...size]);
    if (code !== 0) throw new Error(err);
    made.push((await readPointer(kept()))!);
  }
  versions = [made[0]!, made[1]!];
}, 60_000);
afterAll(() => rmSync(folder, { recursive: true }));

function point(dir: string, version: string): void {
  writeFileSync(join(dir, '.draft'), `${version}\n`);
  renameSync(join(dir, '.draft'), join(dir, 'current'));
}

const there: string[] = [];
/** All charts, as they lie in the file: those of a day together. */
async function findCharts(port: number): Promise<void> {
  const ask = async (path: string) => (await fetch(`http://127.0.0.1:${port}${path}`)).json();
  const { regions, dates } = (await ask('/filters')) as Record<'regions' | 'dates', readonly string[]>;
  for (const date of dates) {
    for (const region of regions) {
      const chart = `/rankings?region=${encodeURIComponent(region)}&date=${date}`;
      if (((await ask(chart)) as readonly unknown[]).length > 0) there.push(chart);
    }
  }
}

/** Questions that are all different, for charts of the first days, whose blocks are soon in DuckDB's memory, and for one after the other. */
async function coldPaths(port: number): Promise<() => string> {
  if (there.length === 0) await findCharts(port);
  let turn = 0;
  return () => {
    const chart = there[turn % 2 === 0 ? turn % FIRST_CHARTS : turn % there.length];
    return `${chart}&limit=${11 + (turn++ % 187)}`;
  };
}

/** A service whose file is damaged, and the same one on a copy of it that is left alone, asked the same. */
class Pair {
  private constructor(
    readonly service: RunningService,
    private readonly reference: RunningService,
    readonly hot: ComparedRequests,
    readonly cold: ComparedRequests,
  ) {}

  static async start(): Promise<Pair> {
    const untouched = join(folder, 'untouched');
    for (const dir of [served(), untouched]) {
      rmSync(dir, { recursive: true, force: true });
      cpSync(kept(), dir, { recursive: true, preserveTimestamps: true });
      point(dir, versions[0]);
    }
    const settings = { DATASET_WATCH_SECONDS: '1', LOG_REQUEST_SAMPLE: '0', CACHE_WARM_UP_MS: '0', ...READ_FROM_FILE };
    const start = (DATASET_DIR: string) => RunningService.start({ DATASET_DIR, ...settings });
    const [service, reference] = await Promise.all([start(served()), start(untouched)]);
    const plan = { port: service.port, referencePort: reference.port, requestsPerSecond: 100 };
    // Asked once before anything happens: they are in memory from here on.
    for (const path of HOT) await service.get(path);
    let turn = 0;
    const hot = new ComparedRequests({ ...plan, path: () => HOT[turn++ % HOT.length]! });
    return new Pair(service, reference, hot, new ComparedRequests({ ...plan, path: await coldPaths(reference.port) }));
  }

  async during(milliseconds: number) {
    this.hot.take();
    this.cold.take();
    await new Promise((resolve) => setTimeout(resolve, milliseconds));
    return { hot: this.hot.take(), cold: this.cold.take() };
  }

  /** Puts the same version back, or publishes the other one for both; tells after how long the service served it. */
  async recover(by: ServedDamage['mendedBy']): Promise<number> {
    const version = versions[by === 'same' ? 0 : 1];
    putBack(join(served(), version), join(kept(), version));
    const mended = by === 'same' ? [this.service] : [this.service, this.reference];
    if (by === 'other') for (const dir of [served(), join(folder, 'untouched')]) point(dir, version);
    const began = performance.now();
    for (const one of mended) {
      await until('a sound version', async () => (await one.metric('dataset_replacements_total')) === 1);
    }
    const recoveryMs = performance.now() - began;
    // What was asked of one version before and of the other after.
    await this.during(STRETCH_MS);
    return recoveryMs;
  }

  async stop(): Promise<void> {
    await Promise.all([this.hot.stop(), this.cold.stop()]);
    await Promise.all([this.service.stop(), this.reference.stop()]);
  }
}

async function course({ inflict, metric, mendedBy }: ServedDamage) {
  const pair = await Pair.start();
  const value = (name: string) => pair.service.metric(name);
  try {
    const before = await pair.during(STRETCH_MS);
    inflict(join(served(), versions[0], SERVING_FILE), join(kept(), versions[1], SERVING_FILE));
    await until('the metric', async () => (await value(metric)) === 1);
    const damaged = await pair.during(2 * STRETCH_MS);
    const alive = pair.service.alive;
    const recoveryMs = await pair.recover(mendedBy);
    await until('all well', async () => (await value(metric)) + (await value('dataset_refresh_failing')) === 0);
    return { before, damaged, alive, recoveryMs, after: await pair.during(STRETCH_MS), log: pair.service.log };
  } finally {
    await pair.stop();
  }
}

describe('the file that is served', () => {
  it.each(SERVED_DAMAGES)(
    '$fault',
    async (damage) => {
      const { before, damaged, alive, recoveryMs, after, log } = await course(damage);
      const { hot, cold } = damaged;
      const logged = log.filter((line) => /dataset damaged|dataset cannot be replaced/.test(line)).length;
      const worstMs = Math.max(hot.latency.maxUs, cold.latency.maxUs) / 1000;
      recordFault({
        ...{ door: 'dataset', fault: `while it is served: ${damage.fault}`, sent: hot.sent + cold.sent, worstMs },
        ...{ failed: hot.failed + cold.failed, lost: 'nothing' },
        seen: `no wrong answer; of ${cold.sent} that had to be read ${cold.failed} were refused (503 with Retry-After), of ${hot.sent} in memory ${hot.failed}; ${damage.metric} 1, ${logged} lines in the log; mended by ${damage.mendedBy === 'same' ? 'the same version put back' : 'another version'}`,
        limits: [{ name: 'a sound version served after ms', value: recoveryMs, most: RECOVERY_MS }],
      });
      expect([before.hot.errors, before.cold.errors, after.hot.errors, after.cold.errors]).toEqual([{}, {}, {}, {}]);
      expect([alive, hot.errors]).toEqual([true, {}]);
      // Another body, or another ETag, would be counted under another name.
      expect(cold.errors).toEqual(damage.reads === 'all' ? {} : { 'status 503': cold.failed });
      expect(cold.failed > 0).toBe(damage.reads !== 'all');
      expect(cold.failed < cold.sent).toBe(damage.reads !== 'none');
      // A line each when it is found and when it cannot be opened anew, however many requests come.
      expect(logged).toBeGreaterThan(0);
      expect(logged).toBeLessThanOrEqual(3);
    },
    60_000,
  );

  it('damaged has an alert', async () => {
    const objects = await render({ cases: ['monitoring'] });
    const { spec } = only(objects, 'PrometheusRule') as {
      spec?: { groups?: readonly { rules: readonly { readonly alert: string; readonly expr: string }[] }[] };
    };
    const alerts = spec!.groups!.flatMap(({ rules }) => rules);
    expect(alerts.filter(({ expr }) => expr.includes('dataset_damaged')).map(({ alert }) => alert)).toEqual([
      'SpotifyChartsDatasetDamaged',
    ]);
  });
});
