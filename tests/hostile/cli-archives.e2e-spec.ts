import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { zipSync } from 'fflate';
import { openCurrent } from '#libs/catalog';
import { build, run, SOUND } from './dataset-commands.js';

/** Files of a run; `HOSTILE_CASES=50000 npm test -- tests/hostile/cli` builds from 417 of each kind. */
const CASES = Math.ceil(Number(process.env['HOSTILE_CASES'] ?? 3000) / 120);
const SEED = Number(process.env['HOSTILE_SEED'] ?? Date.now() % 2 ** 31);
const WAYS_OUT = [
  '../pwned.csv',
  '../../../../../../tmp/pwned.csv',
  '/tmp/pwned.csv',
  'a/../../pwned.csv',
  '..\\pwned.csv',
];

let root: string;
let dir: string;
beforeAll(() => void process.stderr.write(`tests/hostile/cli-archives: HOSTILE_SEED=${SEED}, ${CASES} files\n`));
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'hostile-archives-'));
  dir = join(root, 'data');
});
afterEach(() => rm(root, { recursive: true, force: true }));

async function put(name: string, content: string | Uint8Array): Promise<string> {
  await writeFile(join(root, name), content);
  return join(root, name);
}

/** A tar archive of one file; POSIX ustar. */
function tar(name: string, content: string): Buffer {
  const header = Buffer.alloc(512);
  header.write(name.slice(0, 100), 0);
  header.write(`0000644\0${'0000000\0'.repeat(2)}`, 100);
  header.write(`${Buffer.byteLength(content).toString(8).padStart(11, '0')}\0${'0'.repeat(11)}\0        0`, 124);
  header.write('ustar\x0000', 257);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  const body = Buffer.alloc(Math.ceil(Buffer.byteLength(content) / 512) * 512);
  body.write(content);
  return Buffer.concat([header, body, Buffer.alloc(1024)]);
}

/** A gzip member with a name of its file in it; RFC 1952, section 2.3. */
function namedGzip(name: string, content: string): Buffer {
  const plain = gzipSync(content);
  const head = Buffer.from(plain.subarray(0, 10));
  head[3] = 0x08;
  return Buffer.concat([head, Buffer.from(`${name}\0`, 'latin1'), plain.subarray(10)]);
}

describe('archives whose names lead elsewhere', () => {
  it.each(WAYS_OUT)('(tar and zip with %s) are no charts: refused, and nothing is unpacked', async (name) => {
    const zip = zipSync({ [name]: Buffer.from(SOUND) });
    const archives = { 'a.csv': tar(name, SOUND), 'a.csv.gz': gzipSync(tar(name, SOUND)), 'b.csv': zip };
    for (const [file, bytes] of Object.entries(archives)) {
      const { exitCode, err } = await build(await put(file, bytes), dir);
      expect([file, exitCode, err.includes('please report')]).toEqual([file, 2, false]);
      expect(err.trim()).not.toBe('');
    }
    for (const file of ['a.zip', 'a.tar', 'a.tar.gz', 'a.tgz', 'a.7z', 'a.csv.bz2']) {
      expect(await build(await put(file, zip), dir)).toMatchObject({ exitCode: 2 });
    }
    expect(existsSync(join(dir, 'current'))).toBe(false);
    expect((await readdir(root)).filter((entry) => entry.includes('pwned'))).toEqual([]);
    expect(existsSync('/tmp/pwned.csv')).toBe(false);
  });

  it.each(WAYS_OUT)(
    '(gzip that says its file is %s) are read as what they hold, and the name is not used',
    async (name) => {
      expect(await build(await put('named.csv.gz', namedGzip(name, SOUND)), dir)).toMatchObject({ exitCode: 0 });
      const plain = join(root, 'plain');
      expect(await build(await put('plain.csv', SOUND), plain)).toMatchObject({ exitCode: 0 });
      expect((await openCurrent(dir)).manifest.version).toBe((await openCurrent(plain)).manifest.version);
      expect((await readdir(root)).toSorted()).toEqual(['data', 'named.csv.gz', 'plain', 'plain.csv']);
    },
  );
});

describe('Parquet', () => {
  /** Bytes of a sound file. */
  async function sound(): Promise<Buffer> {
    const [made, file] = [join(root, 'made'), join(root, 'sound.parquet')];
    expect(await build(await put('sound.csv', SOUND), made)).toMatchObject({ exitCode: 0 });
    expect(await run('export', made, '--file', file, '--quiet')).toMatchObject({ exitCode: 0 });
    return readFile(file);
  }

  async function expectSoundOrRefused(bytes: Uint8Array): Promise<number> {
    await rm(dir, { recursive: true, force: true });
    const { exitCode, err } = await build(await put('charts.parquet', bytes), dir);
    if (exitCode === 0) expect(await run('verify', dir, '--quiet')).toMatchObject({ exitCode: 0, err: '' });
    else {
      expect([exitCode, err.includes('please report')]).toEqual([2, false]);
      expect(existsSync(join(dir, 'current'))).toBe(false);
    }
    return exitCode;
  }

  it('that was damaged is published sound or refused in words', async () => {
    const file = await sound();
    expect(await expectSoundOrRefused(file)).toBe(0);
    const change = fc.tuple(fc.nat(file.length - 1), fc.integer({ min: 1, max: 255 }));
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 4 }), fc.nat(3), async (changes, kind) => {
        const damaged = Buffer.from(file);
        for (const [at, mask] of changes) damaged[at] = damaged[at]! ^ mask;
        await expectSoundOrRefused(kind === 0 ? damaged.subarray(0, changes[0]![0]) : damaged);
      }),
      { numRuns: CASES, seed: SEED },
    );
  }, 120_000);

  it('that is none is refused in words', async () => {
    const file = await sound();
    const magic = Buffer.from('PAR1');
    const ends = [Buffer.alloc(4, 0xff), Buffer.from([0xff, 0xff, 0xff, 0x7f]), Buffer.from([1, 0, 0, 0])];
    const wrong: Readonly<Record<string, Uint8Array>> = {
      ...{ nothing: Buffer.alloc(0), magic, 'magic twice': Buffer.concat([magic, magic]), zeros: Buffer.alloc(4096) },
      ...{ gzip: gzipSync(file), 'without its end': file.subarray(0, -600) },
      ...Object.fromEntries(
        ends.map((end, i) => [`footer ${i}`, Buffer.concat([magic, Buffer.alloc(64, 0x15), end, magic])]),
      ),
      ...Object.fromEntries(ends.map((end, i) => [`length ${i}`, Buffer.concat([file.subarray(0, -8), end, magic])])),
    };
    for (const [what, bytes] of Object.entries(wrong)) {
      expect([what, await expectSoundOrRefused(bytes)]).toEqual([what, 2]);
    }
  });
});

describe('a dataset directory that is a link', () => {
  it('to nothing, to a file or to itself is refused in words, and what it leads to is left alone', async () => {
    const file = await put('a.csv', SOUND);
    await writeFile(join(root, 'kept'), 'as it was');
    for (const [name, target] of Object.entries({ file: 'kept', loop: 'loop', deep: 'kept/below', dangling: 'gone' })) {
      await symlink(join(root, target), join(root, name));
      const { exitCode, err } = await build(file, join(root, name));
      expect([name, exitCode, err.includes('please report')]).toEqual([name, 4, false]);
      expect(err).toContain(join(root, name));
    }
    expect(await readFile(join(root, 'kept'), 'utf8')).toBe('as it was');
    expect(existsSync(join(root, 'gone'))).toBe(false);
  });

  it('above it is followed, and nothing is written beside it', async () => {
    const file = await put('a.csv', SOUND);
    await mkdir(join(root, 'real'));
    await symlink(join(root, 'real'), join(root, 'linked'));
    expect(await build(file, join(root, 'linked/data'))).toMatchObject({ exitCode: 0 });
    expect(await readdir(join(root, 'real'))).toEqual(['data']);
    expect((await readdir(root)).toSorted()).toEqual(['a.csv', 'linked', 'real']);
  });
});
