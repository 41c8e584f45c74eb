import { COLUMNS, type Column, type RowSink } from '../../rows.js';
import { generateRows, type SampleOptions } from '../generate.js';

/** A row as text, empty fields as ''. */
export type TextRow = Readonly<Record<Column, string>>;

/** All rows of a sample as text. */
export function collectRows(options: SampleOptions): readonly TextRow[] {
  const rows: TextRow[] = [];
  const decoder = new TextDecoder('utf-8', { fatal: true });
  const sink: RowSink = {
    open: () => undefined,
    accept(bytes, starts, ends) {
      const fields = COLUMNS.map((column, i) => [column, decoder.decode(bytes.subarray(starts[i], ends[i]))] as const);
      rows.push(Object.fromEntries(fields) as TextRow);
      return undefined;
    },
  };
  generateRows(options, sink);
  return rows;
}
