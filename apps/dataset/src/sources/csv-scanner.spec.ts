import { parse } from 'csv-parse/sync';
import * as fc from 'fast-check';
import { COLUMNS, type RejectReason } from '../rows.js';
import { CsvScanner, MAX_RECORD_BYTES } from './csv-scanner.js';
import { csvField } from './csv-field.js';
import { CollectingSink, type Fields } from './testing/collecting-sink.js';

interface Scanned {
  readonly rows: readonly Fields[];
  readonly rejects: readonly (readonly [line: number, reason: RejectReason, row: string])[];
  readonly counted: readonly [rows: number, rejected: number];
}

const WIDTH = 3;

/** Scans a text (or bytes) of rows of three columns, cut into pieces of the sizes given, in turn. */
function scan(
  content: string | Uint8Array,
  sizes: readonly number[] = [Infinity],
  sink = new CollectingSink(),
): Scanned {
  const bytes = Uint8Array.from(typeof content === 'string' ? Buffer.from(content) : content);
  const rejects: [number, RejectReason, string][] = [];
  const columns = { slots: [0, 1, 2], headerBytes: 0, headerLines: 0 };
  const scanner = new CsvScanner(columns, sink, (line, reason, row, start, end) => {
    rejects.push([line, reason, Buffer.from(row.slice(start, end)).toString()]);
  });
  for (let at = 0, turn = 0; at < bytes.length; turn++) {
    const piece = bytes.slice(at, at + (sizes[turn % sizes.length] ?? 1));
    scanner.write(piece);
    // What was handed over may be overwritten.
    piece.fill(0x2c);
    at += sizes[turn % sizes.length] ?? 1;
  }
  scanner.end();
  return {
    rows: sink.rows.map((row) => row.slice(0, WIDTH)),
    rejects,
    counted: [scanner.rows, scanner.rejected],
  };
}

const cell = fc.oneof(
  fc.string({ unit: fc.constantFrom('a', '"', ',', '\n', '\r', 'é', '한', '🎵', ' '), maxLength: 8 }),
  fc.string({ unit: 'binary', maxLength: 6 }),
);
const cells = fc.array(fc.tuple(cell, cell, cell), { maxLength: 12 });
const sizes = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 6 });
/** Text near the grammar: broken and sound CSV mixed. */
const nearCsv = fc
  .array(fc.constantFrom('a', 'bc', '"', '""', ',', ',,', '\n', '\r\n', '\r', 'é', 'x,y,z\n', '"q,r",s,t\n'), {
    maxLength: 60,
  })
  .map((parts) => parts.join(''));

function write(table: readonly (readonly string[])[], lineEnd: string): string {
  return table.map((row) => row.map(csvField).join(',') + lineEnd).join('');
}

describe('sound tables', () => {
  it('reads back every table of strings, whatever the line ends and the sizes of the pieces', () => {
    fc.assert(
      fc.property(cells, sizes, fc.constantFrom('\n', '\r\n'), fc.boolean(), (table, pieces, lineEnd, ended) => {
        const text = write(table, lineEnd);
        const { rows, rejects, counted } = scan(ended ? text : text.slice(0, -lineEnd.length || undefined), pieces);
        expect(rows).toEqual(table);
        expect(rejects).toEqual([]);
        expect(counted).toEqual([table.length, 0]);
      }),
      { numRuns: 500 },
    );
  });

  it('reads what csv-parse reads', () => {
    fc.assert(
      fc.property(cells, sizes, (table, pieces) => {
        const text = write(table, '\n');
        const expected = parse(text, { record_delimiter: ['\n', '\r\n'], relax_quotes: false });
        expect(scan(text, pieces).rows).toEqual(expected);
      }),
      { numRuns: 300 },
    );
  });

  it.each<[what: string, text: string, rows: string[][]]>([
    ['a quote within an unquoted field is text', 'a"b,12",c""d\n', [['a"b', '12"', 'c""d']]],
    ['doubled quotes beside such', 'a""b,"x ""y""",z\n', [['a""b', 'x "y"', 'z']]],
    ['empty fields', ',,\n"","",""\n', [['', '', ''], ['', '', '']]], // prettier-ignore
    ['blank lines', '\n\na,b,c\n\r\n\nd,e,f\n\n', [['a', 'b', 'c'], ['d', 'e', 'f']]], // prettier-ignore
    ['a carriage return within a field', 'a\rb,c\r,d\r\n', [['a\rb', 'c\r', 'd']]],
    ['a line end within quotes', '"a\r\nb\nc",d,e\n', [['a\r\nb\nc', 'd', 'e']]],
    ['spaces are kept', ' a , b,c \n', [[' a ', ' b', 'c ']]],
    ['no last newline', 'a,b,"c"', [['a', 'b', 'c']]],
    ['a last line cut between CR and LF', 'a,b,c\r', [['a', 'b', 'c']]],
    ['a quoted last field before CRLF', 'a,b,"c"\r\nd,e,f', [['a', 'b', 'c'], ['d', 'e', 'f']]], // prettier-ignore
    ['NUL is a character', 'a\0,b,c\n', [['a\0', 'b', 'c']]],
    ['nothing', '', []],
  ])('%s', (_, text, rows) => {
    for (const size of [1, 2, 3, Infinity]) expect(scan(text, [size])).toMatchObject({ rows, rejects: [] });
  });
});

describe('broken rows', () => {
  it.each<[what: string, text: string, rejects: Scanned['rejects'], rows: string[][]]>([
    ['too few fields', 'a,b\nc,d,e\n', [[1, 'field-count', 'a,b']], [['c', 'd', 'e']]],
    ['too many fields', 'a,b,c,d\r\nc,d,e\n', [[1, 'field-count', 'a,b,c,d']], [['c', 'd', 'e']]],
    ['too many quoted fields', '"a","b","c","d"\nc,d,e\n', [[1, 'field-count', '"a","b","c","d"']], [['c', 'd', 'e']]],
    ['text after a closing quote', '"a"x,b,c\nd,e,f\n', [[1, 'quoting', '"a"x,b,c']], [['d', 'e', 'f']]],
    ['a space after a closing quote', '"a" ,b,c\nd,e,f\n', [[1, 'quoting', '"a" ,b,c']], [['d', 'e', 'f']]],
    ['a carriage return after a closing quote', '"a"\r,b,c\n', [[1, 'quoting', '"a"\r,b,c']], []],
    ['a quote that is never closed', 'a,b,c\n"d,e,f\ng,h,i\n', [[2, 'quoting', '"d,e,f']], [['a', 'b', 'c'], ['g', 'h', 'i']]], // prettier-ignore
    ['a stray quote closed by a later row', '"d,e,f\ng,"h, h",i\n', [[1, 'quoting', '"d,e,f']], [['g', 'h, h', 'i']]],
    [
      'a stray quote before a row that begins quoted',
      '"d,e,f\n"g",h,i\n',
      [[1, 'quoting', '"d,e,f']],
      [['g', 'h', 'i']],
    ],
    ['a stray quote at the very end', 'a,b,c\nd,e,"', [[2, 'quoting', 'd,e,"']], [['a', 'b', 'c']]],
    ['a record of two lines with a field missing', '"a\nb",c\nd,e,f\n', [[1, 'field-count', '"a'], [2, 'field-count', 'b",c']], [['d', 'e', 'f']]], // prettier-ignore
  ])('%s costs the damaged line only', (_, text, rejects, rows) => {
    for (const size of [1, 2, 5, Infinity]) {
      expect(scan(text, [size])).toMatchObject({
        rejects,
        rows,
        counted: [rejects.length + rows.length, rejects.length],
      });
    }
  });

  it('gives the same rows and rejects wherever the pieces are cut', () => {
    fc.assert(
      fc.property(nearCsv, sizes, (text, pieces) => {
        expect(scan(text, pieces)).toEqual(scan(text));
      }),
      { numRuns: 1000 },
    );
  });

  it('loses no sound row to a stray quote before any field of another row', () => {
    const sound = fc.tuple(fc.constantFrom('a', 'b, c', 'é'), fc.constantFrom('1', '"q"'), fc.constantFrom('x', ''));
    fc.assert(
      fc.property(fc.array(sound, { minLength: 2, maxLength: 20 }), fc.nat(), fc.nat(2), (table, at, field) => {
        const damaged = at % table.length;
        const lines = table.map((row) => row.map(csvField).join(','));
        lines[damaged] = ['u', 'v', 'w'].map((text, index) => (index === field ? `"${text}` : text)).join(',');
        const { rows, rejects } = scan(lines.join('\n'));
        expect(rejects.map(([line]) => line)).toEqual([damaged + 1]);
        expect(rows).toEqual(table.filter((_, index) => index !== damaged));
      }),
      { numRuns: 300 },
    );
  });

  it('rejects rows that are not UTF-8 and no others', () => {
    const bytes = Buffer.concat([Buffer.from('é,ü,1\nx'), Buffer.from([0xff]), Buffer.from(',y,z\n한,글,2\n"'), Buffer.from([0xc3]), Buffer.from('",b,c\nok,ok,ok')]); // prettier-ignore
    for (const size of [1, 2, 3, 7, Infinity]) {
      const { rows, rejects } = scan(bytes, [size]);
      expect(rejects).toEqual([[2, 'not-utf8', 'x\uFFFD,y,z'], [4, 'not-utf8', '"\uFFFD",b,c']]); // prettier-ignore
      expect(rows.map(([first]) => first)).toEqual(['é', '한', 'ok']);
    }
  });

  it('counts physical lines, those within quotes and blank ones too', () => {
    const sink = new CollectingSink(([first]) => (first === 'bad' ? 'rank' : undefined));
    const { rejects } = scan('"a\n\nb",c,d\n\nbad,1,2\r\n"x\r\ny",c,d\nbad,3,"4\n5"\nbad,6,7', [4], sink);
    expect(rejects).toEqual([[5, 'rank', 'bad,1,2'], [8, 'rank', 'bad,3,"4\n5"'], [10, 'rank', 'bad,6,7']]); // prettier-ignore
  });
});

describe('long records', () => {
  const exact = `${'a'.repeat(MAX_RECORD_BYTES - 4)},b,c`;
  const quoted = `"${'a'.repeat(MAX_RECORD_BYTES - 6)}",b,c`;

  it.each(['\n', '\r\n', ''])('takes a record of exactly 65,536 bytes before %j', (lineEnd) => {
    for (const record of [exact, quoted]) {
      expect(Buffer.byteLength(record)).toBe(MAX_RECORD_BYTES);
      for (const size of [1000, 65_536, 65_537, Infinity]) {
        expect(scan(record + lineEnd, [size])).toMatchObject({ rejects: [], counted: [1, 0] });
      }
    }
  });

  it.each<[what: string, line: string]>([
    ['one byte too many', `a${exact}`],
    ['one byte too many within quotes', quoted.replace('a', 'aa')],
    ['far too many', 'x'.repeat(300_000)],
    ['far too many with a quote late', `${'x'.repeat(200_000)},"`],
    ['far too many after a quote', `"${'x'.repeat(200_000)}`],
    ['far too many with commas', 'x,'.repeat(100_000)],
  ])('rejects a line of %s and goes on with the next', (_, line) => {
    for (const lineEnd of ['\n', '\r\n']) {
      for (const size of [999, 65_537, 65_538, 65_539, Infinity]) {
        const { rows, rejects } = scan(`a,b,c${lineEnd}${line}${lineEnd}d,e,f`, [size]);
        expect(rejects).toEqual([[2, 'too-long', line.slice(0, MAX_RECORD_BYTES)]]);
        expect(rows).toEqual([['a', 'b', 'c'], ['d', 'e', 'f']]); // prettier-ignore
      }
    }
  });

  it('does not look further than 65,536 bytes for the end of a quote', () => {
    const sound = 'd,e,f\n'.repeat(20_000);
    for (const size of [4096, Infinity]) {
      const { rows, rejects } = scan(`"a,b,c\n${sound}`, [size]);
      expect(rejects).toEqual([[1, 'quoting', '"a,b,c']]);
      expect(rows).toHaveLength(20_000);
    }
  });

  it('says of a closed record over many lines that it is too long', () => {
    const { rejects } = scan(`"${'x\n'.repeat(32_760)}",b,${'y'.repeat(100)}\n`);
    expect(rejects[0]).toEqual([1, 'too-long', '"x']);
  });
});

describe('columns', () => {
  it('go to their places in any order, unknown ones nowhere, and absent ones are marked', () => {
    const sink = new CollectingSink();
    const slots = [COLUMNS.indexOf('url'), -1, COLUMNS.indexOf('title'), -1];
    const header = 'url,x,title,y\n';
    const scanner = new CsvScanner({ slots, headerBytes: header.length, headerLines: 1 }, sink, () => undefined);
    for (const byte of Buffer.from(`${header}u,1,t,2\n"u""",1,"t",2\n`)) scanner.write(Uint8Array.of(byte));
    scanner.end();
    const row = (title: string, url: string) => COLUMNS.map((name) => ({ title, url })[name as 'title' | 'url']);
    expect(sink.rows).toEqual([row('t', 'u'), row('t', 'u"')]);
    expect(scanner.line).toBe(4);
  });
});
