import type { RunningService } from '../setup/running-service.js';
import { recordFault } from './fault-record.js';
import { faultsInLog, fuzz, SEED, startFuzzed, unreached } from './schemathesis.js';

let service: RunningService;
beforeAll(async () => {
  service = await startFuzzed();
}, 120_000);
afterAll(() => service.stop());

it('The OpenAPI document holds for what is made of it, right and wrong', async () => {
  const { cases, failed, findings } = await fuzz(service, { seed: SEED, examples: 150 });
  recordFault({
    ...{ door: 'input', fault: 'requests that schemathesis makes of /openapi.json' },
    ...{ sent: cases, failed, lost: 'nothing', seen: `every check, seed ${SEED}` },
  });
  expect(findings).toBe('');
  expect(cases).toBeGreaterThan(800);
  expect(await unreached(service)).toEqual([]);
  expect(faultsInLog(service)).toEqual([]);
}, 120_000);
