import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { Histogram } from '../loadtest/generator/histogram.js';
import { ROOT } from './setup/tree.js';

const START = 1_700_000_000_000;
const latency = new Histogram();
latency.record(1000);
const SUMMARY = {
  ...{ format: 1, tool: 'node', scenario: 'smoke', target: 'http://charts', seed: 1, runner: 0, runners: 1 },
  ...{ connections: 4, peakPerSecond: 2, startedAtMs: START, seconds: 4, elapsedSeconds: 4, interrupted: false },
  ...{ failures: {}, caches: {}, thresholds: [], ok: true },
  requests: { answered: 4, failed: 0, dropped: 0, wrongBodies: 0 },
  latency: latency.toJSON(),
  series: { intervalMs: 1000, intervals: [{ answered: 1, failed: 0, dropped: 0, latency: latency.toJSON() }] },
  latencyMs: { p50: 1, p95: 2, p99: 3, p999: 4, max: 5 },
};

/** A kubectl of which the Job ends at the fourth look, and the Deployment grows with each. It notes what it is asked. */
const KUBECTL = `#!/usr/bin/env node
const { appendFileSync, readFileSync } = require('node:fs');
const [folder, args] = [process.env.FAKE, process.argv.slice(2)];
appendFileSync(folder + '/asked', args.join(' ') + '\\n');
const asked = readFileSync(folder + '/asked', 'utf8');
const looks = asked.split('get job charts-load').length - 1;
const answer = (object) => process.stdout.write(JSON.stringify(object));
const fail = (message) => { process.stderr.write(message + '\\n'); process.exit(1); };
const [verb, kind, name] = args.filter((one, i) => !one.startsWith('-') && args[i - 1] !== '--namespace');
if (verb === 'get' && kind === 'job') {
  if (name !== 'charts-load') fail('Error from server (NotFound): jobs.batch "' + name + '" not found');
  if (looks === 2) fail('Unable to connect to the server: EOF');
  const labels = { 'app.kubernetes.io/instance': 'charts', 'app.kubernetes.io/name': 'spotify-charts' };
  answer({ metadata: { labels }, status: looks < 4 ? {} : { conditions: [{ type: 'Failed', status: 'True' }] } });
} else if (verb === 'get' && kind === 'deployments') {
  answer({ items: [{ status: { replicas: 2 + looks } }] });
} else if (verb === 'get' && kind === 'pods') {
  process.stdout.write('pod/charts-load-0\\npod/charts-load-1\\n');
} else if (verb === 'logs') {
  // The runners began when the Job was first looked at.
  const startedAtMs = Number(readFileSync(folder + '/began', 'utf8'));
  const runner = Number(kind.slice(-1));
  process.stdout.write('2 requests\\nSUMMARY ' + JSON.stringify({ ...${JSON.stringify(SUMMARY)}, runner, runners: 2, startedAtMs, seconds: 60 }) + '\\n');
} else fail('unexpected: ' + args.join(' '));
`;

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'loadtest-report-'));
  await writeFile(join(folder, 'kubectl'), KUBECTL);
  await writeFile(join(folder, 'began'), String(Date.now()));
  await chmod(join(folder, 'kubectl'), 0o755);
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** The target as an operator calls it; what is built is there already and stays as it is. */
async function loadtestReport(...variables: readonly string[]) {
  const built = ['dist/.built', 'node_modules/.package-lock.json'].map((file) => `--old-file=${file}`);
  const make = spawn('make', ['loadtest-report', ...built, `OUT=${folder}`, ...variables], {
    cwd: ROOT,
    env: { ...process.env, PATH: `${folder}${delimiter}${process.env['PATH']}`, FAKE: folder },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [out, err, [code]] = await Promise.all([text(make.stdout), text(make.stderr), once(make, 'exit')]);
  return { out, err, code: code as number };
}

const written = (name: string) => readFile(join(folder, name), 'utf8');

describe('make loadtest-report', () => {
  it('waits for the Job, counts the pods of its service meanwhile, and puts both into one report', async () => {
    const { out, err, code } = await loadtestReport('JOB=charts-load', 'NAMESPACE=music');
    expect({ err, code }).toMatchObject({ code: 0 });
    expect(err).toContain('Waiting for the end of the Job charts-load\n3 replicas\n5 replicas\n6 replicas');
    expect(out).toContain('from 2 of 2 runners');
    expect(out).toContain('Replicas: 3 at the start, 6 at most, 6 at the end.');
    expect(await written('loadtest.md')).toBe(out);
    expect((await written('loadtest-replicas.csv')).match(/^\d+\.\d,\d$/gm)).toHaveLength(3);
    expect(await written('loadtest.svg')).toMatch(/>replicas<[^]*<path class="l0" d="M[\d.]+ [\d.]+H/);
    const asked = (await written('asked')).trim().split('\n');
    expect(asked.every((line) => line.startsWith('--namespace music '))).toBe(true);
    expect(asked[1]).toContain(
      '--selector app.kubernetes.io/instance=charts,app.kubernetes.io/name=spotify-charts,app.kubernetes.io/component=api',
    );
    expect(asked.slice(-2)).toEqual([0, 1].map((index) => `--namespace music logs pod/charts-load-${index}`));
  });

  it('says what kubectl says of a Job that is not there, and that a name is needed', async () => {
    const gone = await loadtestReport('JOB=charts-lost');
    expect(gone.code).not.toBe(0);
    expect(gone.err).toContain('jobs.batch "charts-lost" not found');
    const nameless = await loadtestReport();
    expect(nameless.err).toContain('make loadtest-report needs JOB=name');
  });

  it('says so when there is no kubectl', async () => {
    const { err, code } = await loadtestReport('JOB=charts-load', 'KUBECTL=no-such-kubectl');
    expect(code).not.toBe(0);
    expect(err).toContain('no-such-kubectl is not on the PATH; KUBECTL=... names another');
  });
});
