import { ensureBuilt } from '../setup/built-program.js';
import { RunningService } from '../setup/running-service.js';
import { recordFault } from './fault-record.js';
import { faultsInLog, fuzz, unreached } from './schemathesis.js';

/** Printed, and taken from FUZZ_SEED to send the same cases again. */
const SEED = Number(process.env['FUZZ_SEED'] ?? Date.now() % 2 ** 31);

let service: RunningService;
beforeAll(async () => {
  process.stderr.write(`tests/faults/schemathesis: FUZZ_SEED=${SEED}\n`);
  await ensureBuilt('service', 'dataset');
  service = await RunningService.start({ LOG_REQUEST_SAMPLE: '0' });
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
