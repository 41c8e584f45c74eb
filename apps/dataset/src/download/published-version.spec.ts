import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Manifest } from '#libs/catalog';
import { writeVersion } from '../store/testing/fake-version.js';
import { PATIENCE, startBounds } from './bounds.js';
import { findPublished, parseManifestPlace } from './published-version.js';
import { breakAfter, FileServer, status } from './testing/file-server.js';

let folder: string;
let server: FileServer;
let manifest: Manifest;
let text: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'published-'));
  manifest = await writeVersion(folder, 'one');
  text = await readFile(join(folder, 'manifest.json'), 'utf8');
  server = await FileServer.start();
});
afterEach(async () => {
  await server.stop();
  await rm(folder, { recursive: true, force: true });
});

async function find(paths: readonly string[], sha256?: string) {
  using bounds = startBounds({ ...PATIENCE, backoffMs: 1 }, new AbortController().signal, () => undefined);
  const places = paths.map((path) => parseManifestPlace(server.url(path)));
  return await findPublished(places, sha256, bounds);
}

const file = (change: Partial<Manifest['files'][number]>) => ({ ...manifest.files[0]!, ...change });

describe('the manifest of a published version', () => {
  it('is read, with the files beside it', async () => {
    server.put('/v/manifest.json', text);
    const published = await find(['/v/manifest.json?key=7']);
    expect(published.manifest).toEqual(manifest);
    expect(published.text).toBe(text);
    expect(published.placesOf('charts.duckdb').map(({ url }) => url.href)).toEqual([
      server.url('/v/charts.duckdb?key=7'),
    ]);
  });

  it('comes from the first mirror that has it, whose files come first, too', async () => {
    const sha256 = createHash('sha256').update(text).digest('hex');
    server.put('/c/manifest.json', text);
    server.put('/d/manifest.json', text);
    server.put('/b/manifest.json', `${text} `);
    const paths = ['a', 'b', 'c', 'd'].map((name) => `/${name}/manifest.json`);
    const { placesOf } = await find(paths, sha256);
    expect(placesOf('x').map(({ url }) => url.pathname)).toEqual(['/c/x', '/a/x', '/b/x', '/d/x']);
    expect(server.of('/d/manifest.json')).toEqual([]);
  });

  it('is asked for again when the connection breaks', async () => {
    server.put('/manifest.json', text);
    server.plan('/manifest.json', breakAfter(20), status(503));
    expect((await find(['/manifest.json'])).manifest).toEqual(manifest);
  });

  it.each([
    ['no JSON', () => '<html>', /manifest\.json is no manifest: /],
    ['no object', () => 'null', /is no valid manifest \(/],
    ['of a later format', () => ({ formatVersion: 99 }), /is of format 99, this program reads format \d+: run a newer/],
    ['without a field', () => ({ rows: undefined }), /is no valid manifest \(rows: /],
    ['of an invented digest', () => ({ version: 'x' }), /is no valid manifest \(version: /],
    ['of no files', () => ({ files: [] }), /it lists no charts\.duckdb\.$/],
    [
      'that lists itself',
      () => ({ files: [file({ name: 'manifest.json' })] }),
      /"manifest\.json" is no name of a file/,
    ],
    ['that lists a file twice', () => ({ files: [file({}), file({ name: 'Charts.DuckDB' })] }), /Charts\.DuckDB twice/],
    ['of a file of a size below nothing', () => ({ files: [file({ bytes: -1 })] }), /is no valid manifest \(files\.0/],
    ...[
      ...['../charts.duckdb', '/etc/passwd', 'a/b', 'a\\b', '..', '.', '', '.lock', '-rf', 'a b', 'ä', 'a\0', 'a%2fb'],
      ...['C:x', 'https://data.example/x', 'x?y', 'x#y', 'x'.repeat(101)],
    ].map((name) => [`of a file ${JSON.stringify(name)}`, () => ({ files: [file({ name })] }), /is no name/] as const),
    ['of too many files', () => ({ files: Array.from({ length: 101 }, () => file({})) }), /lists 101 files/],
    ['without an end', () => ' '.repeat(2 ** 24 + 1), /has more than 16,777,216 bytes: no manifest/],
  ] as readonly (readonly [string, () => string | object, RegExp])[])(
    '%s is refused in a sentence, at once',
    async (_, change, message) => {
      const changed = change();
      server.put('/manifest.json', typeof changed === 'string' ? changed : JSON.stringify({ ...manifest, ...changed }));
      await expect(find(['/manifest.json'])).rejects.toMatchObject({
        name: 'DownloadError',
        message: expect.stringMatching(message),
      });
      expect(server.requests).toHaveLength(1);
    },
  );

  it('must have the digest that is asked for', async () => {
    server.put('/manifest.json', text);
    await expect(find(['/manifest.json'], '0'.repeat(64))).rejects.toThrow(/its sha256 is \w{64}, not 0{64}/);
  });

  it.each([
    ['https://data.example/v/', 'names no file: expected the address of a manifest.json'],
    ['https://data.example/manifest.json#sha256=00', 'give a digest with --manifest-sha256 HEX'],
    ['http://data.example/manifest.json', 'expected https://'],
  ])('has no address such as %s', (address, message) => {
    expect(() => parseManifestPlace(address)).toThrow(message);
  });
});
