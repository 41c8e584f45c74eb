import { KeyFolder, keysOf } from '../access/testing/key-folder.js';
import { AnswerCache } from '../cache/answer-cache.js';
import { chartHistory, MANY } from '../dataset/testing/chart-history.js';
import { BY_FRAMEWORK, lasting, ListApp, type ClientAnswer } from './testing/list-app.js';

const PLENTY = 1_000_000;
const { keys, text } = keysOf({ mobile: PLENTY, web: undefined });
const folder = new KeyFolder(text);
let service: ListApp;
beforeAll(async () => {
  service = await ListApp.started({ API_KEYS_FILE: folder.path, CORS_ORIGIN: 'https://charts.example' });
}, 60_000);
afterAll(async () => {
  await service.stop();
  folder.remove();
});
beforeEach(() => {
  service.taken.length = 0;
  service.app.get(AnswerCache).clear();
});

const DAY = chartHistory()[0]!.date;
const PATH = `/rankings?region=Global&date=${DAY}&limit=30&format=json`;
const LISTS = [
  PATH,
  '/rankings?region=Global&date=latest&format=json',
  `/artist?artist=${encodeURIComponent(MANY)}&limit=7&offset=21&format=json`,
  '/tracks?format=json',
  '/filters?format=ndjson&fields=dates',
];
const bearer = (key: string) => ({ Authorization: `Bearer ${key}` });
const problem = ({ body }: ClientAnswer) => JSON.parse(body) as Record<string, unknown>;
const fetched = (path: string, init: RequestInit) => fetch(`http://127.0.0.1:${service.port}${path}`, init);

/** Status, headers and body without what is left of a limit, which each request changes. */
function withoutQuota(answer: ClientAnswer) {
  const { ratelimit, ...headers } = answer.headers;
  expect(ratelimit).toMatch(/^"minute";r=\d+;t=\d+$/);
  return lasting({ ...answer, headers });
}

describe('a request without access', () => {
  it.each([
    ['no key', {}, 'There is no API key', undefined],
    ['an unknown key', bearer('made-up'), 'not known here', 'invalid_token'],
    ['an unknown key in the other header', { 'X-API-Key': 'made-up' }, 'not known here', 'invalid_token'],
    ['a digest of the file', bearer(text.split(/\s/)[1]!), 'not known here', 'invalid_token'],
    ['another scheme', { Authorization: 'Basic dXNlcjpzZWNyZXQ=' }, 'There is no API key', undefined],
    ['two keys', { ...bearer(keys.mobile), 'X-API-Key': keys.web }, 'several API keys', undefined],
  ] as const)('is 401 with a challenge, whatever it asks for: %s', async (_name, headers, detail, error) => {
    for (const path of [PATH, '/rankings', '/nothing', '/%72ankings?region=Global']) {
      const answer = await service.ask(path, { ...headers, Origin: 'https://charts.example' });
      expect([path, answer.status, problem(answer)]).toMatchObject([path, 401, { type: '/problems/api-key-required' }]);
      expect(problem(answer)['detail']).toContain(detail);
      expect(answer.headers['www-authenticate']).toBe(
        `Bearer realm="spotify-charts"${error === undefined ? '' : `, error="${error}"`}`,
      );
      expect(answer.headers).toMatchObject({
        'content-type': 'application/problem+json; charset=utf-8',
        'cache-control': 'no-store',
        'access-control-allow-origin': 'https://charts.example',
      });
      expect(answer.headers['access-control-expose-headers']).toContain('RateLimit');
    }
    expect(service.taken.filter(Boolean)).toEqual([]);
  });

  it('is 401 to HEAD, without a body', async () => {
    const response = await fetched(PATH, { method: 'HEAD' });
    expect([response.status, await response.text()]).toEqual([401, '']);
  });

  it('is 405 with any other method, as for everybody', async () => {
    for (const headers of [{}, bearer(keys.web)])
      expect((await fetched(PATH, { method: 'POST', headers })).status).toBe(405);
  });

  it.each(['/docs', '/docs/start.js', '/health', '/openapi.json', '/problems', '/problems/api-key-required'])(
    'is answered where the service speaks of itself: %s',
    async (path) => {
      expect((await service.ask(path)).status).toBe(200);
    },
  );

  it('is led from / to the description, which tells how to send a key', async () => {
    expect((await service.ask('/')).headers.location).toBe('docs');
    const document = problem(await service.ask('/openapi.json'));
    expect(document).toMatchObject({
      security: [{ bearer: [] }, { apiKey: [] }],
      components: { securitySchemes: { apiKey: { in: 'header', name: 'X-API-Key' } } },
      paths: { '/rankings': { get: { responses: { 401: {}, 429: {} } } }, '/health': { get: { security: [] } } },
    });
  });

  it('may ask in advance which headers it may send, and is told', async () => {
    const response = await fetched(PATH, {
      method: 'OPTIONS',
      headers: {
        Origin: 'https://charts.example',
        'Access-Control-Request-Method': 'GET',
        'Access-Control-Request-Headers': 'authorization, x-api-key',
      },
    });
    expect([response.status, response.headers.get('access-control-allow-headers')]).toEqual([
      204,
      'authorization, x-api-key',
    ]);
  });
});

describe('a request with a key', () => {
  it.each(LISTS)('has the bytes and headers of the framework before it: %s', async (path) => {
    for (const coding of ['identity', 'br']) {
      service.app.get(AnswerCache).clear();
      service.taken.length = 0;
      const headers = {
        ...{ 'Accept-Encoding': coding, Origin: 'https://charts.example', 'X-Request-Id': 'same' },
        ...bearer(keys.mobile),
      };
      const anew = await service.ask(path, headers);
      const framework = await service.ask(path, { ...headers, ...BY_FRAMEWORK });
      const again = await service.ask(path, headers);
      expect(service.taken).toEqual([true, false, true]);
      expect([anew.status, anew.headers['x-cache']]).toEqual([200, 'miss']);
      expect(withoutQuota(framework)).toEqual(withoutQuota(anew));
      expect(withoutQuota(again)).toEqual(withoutQuota(anew));
      expect(anew.headers).toMatchObject({
        'cache-control': 'private, max-age=60, stale-while-revalidate=86400, stale-if-error=86400',
        vary: 'Accept, Accept-Encoding, Origin, Authorization, X-API-Key',
        'ratelimit-policy': `"minute";q=${PLENTY};w=60`,
      });
      const notModified = { ...headers, 'If-None-Match': anew.headers.etag! };
      const [early, late] = [
        await service.ask(path, notModified),
        await service.ask(path, { ...notModified, ...BY_FRAMEWORK }),
      ];
      expect(early.status).toBe(304);
      expect(early.headers['cache-control']).toMatch(/^private/);
      expect(withoutQuota(late)).toEqual(withoutQuota(early));
    }
  });

  it('has the same body as without keys, in whichever header the key is', async () => {
    const [one, other] = [
      await service.ask(PATH, bearer(keys.web)),
      await service.ask(PATH, { 'X-API-Key': keys.web }),
    ];
    expect([one.status, other.status, other.body]).toEqual([200, 200, one.body]);
    expect(one.headers).not.toHaveProperty('ratelimit');
    expect((await service.ask('/artist?artist=Nobody', bearer(keys.web))).status).toBe(404);
  });

  it('has what is left of its limit on problems as well, which no cache may keep for others', async () => {
    const answer = await service.ask('/rankings', bearer(keys.mobile));
    expect([answer.status, problem(answer)['type']]).toEqual([400, '/problems/invalid-parameter']);
    expect(answer.headers).toMatchObject({
      'cache-control': 'private',
      'ratelimit-policy': `"minute";q=${PLENTY};w=60`,
    });
    expect(answer.headers['vary']).toMatch(/Authorization, X-API-Key/);
  });

  it('is logged under its name the same way by both, and nowhere with the key', async () => {
    const headers = { 'X-Request-Id': 'named', ...bearer(keys.mobile) };
    await service.ask(PATH, headers);
    await service.ask(PATH, { ...headers, ...BY_FRAMEWORK });
    await service.ask(PATH, headers);
    const [anew, ...others] = await service.linesOf('named', 3);
    expect(anew).toMatchObject({ url: PATH, status: 200, key: 'mobile' });
    expect(others).toEqual([anew, anew]);
  });
});

describe('the log', () => {
  it('holds no key that was sent, known or not', () => {
    expect(service.logged).toContain('"key":"mobile"');
    for (const key of [...Object.values(keys), 'made-up', 'dXNlcjpzZWNyZXQ='])
      expect(service.logged).not.toContain(key);
  });
});
