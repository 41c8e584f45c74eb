import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { checkDigests, openCurrent, versionFolder, type Manifest } from '#libs/catalog';
import { bundleProgram } from '../download/testing/bundled-program.js';
import { breakAfter, FileServer, hangAfter, status } from '../download/testing/file-server.js';
import { lockDataset } from '../store/lock.js';
import { placeVersion, writeVersion } from '../store/testing/fake-version.js';
import { runDataset } from '../usage.js';

const BIG = 'x'.repeat(500_000);

let root: string;
let dir: string;
let server: FileServer;
let manifest: Manifest;
let name: string;
let old: string;
let url: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'fetch-'));
  dir = join(root, 'data');
  await mkdir(dir);
  old = await placeVersion(dir, 'old', { current: true });
  server = await FileServer.start();
  manifest = await writeVersion(join(root, 'published'), BIG);
  name = versionFolder(manifest.version);
  await server.putFolder('/v', join(root, 'published'));
  url = server.url('/v/manifest.json');
});
afterEach(async () => {
  await server.stop();
  await rm(root, { recursive: true, force: true });
});

async function run(args: readonly string[], signal = new AbortController().signal) {
  const [stdout, stderr] = [new PassThrough({ encoding: 'utf8' }), new PassThrough({ encoding: 'utf8' })];
  const exitCode = await runDataset(args, { stdout, stderr, terminal: false, signal });
  return { exitCode, out: String(stdout.read() ?? ''), err: String(stderr.read() ?? '') };
}

const fetch = (...more: readonly string[]) => run(['fetch', url, '--out', dir, ...more]);

/** The current version, digests checked; and that nothing but versions lies in the directory. */
async function current(): Promise<string> {
  const version = await openCurrent(dir);
  await checkDigests(version);
  expect((await readdir(dir)).filter((entry) => !/^[0-9a-f]{16}$|^current$/.test(entry))).toEqual([]);
  return versionFolder(version.manifest.version);
}

describe('fetch', () => {
  it('makes a published version the current one, beside the old one', async () => {
    const { exitCode, out, err } = await fetch();
    expect({ exitCode, err }).toEqual({ exitCode: 0, err: expect.stringMatching(/^download: 500 kB \.\.\.\n/) });
    expect(out).toMatch(/^downloaded +500 kB$/m);
    expect(out).toContain(`${join(dir, name)}\n`);
    expect(await current()).toBe(name);
    expect(await readdir(dir)).toContain(old);
    expect((await readdir(join(dir, name))).sort()).toEqual(['charts.duckdb', 'manifest.json', 'rejects.csv.gz']);
    expect(await readFile(join(dir, name, 'manifest.json'))).toEqual(
      await readFile(join(root, 'published/manifest.json')),
    );
  });

  it('makes the directory, and says with --json what it did', async () => {
    dir = join(root, 'deep/er');
    const { out, err } = await fetch('--json', '--quiet');
    expect(JSON.parse(out)).toMatchObject({
      ...{ version: manifest.version, dir, folder: join(dir, name), published: 'new', resumedBytes: 0 },
      downloadedBytes: BIG.length + 'serving '.length,
    });
    expect(err).toBe('');
    expect(await current()).toBe(name);
  });

  it('downloads nothing when the version is there, nor waits for who writes there', async () => {
    await fetch();
    const requests = server.requests.length;
    const lock = await lockDataset(dir, 'another');
    const { exitCode, out } = await fetch();
    await lock.release();
    expect(exitCode).toBe(0);
    expect(out).toMatch(/^downloaded +nothing$/m);
    expect(out).toContain('(was there already)');
    expect(server.requests.slice(requests).map(({ path }) => path)).toEqual(['/v/manifest.json']);
  });

  it('goes back to a version that is there without downloading it', async () => {
    await fetch();
    await writeFile(join(dir, 'current'), `${old}\n`);
    const requests = server.requests.length;
    expect((await fetch()).exitCode).toBe(0);
    expect(server.requests).toHaveLength(requests + 1);
    expect(await current()).toBe(name);
  });

  it('downloads the version again when the one that is there is damaged', async () => {
    await fetch();
    await writeFile(join(dir, name, 'charts.duckdb'), `serving ${BIG.replace('x', 'y')}`);
    const { exitCode, out } = await fetch();
    expect(exitCode).toBe(0);
    expect(out).toContain('(in place of a damaged one)');
    expect(await current()).toBe(name);
  });

  it('resumes, waits for a busy server and takes a mirror, and tells of each', async () => {
    server.plan('/v/charts.duckdb', breakAfter(200_000), status(503));
    const { exitCode, err } = await run(['fetch', server.url('/none/manifest.json'), url, '--out', dir]);
    expect(exitCode).toBe(0);
    expect(err).toContain('the connection broke');
    expect(err).toContain('status 503');
    expect(server.of('/v/charts.duckdb').at(-1)?.range).toMatch(/^bytes=[1-9]/);
    expect(await current()).toBe(name);
  });

  it('goes on with what a run that gave up has left, until another version is fetched', async () => {
    server.plan('/v/charts.duckdb', breakAfter(200_000), status(404));
    expect((await fetch('--retries', '1')).exitCode).toBe(5);
    expect(await readdir(dir)).toContain(`.download-${name}`);
    const { out } = await fetch();
    expect(out).toMatch(/^downloaded +\d+ kB, \d+ kB had been before$/m);
    expect(await current()).toBe(name);

    const other = await writeVersion(join(root, 'other'), 'other');
    await server.putFolder('/w', join(root, 'other'));
    await mkdir(join(dir, '.download-0123456789abcdef'));
    expect((await run(['fetch', server.url('/w/manifest.json'), '--out', dir])).exitCode).toBe(0);
    expect(await current()).toBe(versionFolder(other.version));
  });

  it('is refused while another writes there', async () => {
    const lock = await lockDataset(dir, 'another');
    expect(await fetch()).toMatchObject({ exitCode: 3, err: expect.stringContaining('"another"') });
    await lock.release();
  });

  it('keeps secrets in addresses to itself, also in the lock', async () => {
    let lock = '';
    const seen = async (response: ServerResponse) => {
      lock = await readFile(join(dir, '.lock'), 'utf8');
      response.writeHead(403).end();
    };
    server.plan('/v/charts.duckdb', (_request, response) => void seen(response));
    const secret = `${url.replace('//', '//ona:hush@')}?key=hush`;
    const { exitCode, out, err } = await run(['fetch', secret, '--out', dir, '--json']);
    expect(exitCode).toBe(5);
    expect(lock).toContain('/v/manifest.json');
    expect(out).toContain('/v/charts.duckdb');
    expect(lock + out + err).not.toContain('hush');
  });

  it('that is killed leaves the old version served, and the next one goes on', async () => {
    const program = await bundleProgram(root);
    server.plan('/v/charts.duckdb', hangAfter(200_000));
    const child = spawn(process.execPath, [program, 'fetch', url, '--out', dir], { stdio: 'ignore' });
    const exited = once(child, 'exit');
    const part = async () => {
      const [file] = await readdir(join(dir, `.download-${name}`)).catch(() => []);
      return file === undefined ? 0 : (await stat(join(dir, `.download-${name}`, file))).size;
    };
    while ((await part()) < 200_000 && child.exitCode === null) await sleep(10);
    child.kill('SIGKILL');
    expect(await exited).toEqual([null, 'SIGKILL']);
    expect(versionFolder((await openCurrent(dir)).manifest.version)).toBe(old);
    expect(await readdir(dir)).toContain('.lock');

    const { exitCode, out } = await fetch();
    expect(exitCode).toBe(0);
    expect(out).toMatch(/^downloaded +300 kB, 200 kB had been before$/m);
    expect(server.of('/v/charts.duckdb')[1]?.range).toBe('bytes=200000-');
    expect(await current()).toBe(name);
  }, 60_000);
});

describe('a fetch that fails', () => {
  const wrong = Buffer.alloc(500_008, 'y');
  it.each([
    ['wrong bytes', '/v/charts.duckdb', (_, r) => void r.end(wrong), 'its sha256 is'],
    ['a file that is too large', '/v/charts.duckdb', (_, r) => void r.writeHead(200).end(wrong + BIG), 'bytes, not'],
    ['a file cut short', '/v/charts.duckdb', (_, r) => void r.end('y'), 'it has 1 bytes, not 500,008'],
    ['a missing file', '/v/charts.duckdb', status(404), '/v/charts.duckdb is answered with status 404'],
    ['no manifest', '/v/manifest.json', (_, r) => void r.end('<html>'), 'manifest.json is no manifest'],
    ['no answer', '/v/manifest.json', hangAfter(0), 'took longer than --timeout-seconds 1 allows'],
    ['redirects without end', '/v/manifest.json', status(301, { location: '?' }), 'redirected more than 5 times'],
  ] as readonly (readonly [string, string, Parameters<FileServer['plan']>[1], string])[])(
    'for %s exits with 5 and publishes nothing',
    async (_, path, behaviour, message) => {
      const seconds = message.includes('--timeout-seconds') ? '1' : '60';
      server.plan(path, ...Array.from({ length: 10 }, () => behaviour));
      const { exitCode, out, err } = await fetch('--retries', '0', '--timeout-seconds', seconds, '--quiet');
      expect({ exitCode, out }).toEqual({ exitCode: 5, out: '' });
      expect(err).toContain(message);
      expect(err).toMatch(/The dataset is as it was\.\n$/);
      expect(await current()).toBe(old);
    },
  );

  it('makes no directory when there is nothing to put into it', async () => {
    server.plan('/v/manifest.json', status(404));
    dir = join(root, 'nowhere');
    expect((await fetch()).exitCode).toBe(5);
    expect(await readdir(root)).not.toContain('nowhere');
  });

  it('for an interruption exits with 130', async () => {
    const controller = new AbortController();
    server.plan('/v/charts.duckdb', () => controller.abort());
    const { exitCode } = await run(['fetch', url, '--out', dir], controller.signal);
    expect(exitCode).toBe(130);
    expect(await current()).toBe(old);
  });

  it('for a manifest of another digest exits with 5', async () => {
    const text = await readFile(join(root, 'published/manifest.json'));
    const sha256 = createHash('sha256').update(text).digest('hex');
    expect((await fetch('--manifest-sha256', 'f'.repeat(64))).exitCode).toBe(5);
    expect((await fetch('--manifest-sha256', sha256.toUpperCase())).exitCode).toBe(0);
  });

  it.each([
    [['https://data.example/manifest.json'], 'add --out DIR'],
    [['--out', 'x'], "missing required argument 'manifest-url'"],
    [['http://data.example/manifest.json', '--out', 'x'], 'expected https://'],
    [['manifest.json', '--out', 'x'], 'expected https://HOST/PATH'],
    [['https://data.example/', '--out', 'x'], 'names no file'],
    [['https://data.example/m', '--out', 'x', '--manifest-sha256', 'abc'], 'Expected 64 hexadecimal digits'],
    [['https://data.example/m', '--out', 'x', '--retries', '-1'], 'from 0 to'],
    [['https://data.example/m', '--out', 'x', '--timeout-seconds', '0'], 'from 1 to'],
  ])('for the arguments %j exits with 2 and says what would be right', async (args, message) => {
    const { exitCode, out, err } = await run(['fetch', ...args]);
    expect({ exitCode, out }).toEqual({ exitCode: 2, out: '' });
    expect(err).toContain(message);
  });

  it('is explained by --help', async () => {
    const { out } = await run(['fetch', '--help']);
    for (const part of ['dataset -- fetch https://', '--manifest-sha256', '--retries', '  5    a download failed']) {
      expect(out).toContain(part);
    }
  });
});
