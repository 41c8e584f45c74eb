import type { DuckDBConnection } from '@duckdb/node-api';
import { numbers } from '#libs/duckdb';
import { ChartDay } from './chart-day.js';
import type { Order } from './dictionaries.js';

const RANKS = 2048; // a power of two above MAX_RANK
const TWO_32 = 2 ** 32;

/**
 * Sorts the staged rows by day, region, chart and rank into the table `sorted`. `region_order` (region, region_id)
 * gives the ids of the regions in the order of their names.
 */
export async function sortStage(connection: DuckDBConnection): Promise<void> {
  await connection.run(`
    CREATE TABLE sorted AS
    SELECT ((day::UBIGINT * 65536 + region_id) * 2 + chart) * ${RANKS} + rank AS place, track, streams, trend, origin
    FROM stage JOIN region_order USING (region)
    ORDER BY place`);
  await connection.run('DROP TABLE stage');
}

/**
 * Reads the sorted rows chart by chart, with ids in the order of their values; the same object is handed out each time.
 * `takes` leaves out rows by their ordinal. Throws when fewer rows come than were staged.
 */
export async function* readChartDays(
  connection: DuckDBConnection,
  { intake, tracks: { order: trackOrder }, trendOrder }: Order,
  takes: (ordinal: number) => boolean,
): AsyncGenerator<ChartDay> {
  const chart = new ChartDay();
  let current = -1;
  let ordinal = 0;
  const result = await connection.stream('SELECT place, track, streams, trend, origin FROM sorted');
  for (let chunk = await result.fetchChunk(); chunk && chunk.rowCount > 0; chunk = await result.fetchChunk()) {
    // Places have 44 bits: read as halves of 64-bit integers, which costs no BigInt a row.
    const wide = numbers(chunk, 0, Float64Array);
    const places = new Uint32Array(wide.buffer, wide.byteOffset, wide.length * 2);
    const tracks = numbers(chunk, 1, Uint32Array);
    const streams = numbers(chunk, 2, Uint32Array);
    const trends = numbers(chunk, 3, Uint8Array);
    const origins = numbers(chunk, 4, Uint8Array);
    const { rowCount } = chunk;
    for (let row = 0; row < rowCount; row++, ordinal++) {
      if (!takes(ordinal)) continue;
      const place = places[row * 2]! + places[row * 2 + 1]! * TWO_32;
      const rank = place % RANKS;
      const key = (place - rank) / RANKS;
      if (key !== current) {
        if (chart.length > 0) yield chart;
        begin(chart, key);
        current = key;
      }
      chart.push(rank, trackOrder[tracks[row]!]!, streams[row]!, trendOrder[trends[row]!]!, origins[row]!, ordinal);
    }
  }
  if (ordinal !== intake.rows) throw new Error(`read ${ordinal} of ${intake.rows} staged rows`);
  if (chart.length > 0) yield chart;
}

function begin(chart: ChartDay, key: number): void {
  chart.chartId = key % 2;
  const place = (key - chart.chartId) / 2;
  chart.regionId = place % 65536;
  chart.day = (place - chart.regionId) / 65536;
  chart.length = 0;
}
