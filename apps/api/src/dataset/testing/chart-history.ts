/** A row of the export, null where it has nothing. */
export interface HistoryRow {
  readonly title: string | null;
  readonly rank: number;
  readonly date: string;
  readonly artist: string | null;
  readonly url: string | null;
  readonly region: string;
  readonly chart: 'top200' | 'viral50';
  readonly trend: string | null;
  readonly streams: number | null;
}

/** An artist with more entries than the API reads page by page, also in each region. */
export const MANY = 'Ona Bel';
export const REGIONS = ['Global', 'Österreich', 'Brazil'] as const;
const OTHERS = ['Kites', 'Ona Bel, Kites', 'Tyto, The Owl', '바람 🎵', 'Öde "Ö"', '\u{10400}', '\uff5e', 'A'] as const;
const TRENDS = ['MOVE_UP', 'MOVE_DOWN', null] as const;
const [DAYS, TOP200_ENTRIES, VIRAL50_ENTRIES] = [60, 30, 12] as const;

/** Invented charts with ties, gaps, unknown artists and titles; the same rows each time. */
export function chartHistory(): readonly HistoryRow[] {
  let state = 7;
  // Constants of Numerical Recipes; the low bits of such a generator repeat soon.
  const below = (count: number) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return (state >>> 8) % count;
  };
  const rows: HistoryRow[] = [];
  for (let day = 0; day < DAYS; day++) {
    const date = new Date(Date.UTC(2021, 2, 1 + day + Math.floor(day / 10))).toISOString().slice(0, 10);
    for (const region of REGIONS) {
      if (below(9) === 0 || (region === 'Brazil' && day >= DAYS - 3)) continue;
      for (const chart of ['top200', 'viral50'] as const) {
        if (chart === 'viral50' && (day % 7 === 0 || (region === 'Global' && day === DAYS - 1))) continue;
        const count = chart === 'top200' ? TOP200_ENTRIES : VIRAL50_ENTRIES;
        for (let rank = 1; rank <= count; rank++) {
          const artist = below(4) === 0 ? MANY : below(12) === 0 ? null : OTHERS[below(OTHERS.length)]!;
          const song = `${below(40)} of rank ${rank}`;
          const streams =
            chart === 'viral50' || below(10) === 0 ? null : 5000 - 60 * rank + 50 * below(5) * (1 + (day % 3));
          rows.push({
            ...{ title: rank === 9 ? null : `Song "${song}"`, rank, date, artist, region, chart, streams },
            ...{ url: below(6) === 0 ? null : `https://open.spotify.com/track/${song}`, trend: TRENDS[below(3)]! },
          });
        }
      }
    }
  }
  return rows;
}

/** The rows as CSV in the layout of the export. */
export function historyCsv(rows: readonly HistoryRow[]): string {
  const field = (value: string | number | null) => `"${String(value ?? '').replaceAll('"', '""')}"`;
  const lines = rows.map(({ title, rank, date, artist, url, region, chart, trend, streams }) =>
    [title, rank, date, artist, url, region, chart, trend, streams].map(field).join(),
  );
  return ['title,rank,date,artist,url,region,chart,trend,streams', ...lines, ''].join('\n');
}
