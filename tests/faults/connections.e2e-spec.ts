import { shortConnections, tooManyConnections } from './connections-course.js';
import { LoadedService } from './overload-load.js';

const MOST = 100;

let loaded: LoadedService;
beforeAll(async () => {
  loaded = await LoadedService.start(3, 30, { MAX_CONNECTIONS: String(MOST) });
}, 60_000);
afterAll(() => loaded.stop());

describe('connections', () => {
  it('beyond as many as may be are closed at once', async () => {
    await tooManyConnections(loaded, MOST);
  });

  it('of one request each are all answered', async () => {
    await shortConnections(loaded, 2000);
  }, 60_000);
});
