const DAY_MS = 86_400_000;
const SHAPE = /^(\d{4})-(\d{2})-(\d{2})$/;

/** The earliest and latest chart days a dataset can hold, as YYYY-MM-DD; days are stored as days since 1970-01-01 in 16 bits. */
export const FIRST_DAY = '1970-01-01';
export const LAST_DAY = '2149-06-06';

/**
 * Days since 1970-01-01 of a calendar date written YYYY-MM-DD, or undefined when the text is no calendar date
 * (2021-02-29, 2021-1-1) or lies outside {@link FIRST_DAY}..{@link LAST_DAY}. Chart days have no zone and no time.
 */
export function parseDay(text: string): number | undefined {
  const match = SHAPE.exec(text);
  if (!match) return undefined;
  const time = Date.UTC(Number(match[1]), Number(match[2]) - 1, Number(match[3]));
  const day = time / DAY_MS;
  return day >= 0 && day <= 0xffff && formatDay(day) === text ? day : undefined;
}

/** The calendar date YYYY-MM-DD of a count of days since 1970-01-01. */
export function formatDay(day: number): string {
  return new Date(day * DAY_MS).toISOString().slice(0, 10);
}
