const DAY_MS = 86_400_000;
const [HYPHEN, ZERO] = [0x2d, 0x30];
const DAYS_OF_MONTH = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] as const;

/** The earliest and latest chart days a dataset can hold, as YYYY-MM-DD; days are stored as days since 1970-01-01 in 16 bits. */
export const FIRST_DAY = '1970-01-01';
export const LAST_DAY = '2149-06-06';

/**
 * Days since 1970-01-01 of a calendar date written YYYY-MM-DD, or undefined when the text is no calendar date
 * (2021-02-29, 2021-1-1) or lies outside {@link FIRST_DAY}..{@link LAST_DAY}. Chart days have no zone and no time.
 */
export function parseDay(text: string): number | undefined {
  if (!isCalendarDate(text) || text < FIRST_DAY || text > LAST_DAY) return undefined;
  return Date.parse(text) / DAY_MS;
}

/** Whether a text is a date of the calendar, of any year of four digits, written YYYY-MM-DD. By its digits: each first question has one. */
export function isCalendarDate(text: string): boolean {
  if (text.length !== 10 || text.charCodeAt(4) !== HYPHEN || text.charCodeAt(7) !== HYPHEN) return false;
  const [year, month, day] = [pair(text, 0) * 100 + pair(text, 2), pair(text, 5), pair(text, 8)];
  if (Number.isNaN(year) || !(month >= 1 && month <= 12) || !(day >= 1)) return false;
  return day <= DAYS_OF_MONTH[month - 1]! || (month === 2 && day === 29 && isLeap(year));
}

function isLeap(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
}

/** The two digits at a place as a number, or NaN when they are none. */
function pair(text: string, at: number): number {
  const tens = text.charCodeAt(at) - ZERO;
  const ones = text.charCodeAt(at + 1) - ZERO;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : NaN;
}

/** The calendar date YYYY-MM-DD of a count of days since 1970-01-01. */
export function formatDay(day: number): string {
  return new Date(day * DAY_MS).toISOString().slice(0, 10);
}
