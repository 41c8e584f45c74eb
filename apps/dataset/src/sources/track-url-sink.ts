import { COLUMNS, type RejectReason, type RowDefaults, type RowSink } from '../rows.js';

const URI = Buffer.from('spotify:track:');
const URL = Buffer.from('https://open.spotify.com/track/');
const URL_COLUMN = COLUMNS.indexOf('url');

/** Hands rows on with `spotify:track:ID` in the column url written as the export does, `https://open.spotify.com/track/ID`. */
export class TrackUrlSink implements RowSink {
  private row: Uint8Array = new Uint8Array(4096);
  private readonly starts = new Int32Array(COLUMNS.length);
  private readonly ends = new Int32Array(COLUMNS.length);

  constructor(private readonly sink: RowSink) {}

  open(defaults: RowDefaults): void {
    this.sink.open(defaults);
  }

  accept(bytes: Uint8Array, starts: Int32Array, ends: Int32Array): RejectReason | undefined {
    const start = starts[URL_COLUMN] ?? -1;
    if (start < 0 || !beginsWithUri(bytes, start, ends[URL_COLUMN] ?? 0)) return this.sink.accept(bytes, starts, ends);
    let at = URL.length - URI.length;
    for (let column = 0; column < COLUMNS.length; column++)
      at += Math.max(0, (ends[column] ?? 0) - (starts[column] ?? 0));
    if (this.row.length < at) this.row = new Uint8Array(at * 2);
    at = 0;
    for (let column = 0; column < COLUMNS.length; column++) {
      let from = starts[column] ?? -1;
      this.starts[column] = from < 0 ? -1 : at;
      if (from < 0) continue;
      if (column === URL_COLUMN) {
        this.row.set(URL, at);
        at += URL.length;
        from += URI.length;
      }
      const to = ends[column] ?? from;
      this.row.set(bytes.subarray(from, to), at);
      at += to - from;
      this.ends[column] = at;
    }
    return this.sink.accept(this.row, this.starts, this.ends);
  }
}

function beginsWithUri(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start < URI.length) return false;
  for (let i = 0; i < URI.length; i++) if (bytes[start + i] !== URI[i]) return false;
  return true;
}
