import {
  DATE,
  DOUBLE,
  UINTEGER,
  USMALLINT,
  UTINYINT,
  VARCHAR,
  type DuckDBConnection,
  type DuckDBType,
} from '@duckdb/node-api';
import { CHUNK_ROWS, ChunkWriter } from '#libs/duckdb';
import type { FinalIds } from './dictionaries.js';
import { NO_TEXT } from './intake.js';
import type { ChartTotals } from './write-charts.js';

/** Writes one column of the rows `[start, start + count)`. */
type Column = (writer: ChunkWriter, column: number, start: number, count: number) => void;

interface Dictionary {
  readonly table: string;
  readonly rows: number;
  readonly columns: readonly (readonly [DuckDBType, Column])[];
}

/** Writes the tables region, day, trend, artist and track of the attached database `serving`. */
export async function writeDictionaries(
  connection: DuckDBConnection,
  ids: FinalIds,
  totals: ChartTotals,
  firstPages: Uint32Array,
): Promise<void> {
  for (const { table, rows, columns } of [...placeDictionaries(ids, totals), ...songDictionaries(ids, firstPages)]) {
    const types = columns.map(([type]) => type);
    const writer = new ChunkWriter(await connection.createAppender(table, 'main', 'serving'), types);
    for (let start = 0; start < rows; start += CHUNK_ROWS) {
      const count = Math.min(CHUNK_ROWS, rows - start);
      writer.begin(count);
      columns.forEach(([, write], column) => write(writer, column, start, count));
      writer.end();
    }
    writer.close();
  }
}

function placeDictionaries(ids: FinalIds, { streamSums, streamCounts }: ChartTotals): readonly Dictionary[] {
  const { regions, days, trends } = ids.used;
  const averages = streamSums.map((sum, id) => sum / streamCounts[id]!);
  const region: Dictionary['columns'] = [
    [USMALLINT, numbers((id) => id, Uint16Array)],
    [VARCHAR, texts((id) => ids.regionName(id))],
    [DOUBLE, nullable((id) => averages[id]!, Float64Array, Number.isNaN)],
  ];
  const day: Dictionary['columns'] = [
    [USMALLINT, numbers((id) => id, Uint16Array)],
    [DATE, numbers((id) => days.kept[id]!, Uint32Array)],
  ];
  const trend: Dictionary['columns'] = [
    [UTINYINT, numbers((id) => id, Uint8Array)],
    [VARCHAR, texts((id) => ids.trendName(id))],
  ];
  return [
    { table: 'region', rows: regions.kept.length, columns: region },
    { table: 'day', rows: days.kept.length, columns: day },
    { table: 'trend', rows: trends.kept.length, columns: trend },
  ];
}

function songDictionaries(ids: FinalIds, firstPages: Uint32Array): readonly Dictionary[] {
  const { artists, tracks } = ids.used;
  const artist: Dictionary['columns'] = [
    [UINTEGER, numbers((id) => id, Uint32Array)],
    [VARCHAR, texts((id) => ids.artistName(id))],
    [UINTEGER, numbers((id) => ids.artistEntries[id]!, Uint32Array)],
    [UINTEGER, numbers((id) => firstPages[id]!, Uint32Array)],
  ];
  const track: Dictionary['columns'] = [
    [UINTEGER, numbers((id) => id, Uint32Array)],
    [VARCHAR, texts((id) => ids.title(id))],
    [
      UINTEGER,
      nullable(
        (id) => ids.artistOfTrack[id]!,
        Uint32Array,
        (artistId) => artistId === NO_TEXT,
      ),
    ],
    [VARCHAR, texts((id) => ids.url(id))],
  ];
  return [
    { table: 'artist', rows: artists.kept.length, columns: artist },
    { table: 'track', rows: tracks.kept.length, columns: track },
  ];
}

type NumbersType = typeof Uint8Array | typeof Uint16Array | typeof Uint32Array | typeof Float64Array;

function numbers(value: (id: number) => number, type: NumbersType): Column {
  return (writer, column, start, count) => {
    const values = new type(count);
    for (let row = 0; row < count; row++) values[row] = value(start + row);
    writer.numbers(column, values);
  };
}

function nullable(value: (id: number) => number, type: NumbersType, isNull: (value: number) => boolean): Column {
  const write = numbers((id) => (isNull(value(id)) ? 0 : value(id)), type);
  return (writer, column, start, count) => {
    write(writer, column, start, count);
    writer.nulls(column, (row) => isNull(value(start + row)));
  };
}

function texts(text: (id: number) => Uint8Array | null): Column {
  return (writer, column, start, count) =>
    writer.strings(
      column,
      Array.from({ length: count }, (_, row) => text(start + row)),
    );
}
