import fc from 'fast-check';
import { z } from 'zod';
import { layoutOf, type Layout, type Row } from '../layout.js';

/** Layout of a list with a column of each type. */
export const ROWS: Layout = layoutOf(
  z.array(
    z.object({
      title: z.string().nullable(),
      day: z.iso.date(),
      streams: z.int().nonnegative().nullable(),
      movement: z.int(),
      mean: z.number().nullable(),
      rank: z.int().positive(),
    }),
  ),
);

/** Layout of an object of lists. */
export const LISTS: Layout = layoutOf(
  z.object({ regions: z.array(z.string()), artists: z.array(z.string()), dates: z.array(z.iso.date()) }),
);

const PIECES = [
  ',',
  '"',
  '\r',
  '\n',
  '\t',
  "'",
  '=',
  '+',
  '-',
  '@',
  ';',
  ' ',
  '😀',
  'é',
  '\uFEFF',
  '\u2028',
  '\0',
  'a',
  '1',
];

/** Texts of what is hard to write in some format, and others; never empty, as those of the data. */
export const anyText = fc.oneof(
  fc.array(fc.constantFrom(...PIECES), { minLength: 1, maxLength: 6 }).map((pieces) => pieces.join('')),
  fc.string({ unit: 'binary', minLength: 1 }).filter((text) => text.isWellFormed()),
  fc.constantFrom('=HYPERLINK("http://x.example","y")', '2021-01-01', '007', '1e3', 'null', 'NaN', 'true'),
);

const anyDay = fc
  .date({ min: new Date('1970-01-01'), max: new Date('2149-06-06'), noInvalidDate: true })
  .map((date) => date.toISOString().slice(0, 10));

const anyRow = fc.record({
  title: fc.option(anyText),
  day: anyDay,
  streams: fc.option(fc.oneof(fc.nat(), fc.constantFrom(0, 1, 2 ** 31, 2 ** 32 - 1))),
  movement: fc.oneof(fc.integer(), fc.constantFrom(-(2 ** 31), 2 ** 31 - 1)),
  mean: fc.option(fc.double({ noNaN: true, noDefaultInfinity: true }).map((mean) => (mean === 0 ? 0 : mean))),
  rank: fc.integer({ min: 1, max: 200 }),
});

/** Rows of {@link ROWS}, from none to some. */
export const anyRows: fc.Arbitrary<readonly Row[]> = fc.array(anyRow, { maxLength: 20 });

/** Some members of a layout in some order, or undefined for all of them as they are. */
export function anyFields({ members }: Layout): fc.Arbitrary<readonly string[] | undefined> {
  return fc.option(fc.shuffledSubarray([...members], { minLength: 1 }), { nil: undefined });
}

/** A row with these columns only, in this order. */
export function pick(row: Row, names: readonly string[]): Row {
  return Object.fromEntries(names.map((name) => [name, row[name] ?? null]));
}

/** Lists of {@link LISTS}. */
export const anyLists = fc.record({
  regions: fc.array(anyText, { maxLength: 5 }),
  artists: fc.array(anyText, { maxLength: 5 }),
  dates: fc.array(anyDay, { maxLength: 5 }),
});
