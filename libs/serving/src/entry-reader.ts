import type { DuckDBDataChunk } from '@duckdb/node-api';
import { isValid, listLength, lists, listStart, type Lists, type Numbers, type NumbersOf } from '#libs/duckdb';
import { NO_STREAMS, type EntryColumns } from './entry-columns.js';

/** The list columns of the serving file, with the field of {@link EntryColumns} that holds their values. */
const FIELDS = {
  days: { field: 'days', type: Uint16Array },
  region_ids: { field: 'regionIds', type: Uint16Array },
  chart_ids: { field: 'chartIds', type: Uint8Array },
  track_ids: { field: 'trackIds', type: Uint32Array },
  ranks: { field: 'ranks', type: Uint16Array },
  ranks_by_region: { field: 'ranksByRegion', type: Uint16Array },
  streams: { field: 'streams', type: Uint32Array },
  trend_ids: { field: 'trendIds', type: Uint8Array },
} as const;

/** Name of a list column of the tables `chart`, `artist_page` and `top_list`. */
export type EntryColumnName = keyof typeof FIELDS;

/** Copies the lists of a chunk's rows into {@link EntryColumns}. */
export class EntryReader {
  private readonly columns: readonly { readonly name: EntryColumnName; readonly list: Lists<Numbers> }[];

  /** For a chunk whose columns from `first` on are the named ones. */
  constructor(chunk: DuckDBDataChunk, first: number, names: readonly EntryColumnName[]) {
    this.columns = names.map((name, index) => ({
      name,
      list: lists(chunk, first + index, FIELDS[name].type as NumbersOf<Numbers>),
    }));
  }

  /**
   * Appends a row's entries, or those from `start` up to `end` of them. Fields whose column was not read keep what they
   * held. Throws when the row's lists differ in length, as no sound file's do.
   */
  append(row: number, into: EntryColumns, start = 0, end = Infinity): void {
    const length = listLength(this.columns[0]!.list, row);
    const to = Math.min(end, length);
    if (to <= start) return;
    into.reserve(into.length + to - start);
    for (const { name, list } of this.columns) {
      if (listLength(list, row) !== length) throw new Error(`a row's lists have different lengths (${name})`);
      const first = listStart(list, row);
      into[FIELDS[name].field].set(list.values.subarray(first + start, first + to), into.length);
      if (name === 'streams' && list.validity) {
        for (let i = start; i < to; i++) {
          if (!isValid(list.validity, first + i)) into.streams[into.length + i - start] = NO_STREAMS;
        }
      }
    }
    into.length += to - start;
  }
}
