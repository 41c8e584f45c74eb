import { z } from 'zod';
import { layoutOf } from '../http/formats/layout.js';
import { presentationParameters } from '../http/formats/presentation.js';
import { chart, date, text, wholeNumber } from '../http/params.js';

/** Answer of GET /rankings: entries by `rank_by_region`, then the chart's rank, then title. */
export const rankingsAnswerSchema = z.array(
  z.object({
    track_title: z.string().nullable().describe('Null when the source has none.'),
    artist: z.string().nullable().describe("The row's whole artist string, all artists of the track."),
    region: z.string(),
    track_streams: z
      .int()
      .nonnegative()
      .nullable()
      .describe('Streams of the day; null when unknown, as always on viral50.'),
    rank_by_region: z
      .int()
      .positive()
      .describe('Position by streams among the chart of the region and day; ties share the smallest.'),
  }),
);

/** See {@link rankingsAnswerSchema}. */
export const rankingsLayout = layoutOf(rankingsAnswerSchema);

/** Parameters of GET /rankings. */
export const rankingsQuerySchema = z.object({
  region: text('the name of a region, /filters lists them')
    .describe('Name of the region, compared exactly.')
    .meta({ examples: ['Global', 'United States'] }),
  date: date()
    .describe('Day of the chart, or `latest` for the last one of the dataset.')
    .meta({ examples: ['latest', '2021-01-01'] }),
  limit: wholeNumber(1, 1000, 10).describe('How many entries to answer at most.'),
  chart: chart().default('top200').describe('The chart to read.'),
  ...presentationParameters(rankingsLayout),
});

/** See {@link rankingsQuerySchema}. */
export type RankingsQuery = z.infer<typeof rankingsQuerySchema>;
