import { CONNECTION_SETTINGS, idleConnections, shortConnections } from './connections-course.js';
import { LoadedService } from './overload-load.js';

let loaded: LoadedService;
beforeAll(async () => {
  loaded = await LoadedService.start(3, 30, CONNECTION_SETTINGS);
}, 60_000);
afterAll(() => loaded.stop());

describe('connections', () => {
  it('that are idle are kept until their limit', async () => {
    await idleConnections(loaded, 10_000);
  }, 60_000);

  it('of one request each are all answered', async () => {
    await shortConnections(loaded, 100_000);
  }, 180_000);
});
