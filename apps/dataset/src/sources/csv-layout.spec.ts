import * as fc from 'fast-check';
import { COLUMNS } from '../rows.js';
import { findLayout } from './csv-layout.js';

const NOTE =
  ',,,"Note that these figures are generated using a formula that protects against any artificial inflation of chart positions.",\n';
const EXPORT = COLUMNS.join(',');

function layoutOf(head: string, { whole = true, viral = false } = {}) {
  return findLayout('f.csv', Buffer.from(head), whole, viral);
}
/** For each column of the file the export's column that it fills. */
function columnsOf(head: string, options = {}) {
  return layoutOf(head, options).columns.slots.map((slot) => COLUMNS[slot] ?? null);
}

describe('the layout of a CSV file', () => {
  it.each<[what: string, head: string, layout: string, headerBytes: number, headerLines: number]>([
    ['the export', `${EXPORT}\n1,2`, 'export', EXPORT.length + 1, 1],
    ['the export with CRLF', `${EXPORT}\r\n1,2`, 'export', EXPORT.length + 2, 1],
    ['the export without rows or newline', EXPORT, 'export', EXPORT.length, 1],
    ['the export with a byte order mark', `\uFEFF${EXPORT}\n`, 'export', EXPORT.length + 4, 1],
    ['the export after blank lines', `\n\r\n${EXPORT}\n`, 'export', EXPORT.length + 4, 3],
    ['Spotify, old', `${NOTE}Position,"Track Name",Artist,Streams,URL\n1`, 'spotify-old', NOTE.length + 41, 2],
    ['Spotify, old, without the note', 'Position,Track Name,Artist,Streams,URL\n1', 'spotify-old', 39, 1],
    ['Spotify, new', 'rank,uri,artist_names,track_name,streams\n', 'spotify-new', 41, 1],
  ])('%s is found with its first row', (_, head, layout, headerBytes, headerLines) => {
    expect(layoutOf(head)).toMatchObject({ layout, ignored: [], columns: { headerBytes, headerLines } });
  });

  it('finds the columns of the export in any order, case and spacing, and names unknown ones', () => {
    fc.assert(
      fc.property(
        fc.shuffledSubarray([...COLUMNS, 'snapshot', 'x y'], { minLength: 11 }),
        fc.boolean(),
        (names, loud) => {
          const header = names.map((name) => (loud ? `" ${name.toUpperCase()}"` : name)).join(',');
          const { columns, ignored } = layoutOf(`${header}\n`);
          expect(columns.slots).toEqual(names.map((name) => COLUMNS.indexOf(name as 'rank')));
          expect(ignored.map((name) => name.trim().toLowerCase()).sort()).toEqual(['snapshot', 'x y']);
        },
      ),
    );
  });

  it("maps the columns of both of Spotify's layouts", () => {
    expect(columnsOf('Position,Track Name,Artist,Streams,URL\n')).toEqual([
      'rank',
      'title',
      'artist',
      'streams',
      'url',
    ]);
    const header = 'rank,uri,artist_names,track_name,source,peak_rank,previous_rank,days_on_chart,streams\n';
    expect(columnsOf(header)).toEqual(['rank', 'url', 'artist', 'title', null, null, null, null, 'streams']);
    expect(layoutOf(header)).toMatchObject({ ignored: [], period: 'daily' });
    expect(layoutOf(header.replace('days', 'weeks'))).toMatchObject({ ignored: [], period: 'weekly' });
  });

  it('needs no streams in a viral chart of Spotify, but in all others', () => {
    for (const header of ['rank,uri,artist_names,track_name\n', 'Position,Track Name,Artist,URL\n']) {
      expect(columnsOf(header, { viral: true })).not.toContain('streams');
      expect(() => layoutOf(header)).toThrow('f.csv has no column "streams"');
    }
    expect(() => layoutOf(`${EXPORT.replace(',streams', '')}\n`, { viral: true })).toThrow('no column "streams"');
  });

  it.each<[what: string, head: string, message: string | RegExp]>([
    [
      'a column missing',
      `${EXPORT.replace('trend', 'tendency')}\n`,
      /^f\.csv has no column "trend": its header must name title,rank/,
    ],
    ['several columns missing', 'title,rank,date,artist,url\n', 'no column "region", "chart", "trend", "streams"'],
    [
      'rows instead of a header',
      'Song,1,2021-01-01,Nobody\n',
      /no column "title".* it reads "Song,1,2021-01-01,Nobody"/,
    ],
    ['semicolons', `${COLUMNS.join(';')}\n`, 'separated by commas'],
    ['a doubled column', `${EXPORT}, Rank \n`, 'f.csv has the column "rank" more than once'],
    ['nothing', '', 'f.csv is empty'],
    ['a byte order mark only', '\uFEFF', 'f.csv is empty'],
    ['blank lines only', '\n\r\n\n', 'f.csv is empty'],
    ['the note only', NOTE, 'f.csv is empty'],
    ['bad quoting', '"title"x,rank\n', 'line 1 must hold the names of the columns'],
    ['a quote that is not closed', `"title,rank\n`, 'no readable header within its first 65,536 bytes'],
  ])('is refused with %s', (_, head, message) => {
    expect(() => layoutOf(head)).toThrow(expect.objectContaining({ name: 'UsageError' }));
    expect(() => layoutOf(head)).toThrow(message);
  });

  it('is refused when no line ends in the part that is looked at', () => {
    expect(() => layoutOf(EXPORT, { whole: false })).toThrow('no readable header');
  });
});
