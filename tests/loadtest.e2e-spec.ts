import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { LoadSummary } from '../loadtest/summary.js';
import { ROOT } from './setup/tree.js';

const [API, CLI, RUNNER, REPORT] = [
  ...['dist/apps/api/src/main.js', 'dist/apps/dataset/src/main.js'],
  ...['dist/loadtest/node/main.js', 'dist/loadtest/report/main.js'],
].map((path) => ROOT + path) as [string, string, string, string];

let folder: string;
let api: ChildProcess;
let target: string;

beforeAll(async () => {
  const missing = [API, CLI, RUNNER, REPORT].filter((path) => !existsSync(path));
  if (missing.length > 0) throw new Error(`This test runs the built programs, ${missing[0]} is missing: npm run build`);
  folder = mkdtempSync(join(tmpdir(), 'loadtest-'));
  const dataset = join(folder, 'data');
  const made = spawnSync(process.execPath, [CLI, 'sample', '--out', dataset, '--seed', '1', '--quiet']);
  if (made.status !== 0) throw new Error(`the sample was not made: ${made.stderr.toString()}`);
  const env = {
    ...process.env,
    ...{ DATASET_DIR: dataset, PORT: '0', MANAGEMENT_PORT: '0', HOST: '127.0.0.1', MANAGEMENT_HOST: '127.0.0.1' },
    ...{ LOG_FORMAT: 'json', SHUTDOWN_DRAIN_MS: '0', LOG_REQUEST_SAMPLE: '0' },
  };
  api = spawn(process.execPath, [API], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  target = await urlOf(api);
}, 60_000);

afterAll(async () => {
  if (api?.exitCode === null) {
    api.kill('SIGKILL');
    await once(api, 'exit');
  }
  rmSync(folder, { recursive: true, force: true });
});

/** Where the service says that it listens. */
async function urlOf(child: ChildProcess): Promise<string> {
  let output = '';
  return new Promise((resolve, reject) => {
    child.stdout!.on('data', (bytes: Buffer) => {
      output += bytes.toString();
      const url = /listening on (http:\/\/[^,\s]+)/.exec(output)?.[1];
      if (url !== undefined) resolve(url);
    });
    child.on('exit', (code) => reject(new Error(`the service ended with ${String(code)}: ${output}`)));
  });
}

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

async function runLoad(settings: Readonly<Record<string, string>>): Promise<Ended> {
  const env = { ...process.env, LOAD_TARGET: target, LOAD_RATE: '200', LOAD_DURATION_SECONDS: '2', ...settings };
  const child = spawn(process.execPath, [RUNNER], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const [out, err, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')]);
  return { code: code as number | null, out, err };
}

function summaryOf({ out }: Ended): LoadSummary {
  const line = out.split('\n').find((one) => one.startsWith('SUMMARY ')) ?? '';
  return JSON.parse(line.slice('SUMMARY '.length)) as LoadSummary;
}

/** No test here is about speed: what is to be kept is kept on a busy machine too. */
const PATIENT = { LOAD_THRESHOLDS: '{"http_req_duration":["p(99)<20000"]}' };

describe('load on the service', () => {
  it('is all answered as it should be, right, conditional and wrong requests alike', async () => {
    const ended = await runLoad({ ...PATIENT, LOAD_WRONG_SHARE: '0.2', LOAD_CONDITIONAL_SHARE: '0.3' });
    expect([ended.err, ended.code]).toEqual(['', 0]);
    const summary = summaryOf(ended);
    expect(summary.requests).toEqual({ answered: 400, failed: 0, dropped: 0, wrongBodies: 0 });
    expect(summary.caches['l1']).toBeGreaterThan(0);
    expect(ended.out).toContain('kept        http_req_failed rate<=0: 0');
  });

  it('ends with 99 when a threshold is broken', async () => {
    const ended = await runLoad({ LOAD_DURATION_SECONDS: '1', LOAD_THRESHOLDS: '{"http_req_duration":["p(50)<0"]}' });
    expect(ended.code).toBe(99);
    expect(ended.out).toContain('BROKEN      http_req_duration p(50)<0');
    expect(summaryOf(ended).requests.failed).toBe(0);
  });

  it('counts the failures of a target that is not there, and ends with 99', async () => {
    const ended = await runLoad({ LOAD_TARGET: `http://127.0.0.1:${await unusedPort()}`, LOAD_DURATION_SECONDS: '1' });
    expect(ended.code).toBe(99);
    expect(ended.err).toContain('does not tell what it has');
    expect(summaryOf(ended)).toMatchObject({ requests: { answered: 0, failed: 200 }, failures: { connect: 200 } });
  });

  it('ends with 78 and all faults when it is told what cannot be', async () => {
    const ended = await runLoad({ LOAD_RATE: 'much', LOAD_SCENARIO: 'huge', LOAD_START_AT: '1700000000' });
    expect(ended.code).toBe(78);
    expect(ended.err).toContain('LOAD_RATE is "much"');
    expect(ended.err).toContain('LOAD_SCENARIO is "huge"');
  });

  it('does not begin when its time has gone by', async () => {
    const ended = await runLoad({ LOAD_START_AT: '1700000000' });
    expect([ended.code, ended.out]).toEqual([78, '']);
    expect(ended.err).toContain('must lie ahead');
  });

  it('tells what it has when a signal ends it', async () => {
    const env = { ...process.env, LOAD_TARGET: target, LOAD_RATE: '50', LOAD_DURATION_SECONDS: '60' };
    const child = spawn(process.execPath, [RUNNER], { env, stdio: ['ignore', 'pipe', 'ignore'] });
    child.stdout.once('data', () => child.kill('SIGTERM'));
    const [out, [code]] = await Promise.all([text(child.stdout), once(child, 'exit')]);
    expect(code).toBe(143);
    expect(summaryOf({ out, err: '', code: 143 }).interrupted).toBe(true);
  });
});

describe('several runners', () => {
  it('start together, share the load, and are put together in a report', async () => {
    const files = [join(folder, 'one.json'), join(folder, 'two.json')];
    const startAt = String(Math.floor(Date.now() / 1000) + 10);
    const together = { ...PATIENT, LOAD_SCENARIO: 'spike', LOAD_RUNNERS: '2', LOAD_START_AT: startAt };
    const ended = await Promise.all(
      files.map((file, i) => runLoad({ ...together, JOB_COMPLETION_INDEX: String(i), LOAD_SUMMARY: file })),
    );
    expect(ended.map(({ err, code }) => [err, code])).toEqual([
      ['', 0],
      ['', 0],
    ]);
    const summaries = files.map((file) => JSON.parse(readFileSync(file, 'utf8')) as LoadSummary);
    expect(summaries.map(({ startedAtMs }) => startedAtMs / 1000)).toEqual([Number(startAt), Number(startAt)]);

    const [log, replicas, svg] = [join(folder, 'two.log'), join(folder, 'replicas.csv'), join(folder, 'course.svg')];
    writeFileSync(log, `[pod/load-1-abcde/load] ${ended[1]!.out.replaceAll('\n', '\n[pod/load-1-abcde/load] ')}`);
    writeFileSync(replicas, `time,replicas\n${startAt},3\n${Number(startAt) + 1},4\n`);
    const args = [REPORT, files[0]!, log, '--replicas', replicas, '--svg', svg];
    const report = spawnSync(process.execPath, args, { encoding: 'utf8' });
    expect([report.stderr, report.status]).toEqual(['', 0]);
    const answered = summaries.reduce((sum, { requests }) => sum + requests.answered, 0);
    expect(report.stdout).toMatch(new RegExp(`\\| all +\\| +${answered.toLocaleString('en-US')} \\|`));
    expect(report.stdout).toContain('**All thresholds kept.**');
    expect(report.stdout).not.toContain('Not released together');
    expect(readFileSync(svg, 'utf8')).toContain('>replicas<');
  });

  it('are not reported when there is no summary', () => {
    const { status, stderr } = spawnSync(process.execPath, [REPORT], { input: 'nothing here\n', encoding: 'utf8' });
    expect([status, stderr]).toEqual([1, expect.stringContaining('no summary was found')]);
  });
});

async function unusedPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
