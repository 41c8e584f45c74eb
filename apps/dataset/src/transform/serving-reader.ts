import type { DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { numbers, openDatabase, type DatabaseOptions } from '#libs/duckdb';
import { EntryColumns, EntryReader, type EntryColumnName } from '#libs/serving';

const COLUMNS = ['track_ids', 'ranks', 'ranks_by_region', 'streams', 'trend_ids'] as const;
const PLACED_COLUMNS = ['days', 'region_ids', 'chart_ids', ...COLUMNS] as const;

/** The dictionaries of a serving file; index = id. */
export interface ServedDictionaries {
  readonly regions: readonly string[];
  /** YYYY-MM-DD */
  readonly days: readonly string[];
  readonly trends: readonly string[];
  readonly artists: readonly { readonly name: string; readonly entries: number; readonly firstPage: number }[];
  readonly tracks: readonly {
    readonly title: string | null;
    readonly artistId: number | null;
    readonly url: string | null;
  }[];
}

/** A row of one of the tables that hold lists of entries; valid until the next row is read. */
export interface EntryRow {
  /** Values of the columns before the lists. */
  readonly scalars: readonly number[];
  readonly entries: EntryColumns;
}

/** Reads a serving file from front to back; for verifying, exporting and appending, not for serving. */
export class ServingReader {
  private constructor(
    private readonly instance: DuckDBInstance,
    private readonly connection: DuckDBConnection,
  ) {}

  /** Opens the file read-only. Throws what DuckDB reports when it is damaged. */
  static async open(options: Omit<DatabaseOptions, 'readOnly'>): Promise<ServingReader> {
    const instance = await openDatabase({ ...options, readOnly: true });
    return new ServingReader(instance, await instance.connect());
  }

  /** Closes the file. */
  close(): void {
    this.connection.closeSync();
    this.instance.closeSync();
  }

  /** Reads all dictionaries, in the order in which they are stored. */
  async dictionaries(): Promise<ServedDictionaries> {
    const rows = async (sql: string) => (await this.connection.runAndReadAll(sql)).getRowsJS();
    const artists = await rows('SELECT name, entries, first_page FROM artist');
    const tracks = await rows('SELECT title, artist_id, url FROM track');
    return {
      regions: (await rows('SELECT name FROM region')).map(([name]) => name as string),
      days: (await rows('SELECT date::VARCHAR FROM day')).map(([date]) => date as string),
      trends: (await rows('SELECT name FROM trend')).map(([name]) => name as string),
      artists: artists.map(([name, entries, firstPage]) => ({
        name: name as string,
        entries: entries as number,
        firstPage: firstPage as number,
      })),
      tracks: tracks.map(([title, artistId, url]) => ({
        title: title as string | null,
        artistId: artistId as number | null,
        url: url as string | null,
      })),
    };
  }

  /** Rows of `chart`; scalars are the chart's key. Days, regions and charts of the entries are not set. */
  charts(): AsyncGenerator<EntryRow> {
    return this.rows(`SELECT chart_key, ${COLUMNS.join()} FROM chart`, [Uint32Array], COLUMNS);
  }

  /** Rows of `artist_page`; scalars are the page's key, first day and count of earlier top200 entries. */
  pages(): AsyncGenerator<EntryRow> {
    const sql = `SELECT page_key, first_day, top200_before, ${PLACED_COLUMNS.join()} FROM artist_page`;
    return this.rows(sql, [Uint32Array, Uint16Array, Uint32Array], PLACED_COLUMNS);
  }

  /** Rows of `top_list`; scalars are the list's key. */
  topLists(): AsyncGenerator<EntryRow> {
    return this.rows(`SELECT list_key, ${PLACED_COLUMNS.join()} FROM top_list`, [Uint32Array], PLACED_COLUMNS);
  }

  private async *rows(
    sql: string,
    scalarTypes: readonly (typeof Uint16Array | typeof Uint32Array)[],
    columns: readonly EntryColumnName[],
  ): AsyncGenerator<EntryRow> {
    const entries = new EntryColumns();
    // A connection has one open result: tables that are read side by side need one each.
    using connection = disposable(await this.instance.connect());
    const result = await connection.value.stream(sql);
    for (let chunk = await result.fetchChunk(); chunk && chunk.rowCount > 0; chunk = await result.fetchChunk()) {
      const scalars = scalarTypes.map((type, column) =>
        type === Uint32Array ? numbers(chunk, column, Uint32Array) : numbers(chunk, column, Uint16Array),
      );
      const reader = new EntryReader(chunk, scalarTypes.length, columns);
      const { rowCount } = chunk;
      for (let row = 0; row < rowCount; row++) {
        entries.length = 0;
        reader.append(row, entries);
        yield { scalars: scalars.map((values) => values[row]!), entries };
      }
    }
  }
}

function disposable(connection: DuckDBConnection) {
  return { value: connection, [Symbol.dispose]: () => connection.closeSync() };
}
