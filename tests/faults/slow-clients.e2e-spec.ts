import { LoadedService } from './overload-load.js';
import { SLOW_SETTINGS, slowReaders, slowRequests } from './slow-clients-course.js';

let loaded: LoadedService;
beforeAll(async () => {
  loaded = await LoadedService.start(6, 120, SLOW_SETTINGS);
}, 60_000);
afterAll(() => loaded.stop());

describe('slow clients', () => {
  it('that do not say what they want are closed at the limits', async () => {
    await slowRequests(loaded, 20);
  }, 60_000);

  it('that do not take what they asked for are given up', async () => {
    await slowReaders(loaded, 20);
  }, 60_000);
});
