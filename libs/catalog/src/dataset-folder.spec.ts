import { createHash } from 'node:crypto';
import { chmod, mkdir, mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkDigests, DatasetError, openCurrent, openVersion, readPointer, sha256File } from './dataset-folder.js';
import type { DatasetFault } from './dataset-folder.js';
import { CURRENT_FILE, MANIFEST_FILE, REJECTS_FILE, SERVING_FILE } from './manifest.js';
import { FORMAT_VERSION } from './tables.js';
import { MANIFEST, NAME, writeDataset } from './testing/dataset-folder.js';

let dir: string;
let folder: string;
beforeEach(async () => {
  dir = join(await mkdtemp(join(tmpdir(), 'catalog-')), 'data');
  folder = await writeDataset(dir);
});
afterEach(() => rm(join(dir, '..'), { recursive: true }));

async function faultOf(promise: Promise<unknown>): Promise<DatasetError> {
  const error = await promise.then(
    () => new Error('no fault was found'),
    (cause: unknown) => cause,
  );
  if (!(error instanceof DatasetError)) throw error;
  return error;
}

const writeManifest = (change: object) =>
  writeFile(join(folder, MANIFEST_FILE), JSON.stringify({ ...MANIFEST, ...change }));

describe('the current version', () => {
  it('is the one that the pointer names', async () => {
    expect(await readPointer(dir)).toBe(NAME);
    expect(await openCurrent(dir)).toEqual({ folder, manifest: MANIFEST, servingFile: join(folder, SERVING_FILE) });
    expect(await openVersion(dir, NAME)).toEqual(await openCurrent(dir));
  });

  it.each<[string, DatasetFault, () => Promise<unknown>, string[]]>([
    [
      'the directory is missing',
      'missing',
      () => rm(dir, { recursive: true }),
      [
        'No dataset in ',
        'has no file "current"',
        'run dataset -- build FILE... --out ',
        'run dataset -- sample --out ',
      ],
    ],
    [
      'a file is in its place',
      'missing',
      () => rm(dir, { recursive: true }).then(() => writeFile(dir, 'x')),
      ['No dataset in ', 'run dataset -- build'],
    ],
    ['there is no pointer', 'missing', () => rm(join(dir, CURRENT_FILE)), ['No dataset in ', 'run dataset -- build']],
    [
      'the pointer is a folder',
      'incomplete',
      () => rm(join(dir, CURRENT_FILE)).then(() => mkdir(join(dir, CURRENT_FILE))),
      ['Cannot read ', '/current: EISDIR'],
    ],
    ...['', 'x', '0'.repeat(15), '0'.repeat(17), 'ABCDEF0123456789', '../../../etc/passwd', '\0'.repeat(16)].map(
      (text): [string, DatasetFault, () => Promise<unknown>, string[]] => [
        `the pointer holds ${JSON.stringify(text)}`,
        'corrupt',
        () => writeFile(join(dir, CURRENT_FILE), text),
        [`/current holds ${JSON.stringify(text)}`, '16 hexadecimal digits', 'run dataset -- build'],
      ],
    ),
    [
      'the pointer names a folder that is missing',
      'incomplete',
      () => writeFile(join(dir, CURRENT_FILE), '0123456789abcdef\n'),
      [
        '/0123456789abcdef/manifest.json cannot be read',
        'ENOENT',
        'half-written',
        'Build it again with "npm run dataset',
      ],
    ],
    [
      'the manifest is missing',
      'incomplete',
      () => rm(join(folder, MANIFEST_FILE)),
      ['manifest.json cannot be read', 'ENOENT', 'run dataset -- build'],
    ],
    [
      'the manifest is cut short',
      'incomplete',
      () => truncate(join(folder, MANIFEST_FILE), 100),
      ['manifest.json cannot be read', 'JSON', 'half-written', 'run dataset -- build'],
    ],
    [
      'the manifest is empty',
      'incomplete',
      () => truncate(join(folder, MANIFEST_FILE), 0),
      ['manifest.json cannot be read', 'run dataset -- build'],
    ],
    ...[null, [], 'text', 7, {}].map((value): [string, DatasetFault, () => Promise<unknown>, string[]] => [
      `the manifest is ${JSON.stringify(value)}`,
      'corrupt',
      () => writeFile(join(folder, MANIFEST_FILE), JSON.stringify(value)),
      ['manifest.json is no valid manifest', 'run dataset -- build'],
    ]),
    ...(
      [
        ['rows', { rows: { ...MANIFEST.rows, entries: -1 } }, 'rows.entries: '],
        ['version', { version: 'abc' }, 'version: '],
        ['format', { formatVersion: String(FORMAT_VERSION) }, 'formatVersion: '],
        ['date', { lastDate: '2021-02-29' }, 'lastDate: '],
        ['files', { files: [{ name: 'x', bytes: 1 }] }, 'files.0.sha256: '],
        ['period', { period: 'hourly' }, 'period: '],
        ['words', { more: 1 }, '"more"'],
      ] as const
    ).map(([what, change, words]): [string, DatasetFault, () => Promise<unknown>, string[]] => [
      `the manifest has wrong ${what}`,
      'corrupt',
      () => writeManifest(change),
      ['manifest.json is no valid manifest', words, 'run dataset -- build'],
    ]),
    [
      'the format is newer',
      'too-new',
      () => writeManifest({ formatVersion: FORMAT_VERSION + 1, rows: 'of another kind' }),
      [`is of format ${FORMAT_VERSION + 1}, this program reads format ${FORMAT_VERSION}`, 'run a newer spotify-charts'],
    ],
    [
      'the format is older',
      'too-old',
      () => writeManifest({ formatVersion: FORMAT_VERSION - 1, rows: 'of another kind' }),
      [`is of format ${FORMAT_VERSION - 1}, this program reads ${FORMAT_VERSION}`, 'Build it again with'],
    ],
    [
      'a file is missing',
      'incomplete',
      () => rm(join(folder, REJECTS_FILE)),
      ['rejects.csv.gz is missing although the manifest lists it', 'Build it again with'],
    ],
    [
      'a file is too short',
      'corrupt',
      () => truncate(join(folder, SERVING_FILE), 3),
      ['charts.duckdb has 3 bytes, the manifest says 7', 'half-written or damaged', 'Build it again with'],
    ],
    [
      'a file is too long',
      'corrupt',
      () => writeFile(join(folder, SERVING_FILE), 'serving more'),
      ['charts.duckdb has 12 bytes, the manifest says 7', 'Build it again with'],
    ],
  ])('cannot be used when %s', async (_, fault, damage, words) => {
    await damage();
    const error = await faultOf(openCurrent(dir));
    expect(error.fault).toBe(fault);
    for (const word of words) expect(error.message).toContain(word);
  });

  it('has a pointer that may lack a line end or have another', async () => {
    for (const text of [NAME, `${NAME}\r\n`, `  ${NAME} \n\n`]) {
      await writeFile(join(dir, CURRENT_FILE), text);
      expect(await readPointer(dir)).toBe(NAME);
    }
  });
});

/** Does something as a user who owns nothing here, for root may read everything. */
async function asOther<T>(work: () => Promise<T>): Promise<T> {
  if (process.getuid!() !== 0) return work();
  await chmod(join(dir, '..'), 0o755);
  process.seteuid!(65_534);
  try {
    return await work();
  } finally {
    process.seteuid!(0);
  }
}

describe('a dataset that this user may not read', () => {
  it.each<[string, () => string]>([
    ['directory', () => dir],
    ['pointer', () => join(dir, CURRENT_FILE)],
    ['folder', () => folder],
    ['manifest', () => join(folder, MANIFEST_FILE)],
    ['file', () => join(folder, SERVING_FILE)],
  ])('because of its %s is not called damaged, and it is said how to allow it', async (_, path) => {
    await chmod(path(), 0);
    try {
      const error = await faultOf(asOther(async () => checkDigests(await openCurrent(dir))));
      expect(error.fault).toBe('unreadable');
      expect(error.message).toMatch(
        /^The dataset in .* cannot be read by user \d+: EACCES: permission denied, .*\. Allow/,
      );
      expect(error.message).toContain(`"chmod -R a+rX ${dir}"`);
    } finally {
      await chmod(path(), 0o755);
    }
  });
});

describe('digests', () => {
  it('are right as long as nothing changed', async () => {
    await expect(checkDigests(await openCurrent(dir))).resolves.toBeUndefined();
  });

  it('are wrong after one byte changed', async () => {
    const version = await openCurrent(dir);
    await writeFile(version.servingFile, 'sErving');
    const error = await faultOf(checkDigests(await openCurrent(dir)));
    expect(error.fault).toBe('corrupt');
    expect(error.message).toContain(`${version.servingFile} is damaged: its sha256 is `);
    expect(error.message).toContain(`the manifest says ${MANIFEST.files[0]!.sha256}`);
    expect(error.message).toContain('Build it again with');
  });

  it('of a file are those of its bytes, however many', async () => {
    for (const bytes of [0, 1, 1 << 20, (1 << 20) + 1, 3_000_000]) {
      const content = Buffer.alloc(bytes, 'some content');
      await writeFile(join(dir, 'file'), content);
      expect(await sha256File(join(dir, 'file'))).toBe(createHash('sha256').update(content).digest('hex'));
    }
  });
});
