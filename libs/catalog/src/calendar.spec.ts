import fc from 'fast-check';
import { FIRST_DAY, formatDay, isCalendarDate, LAST_DAY, parseDay } from './calendar.js';

describe('a day', () => {
  it('is the number of days since 1970-01-01', () => {
    expect([FIRST_DAY, '1970-01-02', '2000-03-01', LAST_DAY].map(parseDay)).toEqual([0, 1, 11_017, 65_535]);
  });

  it('is the same after it was written and read, each of them', () => {
    for (let day = 0; day <= 0xffff; day++) expect(parseDay(formatDay(day))).toBe(day);
  });

  it('follows the one before in the order of its text', () => {
    fc.assert(fc.property(fc.nat(0xffff), fc.nat(0xffff), (a, b) => expect(formatDay(a) < formatDay(b)).toBe(a < b)));
  });

  it.each([
    '',
    '2021-02-29',
    '2100-02-29',
    '2021-04-31',
    '2021-13-01',
    '2021-00-01',
    '2021-01-00',
    '2021-01-32',
    '2021-1-1',
    '21-01-01',
    '2021/01/01',
    '20210101',
    ' 2021-01-01',
    '2021-01-01 ',
    '2021-01-01\n',
    '2021-01-01T00:00:00Z',
    '-2021-01-01',
    '+2021-01-01',
    '12021-01-01',
    '0000-00-00',
    '0001-01-01',
    '0099-12-31',
    '1969-12-31',
    '2149-06-07',
    '9999-12-31',
    '２０２１-01-01',
    'latest',
    'NaN-01-01',
  ])('is not %j', (text) => expect(parseDay(text)).toBeUndefined());

  it('is no other text than the one it is written as', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.stringMatching(/^\d{4}-\d{2}-\d{2}$/)), (text) => {
        const day = parseDay(text);
        expect(day === undefined || formatDay(day) === text).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('a date of the calendar', () => {
  // JavaScript takes a 30th of February for the 1st or 2nd of March.
  const known = (text: string) => new Date(`${text}T00:00:00Z`).toISOString().slice(0, 10) === text;
  const two = (number: number) => String(number).padStart(2, '0');

  it.each([0, 1, 4, 1900, 1999, 2000, 2021, 2024, 2100, 9996, 9999])(
    'of the year %i has its days and no others',
    (year) => {
      for (let month = 1; month <= 12; month++)
        for (let day = 1; day <= 31; day++) {
          const text = `${String(year).padStart(4, '0')}-${two(month)}-${two(day)}`;
          expect([text, isCalendarDate(text)]).toEqual([text, known(text)]);
        }
    },
  );

  it.each([
    '',
    '2021-13-01',
    '2021-00-10',
    '2021-10-00',
    '2021-10-32',
    '2021-1-01',
    '20a1-01-01',
    '2021-01-0a',
    '2021-01-011',
  ])('is not %j', (text) => expect(isCalendarDate(text)).toBe(false));
});
