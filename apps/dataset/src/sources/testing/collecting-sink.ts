import { COLUMNS, type RejectReason, type RowDefaults, type RowSink } from '../../rows.js';

/** Field texts of a row in the order of COLUMNS, undefined where the file has no such column. */
export type Fields = readonly (string | undefined)[];

/** Keeps the rows as text; refuses those that `judge` gives a reason for. */
export class CollectingSink implements RowSink {
  readonly rows: Fields[] = [];
  readonly opened: RowDefaults[] = [];
  private readonly decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

  constructor(private readonly judge: (fields: Fields) => RejectReason | undefined = () => undefined) {}

  open(defaults: RowDefaults): void {
    this.opened.push(defaults);
  }

  accept(bytes: Uint8Array, starts: Int32Array, ends: Int32Array): RejectReason | undefined {
    const fields = COLUMNS.map((_, column) => {
      const start = starts[column] ?? -1;
      return start < 0 ? undefined : this.decoder.decode(bytes.subarray(start, ends[column]));
    });
    const reason = this.judge(fields);
    if (reason === undefined) this.rows.push(fields);
    return reason;
  }
}
