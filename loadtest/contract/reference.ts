import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';

/** A row of an answer. */
export type Row = Readonly<Record<string, string | number | null>>;

/**
 * The contract a second time, in plain SQL over the raw rows of an export: slow and straightforward, without any of the
 * orders, keys and dictionaries that the service answers from.
 */
export class Reference {
  private constructor(private readonly connection: DuckDBConnection) {}

  /** Reads an export (CSV, packed or not) without bad rows. */
  static async of(csv: string): Promise<Reference> {
    const connection = await (await DuckDBInstance.create(':memory:')).connect();
    await connection.run(`
      CREATE TABLE rows AS
      SELECT DISTINCT nullif(title, '') AS title, rank::INTEGER AS rank, date::DATE AS date, nullif(artist, '') AS artist,
        nullif(url, '') AS url, region, chart, nullif(trend, '') AS trend, nullif(streams, '')::BIGINT AS streams
      FROM read_csv('${csv}', all_varchar = true, header = true, delim = ',', quote = '"', escape = '"', auto_detect = false,
        columns = {${COLUMNS.map((name) => `'${name}': 'VARCHAR'`).join()}})`);
    await connection.run(`
      CREATE TABLE kept AS
      SELECT * EXCLUDE (place) FROM (
        SELECT *, row_number() OVER (
          PARTITION BY title, artist, region, chart, date
          ORDER BY rank, streams DESC NULLS LAST, url NULLS LAST, trend NULLS LAST
        ) AS place FROM rows
      ) WHERE place = 1 OR title IS NULL OR artist IS NULL`);
    await connection.run(`
      CREATE TABLE entry AS
      SELECT *,
        CASE WHEN chart = 'top200' AND streams IS NOT NULL
          THEN rank() OVER (PARTITION BY region, date, chart, streams IS NULL ORDER BY streams DESC) ELSE rank END AS by_region,
        avg(streams) OVER (PARTITION BY region) AS average
      FROM kept`);
    return new Reference(connection);
  }

  /** GET /rankings */
  rankings(region: string, date: string, limit: number, chart: string): Promise<Row[]> {
    return this.rows(
      `SELECT title AS track_title, artist, region, streams AS track_streams, by_region AS rank_by_region FROM entry
       WHERE region = $1 AND date = $2::DATE AND chart = $3
       ORDER BY by_region, rank, title NULLS LAST, artist NULLS LAST, url NULLS LAST LIMIT ${limit}`,
      [region, date, chart],
    );
  }

  /** GET /artist */
  artist(artist: string, limit: number, offset: number, chart?: string): Promise<Row[]> {
    return this.rows(
      `SELECT title AS track_title, date::VARCHAR AS date, region, streams AS track_streams, by_region AS rank_by_region
       FROM entry WHERE artist = $1 ${chart === undefined ? '' : `AND chart = '${chart}'`}
       ORDER BY entry.date, region, chart, by_region, title NULLS LAST, url NULLS LAST LIMIT ${limit} OFFSET ${offset}`,
      [artist],
    );
  }

  /** GET /tracks */
  tracks(wanted: { readonly date?: string; readonly region?: string; readonly artist?: string }): Promise<Row[]> {
    const columns = Object.entries(wanted).filter(([, value]) => value !== undefined);
    const conditions = columns.map(([column], i) => `${column} = $${i + 1}${column === 'date' ? '::DATE' : ''}`);
    return this.rows(
      `SELECT title AS track_title, rank AS global_rank, date::VARCHAR AS date, artist, url AS track_url, region, chart, trend,
         streams AS track_streams, average AS avg_streams, by_region AS rank_by_region
       FROM entry ${conditions.length > 0 ? `WHERE ${conditions.join(' AND ')}` : ''}
       ORDER BY streams DESC NULLS LAST, entry.date, region, chart, by_region, title NULLS LAST, artist NULLS LAST, url NULLS LAST
       LIMIT 200`,
      columns.map(([, value]) => value),
    );
  }

  /** GET /filters */
  async filters(): Promise<{ regions: string[]; artists: string[]; dates: string[] }> {
    const values = async (column: string) =>
      (
        await this.rows(`SELECT DISTINCT ${column}::VARCHAR AS v FROM entry WHERE ${column} IS NOT NULL ORDER BY v`, [])
      ).map(({ v }) => v as string);
    return { regions: await values('region'), artists: await values('artist'), dates: await values('date') };
  }

  /** The last day on which a region has a chart, of any kind when none is given. */
  async latest(region?: string, chart?: string): Promise<string> {
    const [row] = await this.rows(
      `SELECT max(date)::VARCHAR AS v FROM entry WHERE coalesce(region = $1, true) AND coalesce(chart = $2, true)`,
      [region ?? null, chart ?? null],
    );
    return row!['v'] as string;
  }

  private async rows(sql: string, values: readonly (string | null)[]): Promise<Row[]> {
    const result = await this.connection.runAndReadAll(sql, [...values]);
    return result
      .getRowObjectsJS()
      .map((row) =>
        Object.fromEntries(
          Object.entries(row).map(([name, value]) => [name, typeof value === 'bigint' ? Number(value) : value]),
        ),
      ) as Row[];
  }
}

const COLUMNS = ['title', 'rank', 'date', 'artist', 'url', 'region', 'chart', 'trend', 'streams'];
