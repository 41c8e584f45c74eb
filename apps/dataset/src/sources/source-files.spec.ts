import { mkdir, symlink } from 'node:fs/promises';
import { relative } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { silent } from '../reporting.js';
import { findSourceFiles } from './source-files.js';
import { exportCsv, ROWS, SPOTIFY_NEW, SPOTIFY_OLD } from './testing/chart-files.js';
import { TestFolder } from './testing/folder.js';

const CSV = exportCsv(ROWS);

describe('the files to read', () => {
  let folder: TestFolder;
  beforeEach(async () => {
    folder = await TestFolder.create();
  });
  afterEach(() => folder.remove());

  async function find(files: readonly string[], period: 'daily' | 'weekly' = 'daily') {
    const notices: string[] = [];
    const reporter = { ...silent, notice: (text: string) => notices.push(text) };
    return { found: await findSourceFiles({ files, period, reporter }), notices };
  }
  async function names(files: readonly string[]) {
    return (await find(files)).found.map(({ path }) => relative(folder.path, path));
  }

  it('are those named or matched, once each, in byte order', async () => {
    for (const name of ['b.csv', 'a.csv', 'B.csv', 'é.csv', 'deep/er/c.csv', "it's.csv", 'notes.txt'])
      await folder.write(name, CSV);
    await mkdir(folder.at('folder.csv'));
    await symlink(folder.at('a.csv'), folder.at('z.csv'));
    const sorted = ['B.csv', 'a.csv', 'b.csv', "it's.csv", 'é.csv'];
    expect(await names([folder.at('*.csv')])).toEqual(sorted);
    expect(
      await names([folder.at('b.csv'), folder.at('z.csv'), folder.at('*.csv'), folder.at('./deep/../a.csv')]),
    ).toHaveLength(5);
    expect(await names([folder.at('{b,a}.csv')])).toEqual(['a.csv', 'b.csv']);
    expect(await names([folder.at('**/[cb].csv')])).toEqual(['b.csv', 'deep/er/c.csv']);
  });

  it('may have names that look like patterns', async () => {
    const path = await folder.write('charts [2021].csv', CSV);
    await folder.write('charts 2.csv', CSV);
    expect((await find([path])).found).toMatchObject([
      { path, name: 'charts [2021].csv', bytes: Buffer.byteLength(CSV) },
    ]);
  });

  it('are recognised by their bytes, whatever they are called', async () => {
    const content: [string, Uint8Array, string][] = [
      ['plain.csv.gz', Buffer.from(CSV), 'none'],
      ['gzip.csv', gzipSync(CSV), 'gzip'],
      ['zstd', zstdCompressSync(CSV), 'zstd'],
      ['skippable.zst', Buffer.concat([Buffer.from('502a4d1803000000abcdef', 'hex'), zstdCompressSync(CSV)]), 'zstd'],
    ];
    for (const [name, bytes, compression] of content) {
      const { found } = await find([await folder.write(name, bytes)]);
      expect(found).toMatchObject([
        {
          kind: 'csv',
          name,
          compression,
          layout: 'export',
          bytes: bytes.length,
          defaults: {},
          dateMeaning: 'chart day',
        },
      ]);
    }
  });

  it('of Spotify get region, chart and date by their names', async () => {
    await folder.write('regional-kr-daily-2021-03-04.csv', `\uFEFF${SPOTIFY_NEW}`);
    await folder.write('viral-global-daily-2021-03-05.csv.gz', gzipSync(SPOTIFY_NEW.replaceAll(/,[^,\n]*\n/g, '\n')));
    await folder.write('regional-cz-daily-2019-01-01.csv', SPOTIFY_OLD);
    const { found, notices } = await find([folder.at('*')]);
    expect(found.map(({ defaults }) => defaults)).toEqual([
      { region: 'Czech Republic', chart: 'top200', date: '2019-01-01' },
      { region: 'South Korea', chart: 'top200', date: '2021-03-04' },
      { region: 'Global', chart: 'viral50', date: '2021-03-05' },
    ]);
    expect(found).toMatchObject([{ layout: 'spotify-old' }, { layout: 'spotify-new' }, { layout: 'spotify-new' }]);
    expect(notices).toEqual([]);
  });

  it('may be weekly when that is asked for', async () => {
    const weekly = await folder.write('regional-us-weekly-2021-03-04.csv', SPOTIFY_NEW.replace('days', 'weeks'));
    const { found } = await find([weekly], 'weekly');
    expect(found).toMatchObject([{ dateMeaning: 'chart week', defaults: { date: '2021-03-04' } }]);
  });

  it('may have unknown columns, which one notice names', async () => {
    const withColumn = (name: string) => CSV.replace('title', `${name},title`).replaceAll(/\n(?=.*https)/g, '\n,');
    await folder.write('1.csv', withColumn('snapshot'));
    await folder.write('2.csv', withColumn(''));
    await folder.write('3.csv', withColumn('snapshot'));
    await folder.write('4.csv', CSV);
    const { notices } = await find([folder.at('*.csv')]);
    expect(notices).toEqual([
      `Columns left out, as the dataset has no place for them: snapshot, (without a name) (in ${folder.at('1.csv')} and 2 more).`,
    ]);
  });

  const daily = 'regional-us-daily-2021-03-04.csv';
  it.each<[what: string, name: string, content: string | Uint8Array, message: string | RegExp]>([
    ['empty', 'a.csv', '', /a\.csv is empty/],
    ['an empty gzip', 'a.csv.gz', gzipSync(''), /a\.csv\.gz is empty/],
    ['an empty zstd', 'a.csv.zst', zstdCompressSync(''), /a\.csv\.zst is empty/],
    ['without a column', 'a.csv', CSV.replace('trend', 'x'), /a\.csv has no column "trend"/],
    ['a header cut by a truncated gzip', 'a.csv.gz', gzipSync(CSV).subarray(0, 40), /a\.csv\.gz is truncated/],
    [
      'a header cut by a truncated zstd',
      'a.csv.zst',
      zstdCompressSync(CSV).subarray(0, 40),
      /a\.csv\.zst is truncated/,
    ],
    [
      'no gzip in spite of its first bytes',
      'a.csv',
      Buffer.from('1f8bffffffffffffffffffff', 'hex'),
      /a\.csv is damaged/,
    ],
    ['a zip archive', 'a.csv', Buffer.from('504b030414000000', 'hex'), /is a zip archive.*unpack it/],
    ['packed with bzip2', 'a.csv.bz2', Buffer.from('BZh91AY&SY'), /bzip2/],
    ['packed with xz', 'a.csv.xz', Buffer.from('fd377a585a000004', 'hex'), /xz/],
    ['UTF-16', 'a.csv', Buffer.from(`\uFEFF${CSV}`, 'utf16le'), /UTF-16 text: save it as UTF-8/],
    [
      'no Parquet in spite of its first bytes',
      'a.parquet',
      'PAR1 and nothing more',
      /a\.parquet cannot be read as Parquet/,
    ],
    ['of Spotify but misnamed', 'us.csv', SPOTIFY_NEW, /us\.csv .*name it like/],
    ['of an unknown country', 'regional-zz-daily-2021-03-04.csv', SPOTIFY_NEW, /country code "zz"/],
    [
      'weekly by name',
      'regional-us-weekly-2021-03-04.csv',
      SPOTIFY_OLD,
      /is a weekly chart: build it with --period weekly/,
    ],
    ['weekly by header', daily, SPOTIFY_NEW.replace('days', 'weeks'), /is a weekly chart/],
  ])('are refused when one is %s', async (_, name, content, message) => {
    const path = await folder.write(name, content);
    await expect(find([path])).rejects.toThrow(expect.objectContaining({ name: 'UsageError' }));
    await expect(find([path])).rejects.toThrow(message);
  });

  it('are refused when daily ones are among weekly ones', async () => {
    await folder.write('regional-us-weekly-2021-03-04.csv', SPOTIFY_OLD);
    await folder.write(daily, SPOTIFY_OLD);
    await expect(find([folder.at('*')], 'weekly')).rejects.toThrow(/daily-2021-03-04\.csv is a daily chart/);
    await expect(find([folder.at('*')])).rejects.toThrow(/is a weekly chart/);
  });

  it('are refused when there are none', async () => {
    await mkdir(folder.at('sub'));
    await expect(find([])).rejects.toThrow('No files');
    await expect(find([folder.at('none.csv')])).rejects.toThrow(`${folder.at('none.csv')} does not exist.`);
    await expect(find([folder.at('*.csv')])).rejects.toThrow(`${folder.at('*.csv')} matches no file.`);
    await expect(find([folder.at('s*')])).rejects.toThrow('matches no file');
    await expect(find([folder.at('sub')])).rejects.toThrow(
      /sub is a folder: name the files in it, for instance ".*sub\/\*\.csv"/,
    );
    await expect(find(['/dev/null'])).rejects.toThrow('/dev/null is no regular file');
  });
});
