import { LoadedService } from './overload-load.js';
import { overload } from './overload-course.js';
import { coldFlood } from './cold-flood.js';
import { READ_FROM_FILE } from './process-paths.js';

/**
 * So that a hundredth of the refusals is more than one for each of the 512 connections: where the machine stands still for a moment, each has one
 * that waited for that, and in three seconds those were the slowest hundredth.
 */
const SECONDS = 5;

let loaded: LoadedService;
beforeAll(async () => {
  // So few charts would all be in memory as rows, where those of a dataset worth protecting have to be read.
  loaded = await LoadedService.start(6, 120, READ_FROM_FILE);
}, 60_000);
afterAll(() => loaded.stop());

describe('more than it can take', () => {
  it('is answered as far as it can', async () => {
    await overload(loaded, { factors: [4], rounds: 1, seconds: SECONDS, capacitySeconds: 1 });
  }, 60_000);

  it('and asked for the first time leaves others alone', async () => {
    await coldFlood(loaded, SECONDS);
  }, 60_000);
});
