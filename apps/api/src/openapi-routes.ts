import { z } from 'zod';
import { artistAnswerSchema, artistLayout, artistQuerySchema } from './artists/artists.schema.js';
import { filtersAnswerSchema, filtersLayout, filtersQuerySchema } from './filters/filters.schema.js';
import type { Layout } from './http/formats/layout.js';
import type { ProblemCode } from './http/problem.js';
import { rankingsAnswerSchema, rankingsLayout, rankingsQuerySchema } from './rankings/rankings.schema.js';
import { tracksAnswerSchema, tracksLayout, tracksQuerySchema } from './tracks/tracks.schema.js';

/** What the OpenAPI document says about a list's route. */
export interface RouteDescription {
  readonly path: string;
  readonly operationId: string;
  readonly summary: string;
  readonly description: string;
  readonly query: z.ZodObject;
  readonly answer: z.ZodType;
  readonly layout: Layout;
  readonly example: unknown;
  /** Headers of the answer besides those of every route: name and description. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly problems: readonly ProblemCode[];
}

/** What every route can answer, whatever it is asked for. */
export const EVERY_ROUTE: readonly ProblemCode[] = [
  ...(['bad-request', 'malformed-request', 'request-timeout', 'expectation-failed', 'headers-too-large'] as const),
  'internal-error',
];

const EVERY_LIST: readonly ProblemCode[] = ['invalid-parameter', 'not-acceptable', 'overloaded', 'stopping'];
const EVERY_QUERY: readonly ProblemCode[] = [...EVERY_LIST, 'query-timeout', 'dataset-damaged'];

/** Every route that answers a list. */
export const ROUTES: readonly RouteDescription[] = [
  {
    path: '/rankings',
    operationId: 'getRankings',
    summary: 'The chart of a region and day',
    description: 'Ordered by `rank_by_region`. Empty when the region or the day is not in the data.',
    query: rankingsQuerySchema,
    answer: rankingsAnswerSchema,
    layout: rankingsLayout,
    example: [
      {
        track_title: 'Paper Lanterns',
        artist: 'Marisol Venn, The Quiet Tide',
        region: 'United States',
        track_streams: 1_318_004,
        rank_by_region: 1,
      },
    ],
    problems: EVERY_QUERY,
  },
  {
    path: '/artist',
    operationId: 'getArtist',
    summary: "An artist's entries on the charts",
    description: 'Both charts unless `chart` is given, ordered by date, region, chart, `rank_by_region` and title.',
    query: artistQuerySchema,
    answer: artistAnswerSchema,
    layout: artistLayout,
    example: [
      {
        track_title: 'Paper Lanterns',
        date: '2021-01-01',
        region: 'Global',
        track_streams: 4_120_387,
        rank_by_region: 3,
      },
    ],
    headers: {
      Link: 'The first page and those before and after this one, as far as there are others: rel `first`, `prev`, `next`.',
    },
    problems: [...EVERY_QUERY, 'artist-not-found'],
  },
  {
    path: '/tracks',
    operationId: 'getTracks',
    summary: 'The rows with the most streams',
    description: 'The 200 rows with the most streams that match all the given parameters, most first.',
    query: tracksQuerySchema,
    answer: tracksAnswerSchema,
    layout: tracksLayout,
    example: [
      {
        track_title: 'Paper Lanterns',
        global_rank: 3,
        date: '2021-01-01',
        artist: 'Marisol Venn, The Quiet Tide',
        track_url: 'https://open.spotify.com/track/0000000000000000000001',
        region: 'Global',
        chart: 'top200',
        trend: 'MOVE_UP',
        track_streams: 4_120_387,
        avg_streams: 1_004_331.5,
        rank_by_region: 3,
      },
    ],
    problems: EVERY_QUERY,
  },
  {
    path: '/filters',
    operationId: 'getFilters',
    summary: 'What the other routes can be asked for',
    description: 'Every region, artist string and day of the dataset, each distinct and sorted.',
    query: filtersQuerySchema,
    answer: filtersAnswerSchema,
    layout: filtersLayout,
    example: { regions: ['Global', 'United States'], artists: ['Marisol Venn, The Quiet Tide'], dates: ['2021-01-01'] },
    problems: EVERY_LIST,
  },
];
