import { z } from 'zod';
import { CHARTS } from '#libs/catalog';
import { layoutOf } from '../http/formats/layout.js';
import { presentationParameters } from '../http/formats/presentation.js';
import { date, text } from '../http/params.js';

/** Answer of GET /tracks: the at most 200 matching rows with the most streams, most first. */
export const tracksAnswerSchema = z
  .array(
    z.object({
      track_title: z.string().nullable().describe('Null when the source has none.'),
      global_rank: z.int().positive().describe("The chart's own rank, as the source has it."),
      date: z.iso.date(),
      artist: z.string().nullable().describe("The row's whole artist string, all artists of the track."),
      track_url: z.string().nullable(),
      region: z.string(),
      chart: z.enum(CHARTS),
      trend: z
        .string()
        .nullable()
        .describe('Movement since the chart before, as the source has it, such as MOVE_UP or NEW_ENTRY.'),
      track_streams: z
        .int()
        .nonnegative()
        .nullable()
        .describe('Streams of the day; null when unknown, as always on viral50.'),
      avg_streams: z
        .number()
        .nonnegative()
        .nullable()
        .describe('Mean of the known streams of the region; null when none is known.'),
      rank_by_region: z
        .int()
        .positive()
        .describe('Position by streams among the chart of the region and day; ties share the smallest.'),
    }),
  )
  .max(200);

/** See {@link tracksAnswerSchema}. */
export const tracksLayout = layoutOf(tracksAnswerSchema);

/** Parameters of GET /tracks: any combination. */
export const tracksQuerySchema = z.object({
  date: date()
    .optional()
    .describe('Day of the charts, or `latest` for the last one of the dataset.')
    .meta({ examples: ['latest', '2021-01-01'] }),
  region: text('the name of a region, /filters lists them')
    .optional()
    .describe('Name of the region, compared exactly.')
    .meta({ examples: ['United States'] }),
  artist: text('the whole artist string of a row, /filters lists them')
    .optional()
    .describe("A row's whole artist string, compared exactly: `A, B` is one value.")
    .meta({ examples: ['Shakira'] }),
  ...presentationParameters(tracksLayout),
});

/** See {@link tracksQuerySchema}. */
export type TracksQuery = z.infer<typeof tracksQuerySchema>;
