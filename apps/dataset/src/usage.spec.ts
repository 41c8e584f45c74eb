import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { runDataset } from './usage.js';
import { lockDataset } from './store/lock.js';

let root: string;
let dir: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'usage-'));
  dir = join(root, 'dataset');
});
afterEach(() => rm(root, { recursive: true, force: true }));

function keep() {
  let text = '';
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      text += chunk.toString();
      done();
    },
  });
  return { stream, text: () => text };
}

async function run(args: readonly string[], signal = new AbortController().signal) {
  const [out, err] = [keep(), keep()];
  const exitCode = await runDataset(args, { stdout: out.stream, stderr: err.stream, terminal: false, signal });
  return { exitCode, out: out.text(), err: err.text(), json: () => JSON.parse(out.text()) as Record<string, unknown> };
}

const sample = (...more: string[]) => run(['sample', '--out', dir, '--regions', '3', '--days', '4', '--json', ...more]);

describe('the command line', () => {
  it.each([
    [['sampel'], 'Did you mean sample?'],
    [['build', 'f.csv', '--outt', 'x'], 'Did you mean --out?'],
    [['build', 'f.csv'], 'add --out DIR'],
    [['build', '--out', 'x'], "missing required argument 'file'"],
    [['build', 'f.csv', '--out', 'x', '--period', 'hourly'], 'daily, weekly'],
    [['build', 'f.csv', '--out', 'x', '--max-rejects', '3'], 'for 3 percent write 3%'],
    [['build', 'f.csv', '--out', 'x', '--memory-limit', 'lots'], '2GiB'],
    [['build', 'f.csv', '--out', 'x', '--threads', '0'], 'from 1 to 256'],
    [['prune', 'x', '--keep', '0'], 'from 1 to'],
    [['sample'], 'give --out DIR'],
    [['sample', '--out', 'x', '--csv', 'y.csv'], 'one at a time'],
    [['sample', '--csv', 'y.txt'], '.csv.zst'],
    [['export', 'x', '--format', 'parquet'], 'needs --file'],
    [['export', 'x', '--file', 'x.txt'], '.parquet'],
    [['export', 'x', '--file', 'x.csv', '--format', 'parquet'], 'does not go with'],
    [['info', 'nowhere'], 'No dataset in nowhere'],
    [['append', 'f.csv', '--out', 'nowhere'], 'No dataset in nowhere'],
    [['prune', 'nowhere', '--keep', '1'], 'No dataset in nowhere'],
    [['use', 'nowhere', 'previous'], 'No dataset in nowhere'],
    [['use', 'nowhere'], "missing required argument 'version'"],
  ])('%j exits with 2 and says what would be right', async (args, message) => {
    const { exitCode, out, err } = await run(args);
    expect({ exitCode, out }).toEqual({ exitCode: 2, out: '' });
    expect(err).toContain(message);
    expect(err).not.toContain('    at ');
  });

  it.each(['build', 'append', 'verify', 'info', 'use', 'prune', 'sample', 'export'])(
    '%s --help shows an example and the exit codes',
    async (command) => {
      const { exitCode, out } = await run([command, '--help']);
      expect(exitCode).toBe(0);
      expect(out).toContain(`dataset -- ${command} `);
      expect(out).toContain('130  interrupted');
      expect(out).toContain('--json');
    },
  );

  it('prints a failure as JSON with --json', async () => {
    const { exitCode, json } = await run(['info', 'nowhere', '--json']);
    expect(json()).toEqual({ error: expect.stringContaining('No dataset in nowhere'), exitCode });
  });
});

describe('a dataset from the command line', () => {
  it('is built, described, verified, pruned and exported', async () => {
    const built = await sample();
    expect(built.exitCode).toBe(0);
    const { version, rows } = built.json() as { version: string; rows: { entries: number } };
    expect(built.json()).toMatchObject({ published: 'new', folder: join(dir, version.slice(0, 16)), period: 'daily' });
    expect((await sample()).json()['published']).toBe('already there');

    const second = (await sample('--seed', '2')).json()['version'] as string;
    const info = (await run(['info', dir, '--json'])).json();
    expect(info).toMatchObject({ version: second, otherVersions: [{ name: version.slice(0, 16), readable: true }] });
    expect((await run(['info', dir])).out).toMatch(/^version +[0-9a-f]{64}\nrows +\d/);
    expect((await run(['verify', dir, '--json'])).json()).toMatchObject({ sound: true, version: second });
    expect((await run(['prune', dir, '--keep', '1', '--json'])).json()).toMatchObject({
      removed: [version.slice(0, 16)],
    });

    const csv = join(root, 'rows.csv');
    await sample();
    expect((await run(['export', dir, '--file', csv, '--json'])).json()).toMatchObject({
      format: 'csv',
      rows: rows.entries,
    });
    const again = await run(['build', csv, '--out', join(root, 'again'), '--json']);
    expect(again.json()['version']).toBe(version);
  });

  it('is the same from the sample as from its CSV file, and shows how to serve it', async () => {
    const csv = join(root, 'sample.csv.gz');
    expect((await run(['sample', '--csv', csv, '--regions', '3', '--days', '4'])).exitCode).toBe(0);
    const { out, err } = await run(['build', csv, '--out', dir, '--quiet']);
    expect(err).toBe('');
    expect(out).toContain(`DATASET_DIR=${dir} npm start`);
    expect(out).toContain((await sample()).json()['version']);
  });

  it('that is damaged fails verification with 1 and a list', async () => {
    await sample();
    const name = (await readFile(join(dir, 'current'), 'utf8')).trim();
    await writeFile(join(dir, name, 'charts.duckdb'), 'x');
    const { exitCode, json } = await run(['verify', dir, '--json']);
    expect(exitCode).toBe(1);
    expect(json()).toMatchObject({ sound: false, faults: [expect.stringContaining('charts.duckdb has 1 bytes')] });
    expect((await run(['verify', join(root, 'nowhere')])).exitCode).toBe(1);
  });

  it('that another is writing exits with 3', async () => {
    const lock = await lockDataset(dir, 'dataset build charts.csv');
    const { exitCode, err } = await run(['sample', '--out', dir]);
    await lock.release();
    expect(exitCode).toBe(3);
    expect(err).toContain('"dataset build charts.csv"');
  });

  it('stays as it was when the next build is interrupted, which exits with 130', async () => {
    await sample();
    const before = (await readdir(dir)).sort();
    const { exitCode, err } = await run(['sample', '--out', dir, '--seed', '9'], AbortSignal.abort());
    expect(exitCode).toBe(130);
    expect(err).toContain('the dataset is as it was');
    expect((await readdir(dir)).sort()).toEqual(before);
  });
});
