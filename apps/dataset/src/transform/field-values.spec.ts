import fc from 'fast-check';
import { parseDay } from '#libs/catalog';
import { NO_STREAMS } from '#libs/serving';
import { DayReader, parseChart, parseStreams, parseWhole } from './field-values.js';

/** Calls a reader of `bytes[start, end)` with the text in the middle of other digits, which it must not look at. */
function within<T>(read: (bytes: Uint8Array, start: number, end: number) => T, text: string): T {
  const bytes = Buffer.from(`12.${text}34.0`);
  return read(bytes, 3, bytes.length - 4);
}

describe('streams', () => {
  it.each([
    ['', NO_STREAMS],
    ['0', 0],
    ['007', 7],
    ['6784', 6784],
    ['6784.0', 6784],
    ['6784.000', 6784],
    ['4294967294', 4_294_967_294],
    ['4294967294.0', 4_294_967_294],
    ['4294967295', -1],
    ['42949672940', -1],
    ['99999999999999999999999', -1],
    ['5.5', -1],
    ['5.05', -1],
    ['5.', -1],
    ['.0', -1],
    ['.', -1],
    ['5.0.0', -1],
    ['-1', -1],
    ['+5', -1],
    ['1e3', -1],
    ['1,000', -1],
    [' 5', -1],
    ['5 ', -1],
    ['٥', -1],
    ['NaN', -1],
    ['0x10', -1],
  ])('%j are %d', (text, streams) => expect(within(parseStreams, text)).toBe(streams));

  it('are read as they are written, any number of them', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: NO_STREAMS - 1 }), fc.boolean(), (value, floating) =>
        expect(within(parseStreams, floating ? `${value}.0` : String(value))).toBe(value),
      ),
    );
  });
});

describe('a whole number', () => {
  it.each([
    ['1000', 1000],
    ['1001', -1],
    ['0', 0],
    ['', -1],
    ['1.0', 1],
  ])('%j of at most 1000 is %d', (text, value) =>
    expect(within((bytes, start, end) => parseWhole(bytes, start, end, 1000), text)).toBe(value),
  );
});

describe('a chart', () => {
  it.each([
    ['top200', 0],
    ['viral50', 1],
    ['', -1],
    ['Top200', -1],
    ['top20', -1],
    ['top2000', -1],
  ])('%j has the id %d', (text, id) => expect(within(parseChart, text)).toBe(id));
});

describe('a date', () => {
  it.each([
    ['2020-02-29', 18321],
    ['1970-01-01', 0],
    ['2149-06-06', 65535],
    ['2021-02-29', -1],
    ['2020-1-1', -1],
    ['2149-06-07', -1],
    ['1969-12-31', -1],
    ['0000-01-01', -1],
    ['2020-13-01', -1],
    ['2020-00-10', -1],
    ['01/02/2020', -1],
    ['2020-01-01T', -1],
    ['20200101', -1],
    ['', -1],
    ['2020-01-0é', -1],
  ])('%j is day %d', (text, day) => {
    const days = new DayReader();
    expect(within((bytes, start, end) => days.parse(bytes, start, end), text)).toBe(day);
  });

  it('is read the same whatever came before it', () => {
    const texts = fc.oneof(
      fc.integer({ min: 0, max: 0xffff }).map((day) => new Date(day * 86_400_000).toISOString().slice(0, 10)),
      fc.stringMatching(/^[0-9-]{10}$/),
    );
    fc.assert(
      fc.property(fc.array(texts, { minLength: 2 }), (dates) => {
        const days = new DayReader();
        for (const date of dates.flatMap((text) => [text, text])) {
          expect(within((bytes, start, end) => days.parse(bytes, start, end), date)).toBe(parseDay(date) ?? -1);
        }
      }),
    );
  });
});
