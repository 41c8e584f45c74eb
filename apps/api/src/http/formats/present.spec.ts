import { tableFromIPC, type Data, type DataType, type Utf8, type Vector } from 'apache-arrow';
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { FORMAT_NAMES, type Format } from './formats.js';
import type { Cell, ColumnOf, ColumnType, Layout, Row } from './layout.js';
import { present } from './present.js';
import { anyFields, anyLists, anyRows, LISTS, pick, ROWS } from './testing/lists.js';

interface Shown {
  readonly fields?: readonly string[] | undefined;
  readonly defuse?: boolean;
  readonly layout?: Layout;
}

function show(content: unknown, format: Format, { fields, defuse = false, layout = ROWS }: Shown = {}): Buffer {
  return present(Buffer.from(JSON.stringify(content)), { format, fields, defuse, layout });
}

/** Reads rows back as somebody would who knows the columns' types. */
const READERS: Readonly<Record<Exclude<Format, 'json'>, (bytes: Buffer, columns: readonly ColumnOf[]) => Row[]>> = {
  ndjson(bytes) {
    const text = bytes.toString();
    if (text === '') return [];
    expect(text.endsWith('\n')).toBe(true);
    return text
      .slice(0, -1)
      .split('\n')
      .map((line) => JSON.parse(line) as Row);
  },
  csv(bytes, columns) {
    const lines: string[][] = parse(bytes, { record_delimiter: '\r\n', skip_empty_lines: true });
    expect(lines[0]).toEqual(columns.map(({ name }) => name));
    return lines.slice(1).map((cells) =>
      Object.fromEntries(
        columns.map(({ name, type, nullable }, i) => {
          const text = cells[i]!;
          if (nullable && text === '') return [name, null];
          return [name, type === 'text' || type === 'date' ? text : Number(text)];
        }),
      ),
    );
  },
  arrow(bytes, columns) {
    const table = tableFromIPC<Record<string, DataType>>(bytes);
    expect(table.schema.fields.map(({ name }) => name)).toEqual(columns.map(({ name }) => name));
    return Array.from({ length: table.numRows }, (_, row) =>
      Object.fromEntries(columns.map(({ name, type }) => [name, arrowCell(table.getChild(name)!, row, type)])),
    );
  },
};

function arrowCell(column: Vector<DataType>, row: number, type: ColumnType): Cell {
  const value: unknown = column.get(row);
  if (value === null) return null;
  if (type === 'date') return new Date(Number(value)).toISOString().slice(0, 10);
  if (type !== 'text') return Number(value);
  // The reader's decoder takes a byte order mark at the beginning of a text away, so its bytes are decoded here.
  const [{ valueOffsets, values }] = column.data as [Data<Utf8>];
  return Buffer.from(values.subarray(valueOffsets[row], valueOffsets[row + 1])).toString();
}

const OTHERS = Object.keys(READERS) as (keyof typeof READERS)[];

function columnsOf({ columns }: Layout, names: readonly string[] | undefined): readonly ColumnOf[] {
  return names?.map((name) => columns.find((column) => column.name === name)!) ?? columns;
}

describe('a list', () => {
  it('as JSON is the bytes of the service, not a copy', () => {
    const json = Buffer.from('[ {"title":"\\u0041"} ]');
    expect(present(json, { format: 'json', fields: undefined, defuse: false, layout: ROWS })).toBe(json);
  });

  it('as JSON has the members that were asked for in the order in which they were', () => {
    const row = { title: 'x', day: '2021-01-01', streams: null, movement: -1, mean: 0.5, rank: 1 };
    expect(show([row, row], 'json', { fields: ['rank', 'streams', 'title'] }).toString()).toBe(
      '[{"rank":1,"streams":null,"title":"x"},{"rank":1,"streams":null,"title":"x"}]',
    );
    const lists = { regions: ['r'], artists: ['rank'], dates: ['2021-01-01'] };
    expect(show(lists, 'json', { fields: ['dates', 'artists'], layout: LISTS }).toString()).toBe(
      '{"dates":["2021-01-01"],"artists":["rank"]}',
    );
  });

  it.each(OTHERS)('as %s has the rows of the JSON, whatever stands in them', (format) => {
    fc.assert(
      fc.property(anyRows, anyFields(ROWS), (rows, fields) => {
        const columns = columnsOf(ROWS, fields);
        const json = JSON.parse(show(rows, 'json', { fields }).toString()) as Row[];
        const read = READERS[format](show(rows, format, { fields }), columns);
        expect(read).toEqual(rows.map((row) => pick(row, fields ?? ROWS.members)));
        // Equal text means equal order of the members, too.
        expect(JSON.stringify(read)).toBe(JSON.stringify(json));
      }),
    );
  });

  it.each(OTHERS)('of lists is rows of kind and value as %s', (format) => {
    fc.assert(
      fc.property(anyLists, anyFields(LISTS), (lists, fields) => {
        const kinds = { regions: 'region', artists: 'artist', dates: 'date' };
        const expected = ((fields ?? LISTS.members) as (keyof typeof kinds)[]).flatMap((list) =>
          lists[list].map((value) => ({ kind: kinds[list], value })),
        );
        expect(READERS[format](show(lists, format, { fields, layout: LISTS }), LISTS.columns)).toEqual(expected);
      }),
    );
  });

  it.each(OTHERS)('is whole and readable as %s when it has no rows', (format) => {
    for (const fields of [undefined, ['mean', 'title']])
      expect(READERS[format](show([], format, { fields }), columnsOf(ROWS, fields))).toEqual([]);
  });

  it('is not changed by defusing in any format but CSV', () => {
    const rows = [{ title: '=1+1', day: '2021-01-01', streams: 1, movement: 0, mean: null, rank: 1 }];
    for (const format of FORMAT_NAMES.filter((name) => name !== 'csv'))
      expect(show(rows, format, { defuse: true }).equals(show(rows, format))).toBe(true);
  });
});

describe('CSV', () => {
  it('is what RFC 4180 says', () => {
    const rows = [
      { title: 'a, "b"\r\nc', day: '2021-01-01', streams: null, movement: -1, mean: 1e21, rank: 1 },
      { title: null, day: '2021-01-02', streams: 4294967295, movement: 0, mean: 0.1, rank: 2 },
    ];
    expect(show(rows, 'csv').toString()).toBe(
      'title,day,streams,movement,mean,rank\r\n' +
        '"a, ""b""\r\nc",2021-01-01,,-1,1e+21,1\r\n,2021-01-02,4294967295,0,0.1,2\r\n',
    );
    expect(show([], 'csv').toString()).toBe('title,day,streams,movement,mean,rank\r\n');
  });

  it('does not lose a row that is one null', () => {
    const rows = [{ title: null }, { title: 'x' }, { title: null }];
    expect(show(rows, 'csv', { fields: ['title'] }).toString()).toBe('title\r\n""\r\nx\r\n""\r\n');
  });

  it('leaves every text exact unless it is to be defused, then an apostrophe goes before a formula', () => {
    const first = (title: string, defuse: boolean) => {
      const row = { title, streams: 1 };
      const bytes = show([row], 'csv', { fields: ['title', 'streams'], defuse });
      return parse(bytes, { record_delimiter: '\r\n' })[1]?.[0];
    };
    for (const start of ['=', '+', '-', '@', '\t', '\r', '\n', '\0', '＝', '＋', '－', '＠']) {
      expect(first(`${start}cmd|' /C calc'!A0`, true)).toBe(`'${start}cmd|' /C calc'!A0`);
      expect(first(`${start}cmd|' /C calc'!A0`, false)).toBe(`${start}cmd|' /C calc'!A0`);
    }
    for (const text of ["'=1", 'a=1', '1-1', '(+)', '!', '#NAME', '😀=']) expect(first(text, true)).toBe(text);
  });

  it('leaves numbers numbers when it is defused', () => {
    const rows = [{ title: '-1', movement: -1, mean: -0.5 }];
    const fields = ['title', 'movement', 'mean'];
    expect(show(rows, 'csv', { fields, defuse: true }).toString()).toBe("title,movement,mean\r\n'-1,-1,-0.5\r\n");
  });
});

describe('Arrow', () => {
  it.each([0, 1])('says the type of each column and whether it can be null, with %i rows', (count) => {
    const row = { title: 'x', day: '2021-01-01', streams: 1, movement: 1, mean: 1, rank: 1 };
    const { schema } = tableFromIPC(show([row].slice(0, count), 'arrow'));
    expect(schema.fields.map(({ name, type, nullable }) => `${name} ${String(type)} ${nullable}`)).toEqual([
      'title Utf8 true',
      'day Date32<DAY> false',
      'streams Uint32 true',
      'movement Int32 false',
      'mean Float64 true',
      'rank Uint32 false',
    ]);
  });

  it('refuses a number that would become another one', () => {
    const rows = (row: object) => [
      { title: 'x', day: '2021-01-01', streams: 1, movement: 1, mean: 1, rank: 1, ...row },
    ];
    for (const streams of [2 ** 32, -1])
      expect(() => show(rows({ streams }), 'arrow')).toThrow(`streams: ${streams} is not from 0 to 4294967295`);
    for (const movement of [2 ** 31, -(2 ** 31) - 1])
      expect(() => show(rows({ movement }), 'arrow')).toThrow('movement: ');
  });

  it('ends with the mark of the stream’s end', () => {
    expect(show([], 'arrow').subarray(-8).toString('hex')).toBe('ffffffff00000000');
  });
});
