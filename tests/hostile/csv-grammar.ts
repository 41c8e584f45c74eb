import fc from 'fast-check';

/** A table as it is generated: which columns, how they are written, and fields that are mostly right. */
export interface GeneratedTable {
  readonly bytes: Buffer;
  /** Whether nothing in it is wrong, so that it has to be taken. */
  readonly sound: boolean;
}

const COLUMNS = ['title', 'rank', 'date', 'artist', 'url', 'region', 'chart', 'trend', 'streams'] as const;
type Column = (typeof COLUMNS)[number];

const two = (value: number) => String(value).padStart(2, '0');
const word = fc.constantFrom('Tin', 'Öde', '바람', 'e\u0301', 'a, b', 'it"s', 'two\nlines', '=1+1', '🎵', ' edge ');

/** What a column holds when it is right; ranks are numbered by the rows themselves. */
const RIGHT: Readonly<Record<Exclude<Column, 'rank'>, fc.Arbitrary<string>>> = {
  title: fc.array(word, { minLength: 1, maxLength: 4 }).map((words) => words.join(' ')),
  date: fc
    .tuple(fc.integer({ min: 2017, max: 2024 }), fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 28 }))
    .map(([year, month, day]) => `${year}-${two(month)}-${two(day)}`),
  artist: fc.oneof(
    word,
    fc.tuple(word, word).map((names) => names.join(', ')),
  ),
  url: fc.stringMatching(/^[0-9A-Za-z]{22}$/).map((id) => `https://open.spotify.com/track/${id}`),
  region: fc.constantFrom('Global', 'Brazil', 'South Korea', 'Peru'),
  chart: fc.constantFrom('top200', 'viral50'),
  trend: fc.constantFrom('', 'MOVE_UP', 'MOVE_DOWN', 'NEW_ENTRY', 'SAME_POSITION'),
  streams: fc.integer({ min: 1, max: 20_000_000 }).map(String),
};

/** What a field may hold instead. */
const WRONG = fc.oneof(
  fc.constantFrom(
    '',
    ' ',
    '-1',
    '0',
    '1.5',
    '1e9',
    'NaN',
    '4294967296',
    '99999999999999999999',
    'null',
    '\\N',
    '"',
    '""',
  ),
  fc.constantFrom('2021-02-30', '0000-00-00', '9999-99-99', '20210301', '../../etc/passwd', "'); DROP TABLE entry; --"),
  fc.constantFrom(
    '\0',
    '\u202e',
    '\ufeff',
    '\ud800',
    'a'.repeat(300),
    'a'.repeat(70_000),
    '<script>',
    '%s%n',
    '{{7*7}}',
  ),
  fc.string({ unit: 'binary', maxLength: 40 }),
);

interface Style {
  readonly end: string;
  readonly mark: string;
  readonly quoteAll: boolean;
  readonly lastEnd: boolean;
}

const style: fc.Arbitrary<Style> = fc.record({
  end: fc.constantFrom('\n', '\r\n'),
  mark: fc.constantFrom('', '', '\ufeff'),
  quoteAll: fc.boolean(),
  lastEnd: fc.boolean(),
});

const rightRow = fc.record(RIGHT);
/** Which fields of which row are something else, by shares of the rows and by column. */
const spoilt = fc.array(fc.tuple(fc.nat(999), fc.nat(COLUMNS.length - 1), WRONG), { maxLength: 5 });
/** What is wrong with the header, and how it is shown. */
const header = fc.constantFrom<(names: string[]) => string[]>(
  ...Array.from({ length: 6 }, () => (names: string[]) => names),
  (names) => names.slice(1),
  (names) => [...names, names[0]!],
  (names) => names.map((name) => name.toUpperCase()),
  (names) => [...names, '__proto__', 'constructor'],
  (names) => names.map((name) => ` ${name} `),
  () => ['Position', 'Track Name', 'Artist', 'Streams', 'URL'],
);

/** Tables of the export's columns in any order and style, sound or spoilt at a few places; of none to 40 rows. */
export const generatedTable: fc.Arbitrary<GeneratedTable> = fc
  .tuple(
    fc.shuffledSubarray([...COLUMNS], { minLength: COLUMNS.length }),
    fc.array(rightRow, { maxLength: 40 }),
    fc.oneof({ weight: 1, arbitrary: fc.constant([]) }, { weight: 3, arbitrary: spoilt }),
    header,
    style,
  )
  .map(([columns, rows, faults, change, how]) => {
    const names = change([...columns]);
    const fields = rows.map((row, index) => columns.map((name) => (name === 'rank' ? String(index + 1) : row[name])));
    for (const [share, column, text] of faults) {
      const row = fields[Math.floor((share / 1000) * fields.length)];
      if (row) row[column] = text;
    }
    const sound = rows.length > 0 && faults.length === 0 && names.join() === columns.join();
    return { bytes: Buffer.from(written([names, ...fields], how)), sound };
  });

function written(rows: readonly (readonly string[])[], { end, mark, quoteAll, lastEnd }: Style): string {
  const field = (text: string) => (quoteAll || /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  return mark + rows.map((row) => row.map(field).join()).join(end) + (lastEnd ? end : '');
}
