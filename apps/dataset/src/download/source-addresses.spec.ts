import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import fc from 'fast-check';
import { silent } from '../reporting.js';
import { PATIENCE, startBounds } from './bounds.js';
import { downloadSources, parseSourceAddresses } from './source-addresses.js';
import { FileServer } from './testing/file-server.js';

const DIGEST = 'ab'.repeat(32);

describe('addresses of chart files', () => {
  it.each([
    ['https://data.example/a/charts.csv.gz?key=7', 'charts.csv.gz', undefined],
    ['https://data.example/regional-us-daily-2021-01-31.csv', 'regional-us-daily-2021-01-31.csv', undefined],
    ['https://data.example/charts%202021.csv', 'charts 2021.csv', undefined],
    [`https://data.example/charts.csv#sha256=${DIGEST.toUpperCase()}`, 'charts.csv', DIGEST],
  ])('%s is a file %s', (address, fileName, sha256) => {
    expect(parseSourceAddresses([address])).toMatchObject([{ fileName, sha256 }]);
  });

  it.each([
    ['https://data.example', 'names no file'],
    ['https://data.example/folder/', 'names no file'],
    ['https://data.example/a%2fb.csv', 'names no file'],
    ['https://data.example/a%5Cb.csv', 'names no file'],
    ['https://data.example/a%00.csv', 'names no file'],
    ['https://data.example/%ff.csv', 'names no file'],
    [`https://data.example/${'x'.repeat(201)}`, 'names no file'],
    ['https://data.example/a.csv#sha256=abc', 'expected a digest of 64 hexadecimal digits, #sha256=HEX'],
    ['https://data.example/a.csv#md5=abc', '#sha256=HEX'],
    ['https://data.example/a.csv#', '#sha256=HEX'],
    ['s3://bucket/a.csv', 'begins with s3://: expected https://'],
  ])('%s is refused', (address, message) => {
    expect(() => parseSourceAddresses([address])).toThrow(message);
  });

  it('count once each, whatever their order, with the digest that one of them has', () => {
    const names = ['b.csv', 'a.csv', 'B.csv', 'a.csv?x=1', `a.csv#sha256=${DIGEST}`, 'a.csv'];
    fc.assert(
      fc.property(fc.shuffledSubarray(names, { minLength: names.length }), (shuffled) => {
        const found = parseSourceAddresses(shuffled.map((name) => `https://data.example/${name}`));
        expect(found.map(({ place }) => place.url.pathname + place.url.search)).toEqual([
          ...['/B.csv', '/a.csv', '/a.csv?x=1', '/b.csv'],
        ]);
        expect(found[1]?.sha256).toBe(DIGEST);
      }),
    );
  });

  it('may not contradict each other', () => {
    const address = 'https://data.example/a.csv#sha256=';
    const both = [address + DIGEST, address + '0'.repeat(64)];
    expect(() => parseSourceAddresses(both)).toThrow('is given with two digests');
  });
});

describe('chart files', () => {
  let folder: string;
  let server: FileServer;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'addresses-'));
    server = await FileServer.start();
    server.put('/1/charts.csv', 'one');
    server.put('/2/charts.csv', 'two');
  });
  afterEach(async () => {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  });

  async function download(...addresses: readonly string[]) {
    using bounds = startBounds({ ...PATIENCE, retries: 0 }, new AbortController().signal, () => undefined);
    return await downloadSources(parseSourceAddresses(addresses), folder, bounds, silent);
  }

  it('of the same name are kept apart and go by their addresses', async () => {
    const found = await download(server.url('/2/charts.csv?key=secret'), server.url('/1/charts.csv'));
    expect(found.map(({ name }) => name)).toEqual([server.url('/1/charts.csv'), server.url('/2/charts.csv')]);
    expect(found.map(({ path }) => basename(path))).toEqual(['charts.csv', 'charts.csv']);
    expect(await Promise.all(found.map(({ path }) => readFile(path, 'utf8')))).toEqual(['one', 'two']);
  });

  it('must have the digest that their address has', async () => {
    const right = createHash('sha256').update('one').digest('hex');
    await download(server.url(`/1/charts.csv#sha256=${right}`));
    await rm(join(folder, '0'), { recursive: true });
    await expect(download(server.url(`/2/charts.csv#sha256=${right}`))).rejects.toThrow(/\/2\/charts\.csv is not what/);
  });
});
