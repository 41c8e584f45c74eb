import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { projectRoot } from './project-root.js';

const DIST = join(projectRoot(), 'dist/apps');
const folder = mkdtempSync(join(tmpdir(), 'kept-shapes-'));
const dataset = join(folder, 'dataset');

beforeAll(() => {
  const made = spawnSync('node', [join(DIST, 'dataset/src/main.js'), 'sample', '--out', dataset, '--days', '4']);
  if (made.status !== 0) throw new Error(`These tests run the built program: npm run build\n${made.stderr.toString()}`);
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Enough ticks for V8 to look at what they are, then collections while there are none. */
const COLLECT = `
  let rounds = 0;
  const round = () => {
    if (rounds < 10) for (let i = 0; i < 100; i++) process.nextTick(() => {});
    else globalThis.gc();
    if (++rounds < 20) setImmediate(round);
    else process.nextTick(() => {});
  };
  setImmediate(round);`;

function logTo(name: string): { readonly file: string; readonly flags: readonly string[] } {
  const file = join(folder, name);
  return { file, flags: ['--log-maps', '--no-log-maps-details', '--no-logfile-per-isolate', `--logfile=${file}`] };
}

/**
 * How often V8 made the shape of a tick's object anew: its log has a line for each first time that a shape gets the member
 * `async_id_symbol`, with that shape and the place in the program.
 */
function timesMade(file: string): number {
  const counts = new Map<string, number>();
  for (const line of readFileSync(file, 'utf8').split('\n')) {
    if (!line.startsWith('map,Transition,') || !/symbol\("async_id_symbol"/.test(line)) continue;
    const [, , , from, , , row, column] = line.split(',');
    const place = `${from} ${row}:${column}`;
    counts.set(place, (counts.get(place) ?? 0) + 1);
  }
  return Math.max(0, ...counts.values());
}

function timesMadeBy(name: string, program: string): number {
  const { file, flags } = logTo(name);
  const ran = spawnSync('node', ['--expose-gc', ...flags, '--input-type=module', '--eval', program]);
  if (ran.status !== 0) throw new Error(ran.stderr.toString());
  return timesMade(file);
}

describe('the shape of a tick', () => {
  it('is dropped by V8 when none is held, which is why one is', () => {
    expect(timesMadeBy('dropped', COLLECT)).toBeGreaterThan(1);
  });

  it('is kept by the one that is held', () => {
    const module = pathToFileURL(join(DIST, 'api/src/kept-shapes.js')).href;
    const program = `import { keepShapes } from ${JSON.stringify(module)};\nawait keepShapes();${COLLECT}`;
    expect(timesMadeBy('kept', program)).toBe(1);
  });

  it('is that of the first tick for as long as the service runs', async () => {
    const { file, flags } = logTo('service');
    await serve(['--expose-gc', ...flags], () => Promise.resolve());
    expect(timesMade(file)).toBe(1);
  }, 60_000);
});

describe('requests and responses', () => {
  /** Prints of each request whether it and its response are objects of a known shape; collects all the time. */
  const WATCH = `
    import channel from 'node:diagnostics_channel';
    const isFast = new Function('object', 'return %HasFastProperties(object)');
    channel.subscribe('http.server.request.start', ({ request, response }) => {
      console.log('shapes ' + [request, response].map(isFast));
    });
    setInterval(globalThis.gc, 20).unref();`;

  it('do not become dictionaries, whatever the start has collected', async () => {
    const watch = `data:text/javascript,${encodeURIComponent(WATCH)}`;
    const log = await serve(['--expose-gc', '--allow-natives-syntax', '--import', watch], async (port) => {
      for (let i = 0; i < 20; i++)
        await (await fetch(`http://127.0.0.1:${port}/filters`)).arrayBuffer().then(() => sleep(30));
    });
    const shapes = [...log.matchAll(/^shapes (.*)$/gm)].map(([, fast]) => fast);
    expect(shapes).toEqual(Array.from({ length: 20 }, () => 'true,true'));
  }, 60_000);
});

/** Runs the service with flags of Node's, has something done with its port, stops it, and tells what it printed. */
async function serve(flags: readonly string[], work: (port: string) => Promise<void>): Promise<string> {
  const child = spawn('node', [...flags, join(DIST, 'api/src/main.js')], {
    env: { PATH: process.env['PATH'], PORT: '0', MANAGEMENT_PORT: '0', HOST: '127.0.0.1', DATASET_DIR: dataset },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exit = once(child, 'exit');
  let log = '';
  let port: string | undefined;
  for await (const text of child.stdout) {
    log += String(text);
    if (port !== undefined) continue;
    port = /listening on http:\/\/127.0.0.1:(\d+)/.exec(log)?.[1];
    if (port === undefined) continue;
    await work(port);
    child.kill('SIGINT');
  }
  expect((await exit)[0]).toBe(0);
  return log;
}
