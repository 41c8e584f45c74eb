import type { Cell, ColumnOf, Row } from './layout.js';

const LINE_END = '\r\n';
/** Space at the ends is quoted too: some readers would take it away. */
const QUOTED = /[",\r\n]|^\s|\s$/;
/** Beginnings that spreadsheets take for a formula: those of OWASP's page on CSV injection, and a NUL as in its ASVS. */
const FORMULA = /^[=+\-@\t\r\n\0\uFF1D\uFF0B\uFF0D\uFF20]/;

/**
 * Rows as CSV by RFC 4180, in this order of columns: a line of names, lines that end with CR LF, quotes doubled, an empty
 * field for null. With `defuse`, a text that a spreadsheet would run as a formula begins with an apostrophe.
 */
export function csvText(rows: readonly Row[], columns: readonly ColumnOf[], defuse: boolean): string {
  const lines = [columns.map(({ name }) => field(name)).join(',')];
  // A line with nothing on it is no row to many readers; quotes tell it from one, and no text of a list is empty.
  const nothing = columns.length === 1 ? '""' : '';
  for (const row of rows) lines.push(columns.map(({ name }) => cell(row[name]!, defuse, nothing)).join(','));
  return lines.join(LINE_END) + LINE_END;
}

function cell(value: Cell, defuse: boolean, nothing: string): string {
  if (value === null) return nothing;
  if (typeof value === 'number') return String(value);
  return field(defuse && FORMULA.test(value) ? `'${value}` : value);
}

function field(text: string): string {
  return text === '' || QUOTED.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
