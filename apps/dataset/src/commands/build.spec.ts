import { createHash } from 'node:crypto';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { openCurrent } from '#libs/catalog';
import { breakAfter, FileServer, status } from '../download/testing/file-server.js';
import { SPOTIFY_NEW } from '../sources/testing/chart-files.js';
import { chartCsv, chartDays } from '../transform/testing/chart-rows.js';
import { runDataset } from '../usage.js';

const DAYS = chartDays(4, ['Global', 'Brazil']);
const [FIRST, LAST] = [
  chartCsv(DAYS.filter(({ date }) => date < '2021-03-04')),
  chartCsv(DAYS.filter(({ date }) => date >= '2021-03-04')),
];

let root: string;
let dir: string;
let server: FileServer;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'build-'));
  dir = join(root, 'data');
  server = await FileServer.start();
  server.put('/first.csv.gz', gzipSync(FIRST));
  server.put('/last.csv', LAST);
});
afterEach(async () => {
  await server.stop();
  await rm(root, { recursive: true, force: true });
});

async function run(...args: readonly string[]) {
  const [stdout, stderr] = [new PassThrough({ encoding: 'utf8' }), new PassThrough({ encoding: 'utf8' })];
  const signal = new AbortController().signal;
  const exitCode = await runDataset(args, { stdout, stderr, terminal: false, signal });
  return { exitCode, out: String(stdout.read() ?? ''), err: String(stderr.read() ?? '') };
}

async function versionOfAll(): Promise<string> {
  const [file, all] = [join(root, 'all.csv'), join(root, 'all')];
  await writeFile(file, chartCsv(DAYS));
  await run('build', file, '--out', all, '--quiet');
  return (await openCurrent(all)).manifest.version;
}

describe('build and append', () => {
  it('take files from addresses as they take them from the disk, and leave none behind', async () => {
    const last = join(root, 'last.csv');
    await writeFile(last, LAST);
    server.plan('/first.csv.gz', breakAfter(100), status(503));
    const { exitCode, err } = await run('build', server.url('/first.csv.gz?key=hush'), last, '--out', dir);
    expect(exitCode).toBe(0);
    expect(err).toMatch(/^download first\.csv\.gz: \d+ B/m);
    const { version, sources } = (await openCurrent(dir)).manifest;
    expect(version).toBe(await versionOfAll());
    const gzip = gzipSync(FIRST);
    expect(sources).toMatchObject([
      { name: 'last.csv', bytes: Buffer.byteLength(LAST) },
      {
        name: server.url('/first.csv.gz'),
        bytes: gzip.length,
        sha256: createHash('sha256').update(gzip).digest('hex'),
      },
    ]);
    expect((await readdir(dir)).sort()).toEqual([version.slice(0, 16), 'current']);
  });

  it('make the same version in steps', async () => {
    expect((await run('build', server.url('/first.csv.gz'), '--out', dir)).exitCode).toBe(0);
    expect((await run('append', server.url('/last.csv'), '--out', dir)).exitCode).toBe(0);
    expect((await openCurrent(dir)).manifest.version).toBe(await versionOfAll());
  });

  it('put temporary files where they are told to, and remove them there, too', async () => {
    const temp = join(root, 'temp');
    const { exitCode } = await run('build', server.url('/last.csv'), '--out', dir, '--temp-dir', temp);
    expect(exitCode).toBe(0);
    expect(await readdir(temp)).toEqual([]);
  });

  it('read region and date off the name in the address', async () => {
    server.put('/x/regional-br-daily-2021-03-05.csv', SPOTIFY_NEW);
    expect((await run('build', server.url('/x/regional-br-daily-2021-03-05.csv?y'), '--out', dir)).exitCode).toBe(0);
    expect((await openCurrent(dir)).manifest).toMatchObject({ regions: ['Brazil'], firstDate: '2021-03-05' });
  });

  it.each([
    ['a file that is no chart', 'nothing', 2, /http:\/\/127\.0\.0\.1:\d+\/bad\.csv .*column/],
    ['an empty file', '', 2, /^http:\/\/127\.0\.0\.1:\d+\/bad\.csv is empty/m],
    [
      'a file cut short',
      gzipSync(FIRST).subarray(0, 200),
      2,
      /http:\/\/127\.0\.0\.1:\d+\/bad\.csv .*(?:cut|trunc|end)/,
    ],
  ])('name the address of %s', async (_, content, code, message) => {
    server.put('/bad.csv', content);
    const { exitCode, err } = await run('build', server.url('/bad.csv'), '--out', dir);
    expect(err).toMatch(message);
    expect(err).not.toContain('downloads');
    expect(exitCode).toBe(code);
    expect(await readdir(dir)).toEqual([]);
  });

  it('exit with 5 when a download fails or has another digest, and publish nothing', async () => {
    const missing = await run('build', server.url('/none.csv'), '--out', dir);
    expect(missing).toMatchObject({
      exitCode: 5,
      err: expect.stringContaining('/none.csv is answered with status 404'),
    });
    const other = await run('build', server.url(`/last.csv#sha256=${'0'.repeat(64)}`), '--out', dir);
    expect(other).toMatchObject({ exitCode: 5, err: expect.stringContaining('its sha256 is') });
    expect(await readdir(dir)).toEqual([]);
  });

  it('say what is wrong with other files before anything is downloaded', async () => {
    const { exitCode, err } = await run('build', server.url('/last.csv'), join(root, 'none.csv'), '--out', dir);
    expect({ exitCode, err }).toMatchObject({ exitCode: 2, err: expect.stringContaining('none.csv does not exist') });
    expect((await run('build', 'http://data.example/a.csv', '--out', dir)).exitCode).toBe(2);
    expect(server.requests).toEqual([]);
  });
});
