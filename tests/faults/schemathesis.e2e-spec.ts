import { keysOf, KeyFolder } from '../../apps/api/src/access/testing/key-folder.js';
import type { RunningService } from '../setup/running-service.js';
import { recordFault } from './fault-record.js';
import { faultsInLog, fuzz, REACHED_WITH_KEYS, SEED, startFuzzed, unreached } from './schemathesis.js';

let service: RunningService | undefined;
let folder: KeyFolder | undefined;
afterEach(async () => {
  await service?.stop();
  folder?.remove();
});

it('The OpenAPI document holds for what is made of it, right and wrong', async () => {
  service = await startFuzzed();
  const { cases, failed, findings } = await fuzz(service, { seed: SEED, examples: 150 });
  recordFault({
    ...{ door: 'input', fault: 'requests that schemathesis makes of /openapi.json' },
    ...{ sent: cases, failed, lost: 'nothing', seen: `every check, seed ${SEED}` },
  });
  expect(findings).toBe('');
  expect(cases).toBeGreaterThan(800);
  expect(await unreached(service)).toEqual([]);
  expect(faultsInLog(service)).toEqual([]);
}, 240_000);

it('The OpenAPI document holds where API keys are asked for, with a key, without and with another', async () => {
  const { keys, text } = keysOf({ fuzz: undefined });
  folder = new KeyFolder(text);
  service = await startFuzzed({ API_KEYS_FILE: folder.path });
  const { cases, failed, findings } = await fuzz(service, { seed: SEED, examples: 30, apiKey: keys.fuzz });
  recordFault({
    ...{ door: 'input', fault: 'requests that schemathesis makes of /openapi.json, with API keys' },
    ...{
      sent: cases,
      failed,
      lost: 'nothing',
      seen: `every check, that keys are not ignored among them, seed ${SEED}`,
    },
  });
  expect(findings).toBe('');
  expect(cases).toBeGreaterThan(400);
  expect(await unreached(service, REACHED_WITH_KEYS)).toEqual([]);
  expect(faultsInLog(service)).toEqual([]);
  expect(service.log.join('\n')).not.toContain(keys.fuzz);
}, 240_000);
