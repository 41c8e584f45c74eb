import { LIST, UINTEGER, USMALLINT, UTINYINT, type DuckDBConnection, type DuckDBType } from '@duckdb/node-api';
import { CHUNK_ROWS, ChunkWriter, type Numbers } from '#libs/duckdb';
import { EntryColumns, NO_STREAMS } from '#libs/serving';

const FLUSH_ENTRIES = 32_768;
const ENTRY_TYPES = [LIST(UINTEGER), LIST(USMALLINT), LIST(USMALLINT), LIST(UINTEGER), LIST(UTINYINT)];
const PLACE_TYPES = [LIST(USMALLINT), LIST(USMALLINT), LIST(UTINYINT)];

/** The tables of the serving file whose rows hold lists of entries, with the types of their leading columns. */
const SCALARS = {
  chart: [UINTEGER],
  artist_page: [UINTEGER, USMALLINT, UINTEGER],
  top_list: [UINTEGER],
} as const satisfies Record<string, readonly DuckDBType[]>;

/** Appends rows of entries to one of the serving file's tables `chart`, `artist_page` and `top_list`. */
export class EntryListWriter {
  /** Rows added. */
  rows = 0;
  private readonly scalars: readonly Numbers[];
  private readonly bounds = new Uint32Array(CHUNK_ROWS + 1);
  private readonly entries = new EntryColumns();
  private pending = 0;

  private constructor(
    private readonly writer: ChunkWriter,
    types: readonly DuckDBType[],
    private readonly placed: boolean,
  ) {
    this.scalars = types.map((type) => (type === UINTEGER ? new Uint32Array(CHUNK_ROWS) : new Uint16Array(CHUNK_ROWS)));
  }

  /** A writer of a table of the attached database `serving`. */
  static async create(connection: DuckDBConnection, table: keyof typeof SCALARS): Promise<EntryListWriter> {
    const placed = table !== 'chart';
    const types = [...SCALARS[table], ...(placed ? PLACE_TYPES : []), ...ENTRY_TYPES];
    const appender = await connection.createAppender(table, 'main', 'serving');
    return new EntryListWriter(new ChunkWriter(appender, types), SCALARS[table], placed);
  }

  /** Adds a row of the leading columns' values and of copies of the entries `[start, end)`. */
  add(scalars: readonly number[], from: EntryColumns, start: number, end: number): void {
    scalars.forEach((value, column) => (this.scalars[column]![this.pending] = value));
    for (let index = start; index < end; index++) this.entries.push(from, index);
    this.bounds[++this.pending] = this.entries.length;
    this.rows++;
    if (this.pending === CHUNK_ROWS || this.entries.length >= FLUSH_ENTRIES) this.flush();
  }

  /** Writes what is pending and ends. */
  close(): void {
    this.flush();
    this.writer.close();
  }

  private flush(): void {
    if (this.pending === 0) return;
    const { writer, bounds, entries } = this;
    writer.begin(this.pending);
    this.scalars.forEach((values, column) => writer.numbers(column, values));
    let column = this.scalars.length;
    if (this.placed) {
      for (const values of [entries.days, entries.regionIds, entries.chartIds]) writer.lists(column++, bounds, values);
    }
    for (const values of [entries.trackIds, entries.ranks, entries.ranksByRegion]) {
      writer.lists(column++, bounds, values);
    }
    writer.lists(column++, bounds, entries.streams, NO_STREAMS);
    writer.lists(column, bounds, entries.trendIds);
    writer.end();
    this.pending = 0;
    this.entries.length = 0;
  }
}
