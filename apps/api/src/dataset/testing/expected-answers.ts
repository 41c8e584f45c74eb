import type { HistoryRow } from './chart-history.js';

/** A row with its rank by region. */
export type Ranked = HistoryRow & { readonly rankByRegion: number };

/** The contract a second time, on plain rows: slow and straightforward. */
export class ExpectedAnswers {
  private readonly rows: readonly Ranked[];

  constructor(rows: readonly HistoryRow[]) {
    this.rows = rows.map((row) => ({ ...row, rankByRegion: rankByRegion(row, rows) }));
  }

  /** GET /rankings without limit. */
  rankings(region: string, date: string, chart: string) {
    return this.rows
      .filter((row) => row.region === region && row.date === date && row.chart === chart)
      .toSorted((a, b) => a.rankByRegion - b.rankByRegion || a.rank - b.rank || byTrack(a, b))
      .map(({ title, artist, streams, rankByRegion: rank }) => ({
        ...{ track_title: title, artist, region, track_streams: streams, rank_by_region: rank },
      }));
  }

  /** An artist's entries in the order of GET /artist, over both charts or over one. */
  entries(artist: string, chart?: string): readonly Ranked[] {
    return this.rows
      .filter((row) => row.artist === artist && (chart === undefined || row.chart === chart))
      .toSorted(byHistory);
  }

  /** GET /artist without offset and limit. */
  artist(artist: string, chart?: string) {
    return this.entries(artist, chart).map(({ title, date, region, streams, rankByRegion: rank }) => ({
      ...{ track_title: title, date, region, track_streams: streams, rank_by_region: rank },
    }));
  }

  /** GET /tracks */
  tracks(wanted: { readonly date?: string; readonly region?: string; readonly artist?: string }) {
    const asked = Object.entries(wanted) as [keyof HistoryRow, string][];
    return this.rows
      .filter((row) => asked.every(([name, value]) => row[name] === value))
      .toSorted((a, b) => (b.streams ?? -1) - (a.streams ?? -1) || byHistory(a, b))
      .slice(0, 200)
      .map((row) => ({
        ...{ track_title: row.title, global_rank: row.rank, date: row.date, artist: row.artist, track_url: row.url },
        ...{ region: row.region, chart: row.chart, trend: row.trend, track_streams: row.streams },
        ...{ avg_streams: this.average(row.region), rank_by_region: row.rankByRegion },
      }));
  }

  /** GET /filters */
  filters() {
    const distinct = (values: readonly (string | null)[]) =>
      [...new Set(values.filter((value) => value !== null))].sort(compareBytes);
    return {
      regions: distinct(this.rows.map(({ region }) => region)),
      artists: distinct(this.rows.map(({ artist }) => artist)),
      dates: distinct(this.rows.map(({ date }) => date)),
    };
  }

  private readonly averages = new Map<string, number | null>();

  private average(region: string): number | null {
    const known = this.averages.get(region);
    if (known !== undefined) return known;
    const streams = this.rows.flatMap((row) => (row.region === region && row.streams !== null ? [row.streams] : []));
    const average = streams.length === 0 ? null : streams.reduce((sum, value) => sum + value, 0) / streams.length;
    this.averages.set(region, average);
    return average;
  }
}

/** Order of texts by their UTF-8 bytes, nulls last. */
export function compareBytes(a: string | null, b: string | null): number {
  if (a === null || b === null) return Number(a === null) - Number(b === null);
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

function rankByRegion(row: HistoryRow, rows: readonly HistoryRow[]): number {
  if (row.chart !== 'top200' || row.streams === null) return row.rank;
  const above = rows.filter(
    ({ chart, region, date, streams }) =>
      chart === row.chart && region === row.region && date === row.date && (streams ?? -1) > row.streams!,
  );
  return above.length + 1;
}

function byTrack(a: HistoryRow, b: HistoryRow): number {
  return compareBytes(a.title, b.title) || compareBytes(a.artist, b.artist) || compareBytes(a.url, b.url);
}

function byHistory(a: Ranked, b: Ranked): number {
  return (
    compareBytes(a.date, b.date) ||
    compareBytes(a.region, b.region) ||
    compareBytes(a.chart, b.chart) ||
    a.rankByRegion - b.rankByRegion ||
    byTrack(a, b)
  );
}
