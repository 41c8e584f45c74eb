import { BLOB, UINTEGER, USMALLINT, type DuckDBConnection, type DuckDBType } from '@duckdb/node-api';
import { CHUNK_ROWS, ChunkWriter, type Numbers } from '#libs/duckdb';
import { encodeEntries, type EntryColumns } from '#libs/serving';

const FLUSH_BYTES = 2 ** 20;

/** The tables of the serving file whose rows hold entries, with the types of their leading columns. */
const SCALARS = {
  chart: [UINTEGER],
  artist_page: [UINTEGER, USMALLINT, UINTEGER, UINTEGER, UINTEGER],
  top_list: [UINTEGER],
} as const satisfies Record<string, readonly DuckDBType[]>;

/** Appends rows of entries to one of the serving file's tables `chart`, `artist_page` and `top_list`. */
export class EntryListWriter {
  /** Rows added. */
  rows = 0;
  private readonly scalars: readonly Numbers[];
  private blobs: Buffer[] = [];
  private pendingBytes = 0;

  private constructor(
    private readonly writer: ChunkWriter,
    types: readonly DuckDBType[],
  ) {
    this.scalars = types.map((type) => (type === UINTEGER ? new Uint32Array(CHUNK_ROWS) : new Uint16Array(CHUNK_ROWS)));
  }

  /** A writer of a table of the attached database `serving`. */
  static async create(connection: DuckDBConnection, table: keyof typeof SCALARS): Promise<EntryListWriter> {
    const appender = await connection.createAppender(table, 'main', 'serving');
    return new EntryListWriter(new ChunkWriter(appender, [...SCALARS[table], BLOB]), SCALARS[table]);
  }

  /** Adds a row of the leading columns' values and of the entries `[start, end)`. */
  add(scalars: readonly number[], from: EntryColumns, start: number, end: number): void {
    const entries = encodeEntries(from, start, end);
    scalars.forEach((value, column) => (this.scalars[column]![this.blobs.length] = value));
    this.pendingBytes += entries.length;
    this.rows++;
    if (this.blobs.push(entries) === CHUNK_ROWS || this.pendingBytes >= FLUSH_BYTES) this.flush();
  }

  /** Writes what is pending and ends. */
  close(): void {
    this.flush();
    this.writer.close();
  }

  private flush(): void {
    if (this.blobs.length === 0) return;
    this.writer.begin(this.blobs.length);
    this.scalars.forEach((values, column) => this.writer.numbers(column, values));
    this.writer.strings(this.scalars.length, this.blobs);
    this.writer.end();
    this.blobs = [];
    this.pendingBytes = 0;
  }
}
