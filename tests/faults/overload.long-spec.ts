import { LoadedService } from './overload-load.js';
import { overload } from './overload-course.js';
import { coldFlood } from './cold-flood.js';
import { READ_FROM_FILE } from './process-paths.js';

let loaded: LoadedService;
beforeAll(async () => {
  // So few charts would all be in memory as rows, where those of a dataset worth protecting have to be read.
  loaded = await LoadedService.start(20, 365, READ_FROM_FILE);
}, 60_000);
afterAll(() => loaded.stop());

describe('more than it can take', () => {
  it('is answered as far as it can', async () => {
    await overload(loaded, { factors: [0.5, 1, 2, 4], rounds: 3, seconds: 3, capacitySeconds: 2 });
  }, 120_000);

  it('and asked for the first time leaves others alone', async () => {
    await coldFlood(loaded, 12);
  }, 60_000);
});
