import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';
import { MANIFEST_FILE, openCurrent, versionFolder, type DatasetVersion } from '#libs/catalog';
import { BuiltDataset } from '../../apps/api/src/dataset/testing/built-dataset.js';
import { chartHistory } from '../../apps/api/src/dataset/testing/chart-history.js';
import { ParquetReader } from '../../apps/dataset/src/sources/parquet.js';
import { openToExport } from '../../apps/dataset/src/transform/export.js';
import { ServingReader } from '../../apps/dataset/src/transform/serving-reader.js';
import { openToWrite } from '../../apps/dataset/src/transform/write-serving-file.js';
import { ensureBuilt } from '../setup/built-program.js';
import { launchService, runDatasetProgram } from '../setup/running-service.js';
import { build, run, SOUND } from './dataset-commands.js';
import { Tally } from './tally.js';
import { WAYS_OUT } from './ways-out.js';

/** In a file beside the database; it must not come out of it. */
const SECRET = 'c2VjcmV0-of-this-machine';
const REFUSED =
  /disabled by configuration|disabled through configuration|configuration has been locked|requires the extension httpfs/;

const tally = new Tally();
let root: string;
let built: BuiltDataset;
let parquet: string;
beforeAll(async () => {
  await ensureBuilt('service', 'dataset');
  root = await mkdtemp(join(tmpdir(), 'hostile-duckdb-'));
  built = await BuiltDataset.of(chartHistory());
  writeFileSync(join(root, 'rows.csv'), `a\n${SECRET}\n`);
  parquet = join(root, 'charts.parquet');
  const exported = await run('export', join(built.path, 'data'), '--file', parquet, '--quiet');
  if (exported.exitCode !== 0) throw new Error(exported.err);
}, 120_000);
afterAll(async () => {
  await built.remove();
  await rm(root, { recursive: true });
});

const bounds = () => ({ threads: 1, memoryLimit: '128MB', tempDir: join(root, 'temp') });

interface Opened {
  readonly connection: DuckDBConnection;
  readonly close: () => void | Promise<void>;
}

async function of(
  instance: DuckDBInstance,
  close: () => void | Promise<void> = () => instance.closeSync(),
): Promise<Opened> {
  return { connection: await instance.connect(), close };
}

/** Every database that the service and the commands open, as they open it. */
const DATABASES: readonly (readonly [what: string, open: () => Promise<Opened>])[] = [
  [
    'the one that is served',
    async () => {
      const parts = Reflect.get(await built.open(), 'parts') as { readonly instance: DuckDBInstance };
      return of(parts.instance, () => undefined);
    },
  ],
  [
    'the one that verify, append and export read',
    async () => {
      const reader = await ServingReader.open({ path: built.version.servingFile, ...bounds() });
      return of(Reflect.get(reader, 'instance') as DuckDBInstance, () => reader.close());
    },
  ],
  [
    'the one that reads Parquet',
    async () => {
      const reader = new ParquetReader(bounds());
      await reader.check(parquet);
      const opened = (await Reflect.get(reader, 'opened')) as { readonly instance: DuckDBInstance };
      return of(opened.instance, () => reader.close());
    },
  ],
  [
    'the one that export writes with',
    async () => of(await openToExport(built.version.servingFile, join(root, 'target.csv'), bounds())),
  ],
  [
    'the one that build writes with',
    async () => {
      const folder = await mkdtemp(join(root, 'new-'));
      return of(await openToWrite(folder, bounds()));
    },
  ],
];

describe.each(DATABASES)('from %s', (_, open) => {
  let opened: Opened;
  let files: readonly string[];
  beforeAll(async () => {
    opened = await open();
    files = readdirSync(root);
  });
  afterAll(async () => {
    opened.connection.closeSync();
    await opened.close();
  });

  it.each(WAYS_OUT)('$what leads nowhere', async ({ sql }) => {
    const refusal = await opened.connection.runAndReadAll(sql(root)).then(
      (reader) => `answered: ${JSON.stringify(reader.getRowsJson())}`,
      (error: unknown) => String(error),
    );
    tally.count(REFUSED.test(refusal));
    expect(refusal).toMatch(REFUSED);
    expect(readdirSync(root)).toEqual(files);
  });
});

/** A sound dataset in which a table was exchanged for a view that reads a file, with a manifest that fits it. */
async function withView(name: string, table: string, columns: string): Promise<string> {
  const dir = join(root, name);
  await mkdir(dir);
  await writeFile(join(dir, 'sound.csv'), SOUND);
  expect(await build(join(dir, 'sound.csv'), join(dir, 'data'))).toMatchObject({ exitCode: 0 });
  const version = await openCurrent(join(dir, 'data'));
  const instance = await DuckDBInstance.create(version.servingFile);
  const connection = await instance.connect();
  await connection
    .run(`ALTER TABLE ${table} RENAME TO was_${table}`)
    .catch(() => connection.run(`DROP TABLE ${table}`));
  await connection.run(`CREATE VIEW ${table} AS SELECT ${columns} FROM read_text('${join(root, 'rows.csv')}')`);
  connection.closeSync();
  instance.closeSync();
  return sealed(join(dir, 'data'), version);
}

/** Writes sizes and digests of the files as they are into the manifest: what whoever publishes a version can do. */
function sealed(dir: string, { manifest }: DatasetVersion): string {
  const folder = join(dir, versionFolder(manifest.version));
  const files = manifest.files.map((file) => {
    const bytes = readFileSync(join(folder, file.name));
    return { ...file, bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') };
  });
  writeFileSync(join(folder, MANIFEST_FILE), JSON.stringify({ ...manifest, files }));
  return dir;
}

/** Starts the service on a dataset to its end; what it wrote. */
async function started(dir: string): Promise<string> {
  const child = launchService({ DATASET_DIR: dir, DUCKDB_TEMP_DIR: join(root, 'service-temp') });
  let output = '';
  for (const stream of [child.stdout!, child.stderr!]) stream.on('data', (chunk: Buffer) => (output += String(chunk)));
  const [code] = await new Promise<readonly [number | null]>((resolve) => {
    child.once('close', (ended: number | null) => resolve([ended]));
    setTimeout(() => child.kill('SIGKILL'), 15_000).unref();
  });
  return `${code} ${output}`;
}

describe('a dataset whose tables are views on files', () => {
  it.each([
    ['region', '0::USMALLINT AS region_id, content AS name, 1.0::DOUBLE AS average_streams'],
    ['trend', '0::UTINYINT AS trend_id, content AS name'],
    ['track', '0::UINTEGER AS track_id, content AS title, 0::UINTEGER AS artist_id, content AS url'],
  ])('(%s) is refused by the service and every command, and gives nothing away', async (table, columns) => {
    const dir = await withView(`view-${table}`, table, columns);
    expect(JSON.stringify(await readdir(dir))).not.toContain(SECRET);
    const out = join(root, `view-${table}.csv`);
    for (const args of [
      ['verify', dir],
      ['export', dir, '--file', out],
      ['append', join(root, `view-${table}`, 'sound.csv'), '--out', dir, '--replace'],
    ]) {
      const { code, ...texts } = await runDatasetProgram([...args, '--quiet']);
      tally.count(code !== 0 && !JSON.stringify(texts).includes(SECRET));
      expect([args[0], code === 0]).toEqual([args[0], false]);
      expect(texts.out + texts.err).not.toContain(SECRET);
      expect(texts.out + texts.err).toMatch(/disabled by configuration/);
    }
    expect(readdirSync(root)).not.toContain(`view-${table}.csv`);
    const said = await started(dir);
    tally.count(said.startsWith('78 ') && !said.includes(SECRET));
    expect(said).toMatch(/^78 .*cannot be opened: .*disabled by configuration/s);
    expect(said).not.toContain(SECRET);
  });
});

it('All of them are refused', () => {
  const seen = `${WAYS_OUT.length} statements to each of ${DATABASES.length} databases, and datasets whose tables are views on files`;
  tally.record({ fault: 'ways out of DuckDB: files, networks, extensions, settings (statements)', seen });
});
