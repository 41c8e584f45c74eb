import type { DuckDBConnection, DuckDBInstance, JS } from '@duckdb/node-api';
import { ByteColumn, lockDatabase, numbers, openDatabase, type DatabaseOptions, type Numbers } from '#libs/duckdb';
import { decodeEntries, EntryColumns } from '#libs/serving';

/** The dictionaries of a serving file; index = id. */
export interface ServedDictionaries {
  readonly regions: readonly string[];
  /** Mean of the known streams of each region, null where none is known. */
  readonly averages: readonly (number | null)[];
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

  /**
   * Opens the file read-only and locked, for whoever made it may have put views in the place of tables. Throws what DuckDB
   * reports when it is damaged.
   */
  static async open(options: Omit<DatabaseOptions, 'readOnly'>): Promise<ServingReader> {
    const instance = await openDatabase({ ...options, readOnly: true });
    await lockDatabase(instance);
    return new ServingReader(instance, await instance.connect());
  }

  /** Closes the file. */
  close(): void {
    this.connection.closeSync();
    this.instance.closeSync();
  }

  /** Names of the indexes, in byte order. */
  async indexes(): Promise<readonly string[]> {
    const reader = await this.connection.runAndReadAll('SELECT index_name FROM duckdb_indexes() ORDER BY index_name');
    return reader.getRowsJS().map(([name]) => name as string);
  }

  /** Reads all dictionaries. Throws when one is not stored in the order of its ids, counted from 0. */
  async dictionaries(): Promise<ServedDictionaries> {
    // As bytes: made a string by DuckDB's binding, a text would lose a mark of the byte order at its beginning.
    const regions = await this.dictionary('region', 'encode(name), average_streams');
    const artists = await this.dictionary('artist', 'encode(name), entries, first_page');
    const tracks = await this.dictionary('track', 'encode(title), artist_id, encode(url)');
    return {
      regions: regions.map(([name]) => text(name)),
      averages: regions.map(([, average]) => average as number | null),
      days: (await this.dictionary('day', 'date::VARCHAR')).map(([date]) => date as string),
      trends: (await this.dictionary('trend', 'encode(name)')).map(([name]) => text(name)),
      artists: artists.map(([name, entries, firstPage]) => ({
        name: text(name),
        entries: entries as number,
        firstPage: firstPage as number,
      })),
      tracks: tracks.map(([title, artistId, url]) => ({
        title: title === null ? null : text(title),
        artistId: artistId as number | null,
        url: url === null ? null : text(url),
      })),
    };
  }

  /** Rows of `chart`; scalars are the chart's key. */
  charts(): AsyncGenerator<EntryRow> {
    return this.rows('chart', ['chart_key'], [Uint32Array]);
  }

  /** Rows of `artist_page`; scalars are the page's key, first day, count of earlier top200 entries and bits of its regions. */
  pages(): AsyncGenerator<EntryRow> {
    return this.rows(
      'artist_page',
      ['page_key', 'first_day', 'top200_before', 'regions_low', 'regions_high'],
      [Uint32Array, Uint16Array, Uint32Array, Uint32Array, Uint32Array],
    );
  }

  /** Rows of `top_list`; scalars are the list's key. */
  topLists(): AsyncGenerator<EntryRow> {
    return this.rows('top_list', ['list_key'], [Uint32Array]);
  }

  private async dictionary(table: string, columns: string): Promise<readonly JS[][]> {
    const reader = await this.connection.runAndReadAll(`SELECT ${table}_id, ${columns} FROM ${table}`);
    return reader.getRowsJS().map(([id, ...values], row) => {
      if (id !== row) throw new Error(`table ${table} is not in the order of its ids: row ${row} has another`);
      return values;
    });
  }

  private async *rows(
    table: string,
    names: readonly string[],
    types: readonly (typeof Uint16Array | typeof Uint32Array)[],
  ): AsyncGenerator<EntryRow> {
    const entries = new EntryColumns();
    // A connection has one open result: tables that are read side by side need one each.
    using connection = disposable(await this.instance.connect());
    const result = await connection.value.stream(`SELECT ${names.join()}, entries FROM ${table}`);
    for (let chunk = await result.fetchChunk(); chunk && chunk.rowCount > 0; chunk = await result.fetchChunk()) {
      const scalars: Numbers[] = [];
      for (const [column, type] of types.entries()) {
        scalars.push(type === Uint32Array ? numbers(chunk, column, Uint32Array) : numbers(chunk, column, Uint16Array));
      }
      const packed = new ByteColumn(chunk, types.length);
      const { rowCount } = chunk;
      for (let row = 0; row < rowCount; row++) {
        entries.length = 0;
        decodeEntries(packed.get(row), entries);
        yield { scalars: scalars.map((values) => values[row]!), entries };
      }
    }
  }
}

function disposable(connection: DuckDBConnection) {
  return { value: connection, [Symbol.dispose]: () => connection.closeSync() };
}

function text(bytes: JS | undefined): string {
  return Buffer.from(bytes as Uint8Array).toString();
}
