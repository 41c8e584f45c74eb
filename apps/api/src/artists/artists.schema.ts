import { z } from 'zod';
import { layoutOf } from '../http/formats/layout.js';
import { presentationParameters } from '../http/formats/presentation.js';
import { chart, text, wholeNumber } from '../http/params.js';

/** Answer of GET /artist: entries by date, region, chart, `rank_by_region` and title. */
export const artistAnswerSchema = z.array(
  z.object({
    track_title: z.string().nullable().describe('Null when the source has none.'),
    date: z.iso.date(),
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

/** See {@link artistAnswerSchema}. */
export const artistLayout = layoutOf(artistAnswerSchema);

/** The highest `offset` of GET /artist. */
export const MAX_OFFSET = 1_000_000;

/** Parameters of GET /artist. */
export const artistQuerySchema = z.object({
  artist: text('the whole artist string of a row, /filters lists them')
    .describe("A row's whole artist string, compared exactly: `A, B` is one value.")
    .meta({ examples: ['Shakira'] }),
  limit: wholeNumber(1, 1000, 10).describe('How many entries to answer at most.'),
  offset: wholeNumber(0, MAX_OFFSET, 0).describe('How many entries to skip; pages joined are the whole history.'),
  chart: chart().optional().describe('Narrows the history to one chart.'),
  ...presentationParameters(artistLayout),
});

/** See {@link artistQuerySchema}. */
export type ArtistQuery = z.infer<typeof artistQuerySchema>;
