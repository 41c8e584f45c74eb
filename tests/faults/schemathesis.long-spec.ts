import type { RunningService } from '../setup/running-service.js';
import { recordFault } from './fault-record.js';
import { faultsInLog, fuzz, SEED, startFuzzed, unreached, type Fuzzed } from './schemathesis.js';

const CASES = 50_000;
/** For each operation and run; with more of them in one run a case takes longer to make. */
const EXAMPLES = 600;
/** Two, since it is one core that makes the cases of a run. */
const AT_ONCE = 2;
const MB = 2 ** 20;
/** What the process may have grown by: its caches and the garbage collector's slack. */
const MOST_GROWTH_MB = 96;

let service: RunningService;
beforeAll(async () => {
  service = await startFuzzed();
}, 120_000);
afterAll(() => service.stop());

it(
  `The OpenAPI document holds for ${CASES} cases that are made of it, right and wrong`,
  async () => {
    const runs: Fuzzed[] = [await fuzz(service, { seed: SEED, examples: 200 })];
    const before = await service.memoryBytes();
    const sent = () => runs.reduce((sum, { cases }) => sum + cases, 0);
    let seed = SEED;
    const run = async () => {
      while (sent() < CASES) runs.push(await fuzz(service, { seed: ++seed, examples: EXAMPLES }));
    };
    await Promise.all(Array.from({ length: AT_ONCE }, run));
    const value = ((await service.memoryBytes()) - before) / MB;
    recordFault({
      ...{ door: 'input', fault: 'requests that schemathesis makes of /openapi.json, many' },
      ...{ sent: sent(), failed: runs.reduce((sum, { failed }) => sum + failed, 0), lost: 'nothing' },
      seen: `every check, ${runs.length} runs from seed ${SEED} on`,
      limits: [{ name: 'growth of memory, MB', value, most: MOST_GROWTH_MB }],
    });
    expect(runs.flatMap(({ findings }) => (findings === '' ? [] : [findings]))).toEqual([]);
    expect(await unreached(service)).toEqual([]);
    expect(faultsInLog(service)).toEqual([]);
  },
  15 * 60_000,
);
