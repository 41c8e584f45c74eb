import { chmodSync, cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { until } from '../../apps/api/src/cache/testing/redis-server.js';
import { render } from '../helm/chart.js';
import { only } from '../kubernetes/objects.js';
import { RunningService } from '../setup/running-service.js';
import { SwappedDataset } from '../setup/swapped-dataset.js';
import { DAMAGES, OTHER_USER, type Damage } from './dataset-damage.js';
import { recordFault } from './fault-record.js';
import { coldPaths, READ_FROM_FILE } from './process-paths.js';
import { SteadyRequests } from './steady-requests.js';

interface Alert {
  readonly alert: string;
  readonly expr: string;
}

let swapped: SwappedDataset;
let service: RunningService;
let requests: SteadyRequests;
const etagsOf = new Map<string, Set<string>>();
beforeAll(async () => {
  swapped = await SwappedDataset.create();
  chmodSync(join(swapped.dir, '..'), 0o755);
  const settings = { DATASET_DIR: swapped.dir, DATASET_WATCH_SECONDS: '1', LOG_REQUEST_SAMPLE: '0' };
  service = await RunningService.start({ ...settings, ...READ_FROM_FILE }, [], { user: OTHER_USER });
  requests = new SteadyRequests({
    ...{ port: service.port, requestsPerSecond: 200, paths: coldPaths() },
    answered: (path, _status, head) => {
      const etags = etagsOf.get(path) ?? new Set();
      etagsOf.set(path, etags.add(/^etag: (.*)$/im.exec(head)?.[1] ?? 'none'));
    },
  });
}, 60_000);
afterAll(async () => {
  await requests.stop();
  await service.stop();
  await swapped.remove();
});

const failing = () => service.metric('dataset_refresh_failing');
const faults = () => service.log.filter((line) => line.includes('dataset cannot be replaced'));

/** Has the service find a damaged version, and then the one before again; tells what it logged of it. */
async function findDamaged({ inflict }: Damage): Promise<readonly string[]> {
  const [first, second] = swapped.versions;
  const [folder, kept] = [join(swapped.dir, second), join(swapped.dir, '..', 'kept')];
  const before = faults().length;
  cpSync(folder, kept, { recursive: true });
  swapped.pointTo(second);
  const mend = inflict(swapped.dir, second);
  try {
    await until('the metric', async () => (await failing()) === 1);
  } finally {
    mend?.();
    swapped.pointTo(first);
    rmSync(folder, { recursive: true });
    cpSync(kept, folder, { recursive: true });
    rmSync(kept, { recursive: true });
  }
  await until('all well', async () => (await failing()) === 0);
  return faults().slice(before);
}

describe('a new version', () => {
  it.each(DAMAGES)('with $fault', async (damage) => {
    requests.take();
    const logged = await findDamaged(damage);
    const { sent, failed, errors, worstMs } = requests.take();
    recordFault({
      ...{ door: 'dataset', fault: `${damage.fault}, while running`, sent, failed, worstMs, lost: 'nothing' },
      seen: `the old version served on; dataset_refresh_failing 1, ${logged.length} line in the log, 0 again after`,
    });
    expect(errors).toEqual({});
    expect(sent).toBeGreaterThan(50);
    expect(logged).toHaveLength(1);
    expect((JSON.parse(logged[0]!) as { err: { message: string } }).err.message).toMatch(damage.message);
    expect(await service.metric('dataset_replacements_total')).toBe(0);
    // Of each question one answer: never one of the other version.
    expect([...etagsOf.values()].filter((etags) => etags.size > 1)).toEqual([]);
  });

  it('that is sound again', async () => {
    swapped.pointTo(swapped.versions[1]);
    await until('the new version', async () => (await service.metric('dataset_replacements_total')) === 1);
    expect(await failing()).toBe(0);
  });

  it('that fails has an alert', async () => {
    const objects = await render({ cases: ['monitoring'] });
    const { spec } = only(objects, 'PrometheusRule') as { spec?: { groups?: readonly { rules: readonly Alert[] }[] } };
    const alerts = spec!.groups!.flatMap(({ rules }) => rules);
    expect(alerts.filter(({ expr }) => expr.includes('dataset_refresh_failing')).map(({ alert }) => alert)).toEqual([
      'SpotifyChartsDatasetRefreshFails',
    ]);
  });
});
