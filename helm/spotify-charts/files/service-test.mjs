// Run by `helm test`: asks the service through its Service and compares what the answers hold. Needs nothing but Node.
const service = process.env.SERVICE_URL;
// Where an API key is asked for, which this has not, the lists must not be answered.
const keys = process.env.ASKS_FOR_KEYS === 'true';
const tests = keys ? { answers: refusals, manners: openness } : { answers, manners };
const ATTEMPTS = 30;
const PAUSE_MS = 1000;

async function ask(path, options = {}) {
  for (let attempt = 1; ; attempt++) {
    try {
      return await fetch(service + path, { ...options, signal: AbortSignal.timeout(10_000) });
    } catch (error) {
      // Rules of the network may reach a new pod a moment after it has started.
      if (attempt === ATTEMPTS) throw new Error(`${path}: no answer from ${service}`, { cause: error });
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  }
}

function expect(path, right, what, found = 'something else') {
  if (!right) throw new Error(`${path}: expected ${what}, got ${found}`);
  console.log(`${path}: ${what}`);
}

function expectStatus(path, answer, status) {
  expect(path, answer.status === status, `status ${status}`, `status ${answer.status}`);
}

const query = (values) => new URLSearchParams(values).toString();

async function rows(path, limit, columns) {
  const answer = await ask(path);
  expectStatus(path, answer, 200);
  const list = await answer.json();
  expect(path, Array.isArray(list) && list.length > 0 && list.length <= limit, `1 to ${limit} rows`);
  expect(
    path,
    list.every((row) => columns.every((column) => column in row)),
    `rows with ${columns.join(', ')}`,
  );
  return list;
}

async function answers() {
  const health = await ask('/health');
  expect('/health', health.status === 200 && (await health.text()).trim() === 'OK', 'the text OK');

  const filters = await (await ask('/filters')).json();
  const lists = [filters.regions, filters.artists, filters.dates];
  expect('/filters', lists.every(isFilled), 'regions, artists and dates');

  const region = filters.regions.includes('Global') ? 'Global' : filters.regions[0];
  const artist = await artistOfChart(region);
  const history = `/artist?${query({ artist, limit: 5 })}`;
  const entries = await rows(history, 5, ['track_title', 'date', 'region', 'track_streams', 'rank_by_region']);
  const known = entries.every((entry) => filters.dates.includes(entry.date));
  expect(history, known, 'dates that /filters names');

  const tracks = `/tracks?${query({ region, artist })}`;
  const columns = ['track_title', 'global_rank', 'date', 'artist', 'track_url', 'chart', 'trend'];
  const found = await rows(tracks, 200, columns);
  const asked = found.every((row) => row.artist === artist && row.region === region);
  expect(tracks, asked, 'rows of that artist and region');
}

/** Checks the latest chart of a region and tells an artist that is in it. */
async function artistOfChart(region) {
  const path = `/rankings?${query({ region, date: 'latest', limit: 5 })}`;
  const chart = await rows(path, 5, ['track_title', 'artist', 'region', 'track_streams', 'rank_by_region']);
  const asked = chart.every((row) => row.region === region);
  expect(path, asked, `rows of ${region}`);
  const ranks = chart.map((row) => row.rank_by_region);
  const ordered = ranks.every((rank, at) => at === 0 || ranks[at - 1] <= rank);
  expect(path, ordered, 'ranks in order');
  return chart.find((row) => row.artist !== null).artist;
}

function isFilled(list) {
  return Array.isArray(list) && list.length > 0;
}

async function manners() {
  const first = await ask('/filters');
  await first.arrayBuffer();
  const etag = first.headers.get('etag');
  expect('/filters', etag !== null, 'an ETag');
  const again = await ask('/filters', { headers: { 'If-None-Match': etag } });
  expectStatus('/filters with If-None-Match', again, 304);

  for (const [path, status] of [
    ['/artist?artist=Nobody%20of%20this%20name', 404],
    ['/rankings?region=Global&date=yesterday', 400],
    ['/no-such-path', 404],
  ]) {
    const answer = await ask(path);
    expectStatus(path, answer, status);
    expect(path, answer.headers.get('content-type')?.startsWith('application/problem+json'), 'a problem in JSON');
    const { error } = await answer.json();
    expect(path, typeof error === 'string' && error !== '', 'a member error');
  }
  for (const path of ['/metrics', '/readyz']) {
    const answer = await ask(path);
    expectStatus(path, answer, 404);
  }
}

async function refusals() {
  const paths = [
    '/filters',
    '/rankings?region=Global&date=latest',
    '/artist?artist=Nobody',
    '/tracks',
    '/no-such-path',
  ];
  for (const path of paths) {
    for (const headers of [{}, { 'X-API-Key': 'not-a-key' }]) {
      const answer = await ask(path, { headers });
      expectStatus(path, answer, 401);
      expect(path, answer.headers.get('www-authenticate')?.startsWith('Bearer'), 'a challenge');
    }
  }
}

async function openness() {
  for (const path of ['/health', '/docs', '/openapi.json', '/problems/api-key-required']) {
    expectStatus(path, await ask(path), 200);
  }
}

try {
  await tests[process.argv[2]]();
} catch (error) {
  console.error(error.message, error.cause ?? '');
  process.exitCode = 1;
}
