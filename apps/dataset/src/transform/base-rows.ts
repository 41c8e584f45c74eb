import { CHARTS, NO_TREND, parseDay } from '#libs/catalog';
import type { Phase } from '../reporting.js';
import { NO_TEXT, type Intake } from './intake.js';
import type { TextInterner } from './interner.js';
import type { ServingReader } from './serving-reader.js';

/** Feeds all rows of a serving file to the intake, as rows of the dataset that is appended to. */
export async function takeServedRows(reader: ServingReader, intake: Intake, phase: Phase): Promise<void> {
  const served = await reader.dictionaries();
  const intern = (texts: TextInterner, value: string | null) => {
    if (value === null) return NO_TEXT;
    const bytes = Buffer.from(value);
    return texts.intern(bytes, 0, bytes.length);
  };
  const regions = served.regions.map((name) => intern(intake.regions, name));
  const trends = served.trends.map((name) => intern(intake.trends, name));
  const artists = served.artists.map(({ name }) => intern(intake.artists, name));
  const tracks = served.tracks.map(({ title, artistId, url }) =>
    intake.tracks.intern(
      intern(intake.titles, title),
      artistId === null ? NO_TEXT : artists[artistId]!,
      intern(intake.urls, url),
    ),
  );
  const days = served.days.map((date) => parseDay(date)!);
  for await (const { scalars, entries } of reader.charts()) {
    const [key] = scalars as [number];
    const chartId = key % CHARTS.length;
    const place = (key - chartId) / CHARTS.length;
    const regionId = place % regions.length;
    const day = days[(place - regionId) / regions.length]!;
    for (let i = 0; i < entries.length; i++) {
      const trend = entries.trendIds[i]!;
      intake.staged.put(
        ...([day, regions[regionId]!, chartId, entries.ranks[i]!, tracks[entries.trackIds[i]!]!] as const),
        ...([entries.streams[i]!, trend === NO_TREND ? NO_TREND : trends[trend]!, 0] as const),
      );
    }
    phase.advance(entries.length);
  }
}
