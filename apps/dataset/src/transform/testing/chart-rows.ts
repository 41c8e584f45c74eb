import { COLUMNS, type Column } from '../../rows.js';
import { exportCsv } from '../../sources/testing/chart-files.js';

/** A row of the export as text, empty where the export has nothing. */
export type ChartRow = Readonly<Record<Column, string>>;

const FIRST: ChartRow = {
  title: 'Tin Lanterns',
  rank: '1',
  date: '2021-03-01',
  artist: 'Ona Bel',
  url: 'https://open.spotify.com/track/t1',
  region: 'Global',
  chart: 'top200',
  trend: 'NEW_ENTRY',
  streams: '1000',
};

/** A sound row that differs in the given fields from the one that all tests know. */
export function chartRow(change: Partial<ChartRow> = {}): ChartRow {
  return { ...FIRST, ...change };
}

/** The rows as CSV in the layout of the export. */
export function chartCsv(rows: readonly ChartRow[]): string {
  return exportCsv(rows.map((row) => COLUMNS.map((column) => row[column])));
}

/** Days of invented charts: so many days, regions and entries a chart, on both charts, with ties, gaps and collaborations. */
export function chartDays(days: number, regions: readonly string[], entries = 5): readonly ChartRow[] {
  const artists = ['Ona Bel', 'Kites', 'Ona Bel, Kites', '바람 🎵', 'Öde "Ö"'];
  const rows: ChartRow[] = [];
  for (let day = 1; day <= days; day++) {
    for (const [place, region] of regions.entries()) {
      for (let rank = 1; rank <= entries; rank++) {
        const song = (rank * 7 + day * 3 + place) % 23;
        const common = {
          title: song === 11 ? '' : `Song ${song}, part\n${rank}`,
          rank: String(rank),
          date: `2021-03-${String(day).padStart(2, '0')}`,
          artist: song === 5 ? '' : artists[song % artists.length]!,
          url: song % 4 === 0 ? '' : `https://open.spotify.com/track/${song}`,
          region,
        };
        const streams = song % 6 === 0 ? '' : String(9000 - Math.floor(rank / 2) * 50 + place);
        rows.push(chartRow({ ...common, streams, trend: rank % 3 === 0 ? '' : 'MOVE_UP' }));
        rows.push(chartRow({ ...common, chart: 'viral50', streams: '', trend: 'SAME_POSITION' }));
      }
    }
  }
  return rows;
}
