import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createContext, SourceTextModule, SyntheticModule, type Module } from 'node:vm';
import { ROOT } from '../../tests/setup/tree.js';
import type { LoadSummary } from '../summary.js';
import { bundleK6 } from './bundle.js';

/** A ConfigMap takes a mebibyte, name and all. */
const MAX_BYTES = 900_000;
const FILTERS = { regions: ['Atlantis'], artists: ['The Invented', 'Nobody'], dates: ['2021-01-01', '2021-01-02'] };

interface Call {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly tags?: { readonly name: string };
  readonly responseCallback?: readonly number[];
}

interface Answer {
  readonly status: number;
  readonly body: string | null;
  readonly headers: Readonly<Record<string, string>>;
  readonly error_code: number;
}

interface Script {
  readonly options: { readonly scenarios: Record<string, { readonly exec: string }> };
  readonly setup: () => { readonly vocabulary: { readonly artists: string[] }; readonly startedAtMs: number };
  readonly ask: (data: unknown) => void;
  readonly handleSummary: (results: unknown) => Record<string, string>;
}

const answerOf = (body: unknown, more: Partial<Answer> = {}): Answer => ({
  ...{ status: 200, body: JSON.stringify(body), headers: { Etag: '"v1"', 'X-Cache': 'l1' }, error_code: 0 },
  ...more,
});

/** The bundle in a world that has no more than k6 gives it: no Node, no timers, and what k6 would do recorded. */
async function load(env: Record<string, string>, respond: (call: Call) => Answer) {
  const world = {
    calls: [] as Call[],
    checks: [] as boolean[],
    counters: {} as Record<string, number>,
    sleptSeconds: 0,
  };
  const context = createContext({ __ENV: { LOAD_TARGET: 'http://charts', ...env }, __VU: 1 });
  const get = (url: string, params: Omit<Call, 'url'>) => {
    const call = { url, ...params };
    world.calls.push(call);
    return respond(call);
  };
  class Counter {
    constructor(private readonly name: string) {}
    add(value: number): void {
      world.counters[this.name] = (world.counters[this.name] ?? 0) + value;
    }
  }
  const check = (value: unknown, checks: Record<string, (value: unknown) => boolean>) =>
    world.checks.push(...Object.values(checks).map((one) => one(value)));
  const modules: Readonly<Record<string, Record<string, unknown>>> = {
    k6: { check, sleep: (seconds: number) => void (world.sleptSeconds += seconds) },
    'k6/http': { default: { get, expectedStatuses: (...statuses: number[]) => statuses } },
    'k6/metrics': { Counter },
  };
  const bundle = new SourceTextModule(await bundleK6(ROOT), { context });
  await bundle.link((name): Module => {
    const exported = modules[name];
    if (!exported) throw new Error(`the bundle imports ${name}, which k6 does not have`);
    return new SyntheticModule(
      Object.keys(exported),
      function () {
        for (const [key, value] of Object.entries(exported)) this.setExport(key, value);
      },
      { context },
    );
  });
  await bundle.evaluate();
  return { script: bundle.namespace as unknown as Script, world };
}

const service = ({ url }: Call): Answer => {
  if (url.endsWith('/filters')) return answerOf(FILTERS);
  return answerOf(url.includes('limit=200') ? [{ artist: 'Nobody' }, { artist: 'Newcomer' }] : []);
};

describe('the bundle for k6', () => {
  it('is small enough for a ConfigMap, and the same each time', async () => {
    const text = await bundleK6(ROOT);
    expect(Buffer.byteLength(text)).toBeLessThan(MAX_BYTES);
    expect(await bundleK6(ROOT)).toBe(text);
    expect(text).not.toContain('node:');
  });

  it('names a function to run, and has it', async () => {
    const { script } = await load({ LOAD_SCENARIO: 'spike' }, service);
    expect(script.options.scenarios['spike']!.exec).toBe('ask');
    expect(typeof script.ask).toBe('function');
  });

  it('asks the service what there is, and waits for the common start', async () => {
    const startAt = Math.floor(Date.now() / 1000) + 100;
    const { script, world } = await load({ LOAD_START_AT: String(startAt), LOAD_HOST: 'charts.example' }, service);
    const data = script.setup();
    expect([...data.vocabulary.artists]).toEqual(['Nobody', 'Newcomer', 'The Invented']);
    expect(data.startedAtMs).toBe(startAt * 1000);
    expect(world.sleptSeconds).toBeGreaterThan(98);
    expect(world.calls.every(({ headers }) => headers['Host'] === 'charts.example')).toBe(true);
  });

  it('does not begin when the service does not tell', async () => {
    const { script } = await load({}, () => answerOf({}, { status: 503 }));
    expect(() => script.setup()).toThrow('answers 503');
  });

  it('asks with tags seen before, under the name of the route, and checks what comes', async () => {
    const { script, world } = await load({ LOAD_WRONG_SHARE: '0', LOAD_CONDITIONAL_SHARE: '0.5' }, (call) =>
      'If-None-Match' in call.headers ? answerOf('', { status: 304, body: null }) : service(call),
    );
    const data = script.setup();
    world.calls.length = 0;
    for (let i = 0; i < 300; i++) script.ask(data);
    expect(new Set(world.calls.map(({ tags }) => tags!.name))).toEqual(
      new Set(['/rankings', '/artist', '/tracks', '/filters']),
    );
    const conditional = world.calls.filter(({ headers }) => headers['If-None-Match'] === '"v1"');
    expect(conditional.length).toBeGreaterThan(50);
    expect(conditional.every(({ responseCallback }) => responseCallback!.includes(304))).toBe(true);
    expect([world.checks.length, world.checks.every(Boolean)]).toEqual([300, true]);
    expect(world.counters).toEqual({ cache_l1: 300 });
  });

  it.each([
    [1050, 'failed_timeout'],
    [1212, 'failed_connect'],
    [1101, 'failed_connect'],
    [1220, 'failed_reset'],
    [1000, 'failed_protocol'],
  ])('counts the failure %i of k6 as %s', async (code, counter) => {
    let up = true;
    const { script, world } = await load({}, (call) =>
      up ? service(call) : answerOf('', { status: 0, body: null, headers: {}, error_code: code }),
    );
    const data = script.setup();
    up = false;
    script.ask(data);
    expect([world.counters, world.checks]).toEqual([{ [counter]: 1 }, [false]]);
  });

  it('writes the same summary as the runner for Node', async () => {
    const { script } = await load({ LOAD_SUMMARY: '/tmp/x.json', LOAD_RUNNERS: '2', LOAD_RUNNER: '1' }, service);
    const values = (one: Record<string, number>) => ({ values: one });
    const written = script.handleSummary({
      metrics: {
        'http_req_failed{scenario:smoke}': values({ rate: 0.1, passes: 10, fails: 90 }),
        checks: values({ rate: 0.88, passes: 88, fails: 12 }),
        'http_req_duration{scenario:smoke,expected_response:true}': values({
          ...{ 'p(50)': 1.5, 'p(95)': 2.5, 'p(99)': 600, 'p(99.9)': 700, max: 800 },
        }),
        failed_reset: values({ count: 6 }),
        cache_l1: values({ count: 70 }),
      },
      state: { testRunDurationMs: 15_000 },
      setup_data: { startedAtMs: 1_700_000_000_000 },
    });
    const summary = JSON.parse(written['/tmp/x.json']!) as LoadSummary;
    expect(summary).toMatchObject({
      ...{ format: 1, tool: 'k6', scenario: 'smoke', runner: 1, runners: 2, startedAtMs: 1_700_000_000_000, ok: false },
      requests: { answered: 90, failed: 10, dropped: 0, wrongBodies: 2 },
      ...{ failures: { reset: 6, status: 4 }, caches: { l1: 70 } },
      latencyMs: { p50: 1.5, p95: 2.5, p99: 600, p999: 700, max: 800 },
    });
    expect(summary.thresholds.map(({ metric, ok }) => [metric, ok])).toEqual([
      ['http_req_failed', false],
      ['checks', false],
      ['dropped_iterations', true],
      ['http_req_duration', false],
    ]);
    expect(written['stdout']).toContain(`\nSUMMARY ${written['/tmp/x.json']}`);
  });
});

it('the chart carries the bundle of these sources', async () => {
  const carried = await readFile(join(ROOT, 'helm/spotify-charts/files/k6.js'), 'utf8');
  // Otherwise run `npm run build && npm run load:k6`.
  expect(carried).toBe(await bundleK6(ROOT));
});
