import { arrowStream } from './arrow.js';
import { csvText } from './csv.js';
import { kindOf, type ColumnOf, type Row } from './layout.js';
import type { Presentation } from './presentation.js';

/**
 * Shows a list: takes its JSON as the services make it and returns the bytes in the format and with the members of the
 * presentation. Takes JSON apart, so it belongs behind the cache. Throws RangeError where a number has no place in Arrow.
 */
export function present(json: Buffer, { format, fields, defuse, layout }: Presentation): Buffer {
  if (format === 'json' && fields === undefined) return json;
  const content: unknown = JSON.parse(json.toString());
  // A list of names given to JSON.stringify selects the members and puts them in its order.
  const selected = fields && [...fields];
  if (format === 'json') return Buffer.from(JSON.stringify(content, selected));
  const isRows = layout.form === 'rows';
  const rows = isRows ? (content as readonly Row[]) : rowsOfLists(content as Lists, fields ?? layout.members);
  if (format === 'ndjson') return jsonLines(rows, isRows ? selected : undefined);
  const columns = isRows && fields ? select(layout.columns, fields) : layout.columns;
  return format === 'csv' ? Buffer.from(csvText(rows, columns, defuse)) : arrowStream(rows, columns);
}

type Lists = Readonly<Record<string, readonly string[]>>;

function rowsOfLists(lists: Lists, names: readonly string[]): Row[] {
  return names.flatMap((name) => lists[name]!.map((value) => ({ kind: kindOf(name), value })));
}

function jsonLines(rows: readonly Row[], selected: string[] | undefined): Buffer {
  return Buffer.from(rows.map((row) => `${JSON.stringify(row, selected)}\n`).join(''));
}

function select(columns: readonly ColumnOf[], names: readonly string[]): ColumnOf[] {
  return names.map((name) => columns.find((column) => column.name === name)!);
}
