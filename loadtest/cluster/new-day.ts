import { formatDay, parseDay } from '#libs/catalog';

const ROWS = 50;
/** After every day of the sample. */
const DAY = formatDay(parseDay('2030-01-01')!);

/** A chart export with one more day than the sample has, of invented songs. */
export function newDayCsv(): string {
  const rows = Array.from(
    { length: ROWS },
    (_, i) =>
      `New Song ${i + 1},${i + 1},${DAY},The Refreshed,https://open.spotify.com/track/new${i + 1},Global,top200,NEW_ENTRY,${1_000_000 - i * 1000}`,
  );
  return `title,rank,date,artist,url,region,chart,trend,streams\n${rows.join('\n')}\n`;
}
