import { z } from 'zod';
import { artistAnswerSchema, artistQuerySchema } from './artists/artists.schema.js';
import { filtersAnswerSchema, filtersQuerySchema } from './filters/filters.schema.js';
import { PROBLEMS, type ProblemCode } from './http/problem.js';
import { rankingsAnswerSchema, rankingsQuerySchema } from './rankings/rankings.schema.js';
import { tracksAnswerSchema, tracksQuerySchema } from './tracks/tracks.schema.js';
import { programVersion } from './version.js';

type Json = Readonly<Record<string, unknown>>;

interface RouteDescription {
  readonly path: string;
  readonly operationId: string;
  readonly summary: string;
  readonly description: string;
  readonly query: z.ZodObject;
  readonly answer: z.ZodType;
  readonly example: unknown;
  readonly problems: readonly ProblemCode[];
}

const EVERY_QUERY: readonly ProblemCode[] = ['invalid-parameter', 'query-timeout', 'internal-error'];

const ROUTES: readonly RouteDescription[] = [
  {
    path: '/rankings',
    operationId: 'getRankings',
    summary: 'The chart of a region and day',
    description: 'Ordered by `rank_by_region`. Empty when the region or the day is not in the data.',
    query: rankingsQuerySchema,
    answer: rankingsAnswerSchema,
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
    example: [
      {
        track_title: 'Paper Lanterns',
        date: '2021-01-01',
        region: 'Global',
        track_streams: 4_120_387,
        rank_by_region: 3,
      },
    ],
    problems: [...EVERY_QUERY, 'artist-not-found'],
  },
  {
    path: '/tracks',
    operationId: 'getTracks',
    summary: 'The rows with the most streams',
    description: 'The 200 rows with the most streams that match all the given parameters, most first.',
    query: tracksQuerySchema,
    answer: tracksAnswerSchema,
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
    example: { regions: ['Global', 'United States'], artists: ['Marisol Venn, The Quiet Tide'], dates: ['2021-01-01'] },
    problems: ['invalid-parameter', 'internal-error'],
  },
];

const HEADERS = {
  'X-Request-Id': header("The caller's, when it sent a valid one, or a new one; names the request in the log."),
  'Server-Timing': header('Milliseconds until the answer was ready, as `total;dur=`.'),
};

const problemSchema = {
  type: 'object',
  description: 'Problem details, RFC 9457.',
  required: ['type', 'title', 'status', 'detail', 'instance', 'requestId', 'error'],
  properties: {
    type: {
      type: 'string',
      format: 'uri-reference',
      description: 'Path of the page that explains this kind of problem.',
    },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string', description: 'This occurrence.' },
    instance: { type: 'string', description: 'The URL that was asked for.' },
    requestId: { type: 'string' },
    error: { type: 'string', description: 'The title again, where clients of the original service look for it.' },
    errors: {
      type: 'array',
      description: 'One for each faulty parameter.',
      items: {
        type: 'object',
        required: ['parameter', 'message'],
        properties: { parameter: { type: 'string' }, message: { type: 'string' } },
      },
    },
  },
};

/** The OpenAPI 3.1 description of the service, made from the schemas that check its parameters. */
export function openApiDocument(): Json {
  return {
    openapi: '3.1.0',
    info: {
      title: 'spotify-charts',
      version: programVersion(),
      description: "Spotify chart rankings and artists' chart histories. Every route answers GET and HEAD.",
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '.' }],
    paths: {
      ...Object.fromEntries(ROUTES.map((route) => [route.path, { get: operation(route) }])),
      '/health': {
        get: {
          operationId: 'getHealth',
          tags: ['service'],
          summary: 'Whether the service answers',
          responses: {
            200: { description: 'It does.', content: { 'text/plain': { schema: { type: 'string', const: 'OK' } } } },
          },
        },
      },
    },
    tags: [
      { name: 'charts', description: 'Rankings and histories.' },
      { name: 'service', description: 'The service itself.' },
    ],
    components: { schemas: { Problem: problemSchema } },
  };
}

function operation({ operationId, summary, description, query, answer, example, problems }: RouteDescription): Json {
  return {
    operationId,
    tags: ['charts'],
    summary,
    description,
    parameters: Object.entries(query.shape).map(([name, field]) => parameter(name, field as z.ZodType)),
    responses: {
      200: {
        description: 'Found.',
        headers: HEADERS,
        content: { 'application/json': { schema: jsonSchema(answer), example } },
      },
      ...Object.fromEntries(problems.map((code) => [PROBLEMS[code].status, problemResponse(code)])),
    },
  };
}

function parameter(name: string, field: z.ZodType): Json {
  const { description, examples, ...schema } = jsonSchema(field) as { description?: string; examples?: unknown[] };
  const required = !field.safeParse(undefined).success;
  return {
    name,
    in: 'query',
    required,
    ...(description && { description }),
    schema,
    ...(required && examples && { example: examples[0] }),
  };
}

/** What a checked value looks like: for a parameter, the number that its digits stand for. */
function jsonSchema(schema: z.ZodType): Json {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io: 'output' });
  return rest;
}

function header(description: string) {
  return { description, schema: { type: 'string' } };
}

function problemResponse(code: ProblemCode): Json {
  const { title, meaning, status } = PROBLEMS[code];
  const example = {
    type: `/problems/${code}`,
    title,
    status,
    detail: meaning,
    instance: '/…',
    requestId: '3f0c2a52-8a43-4f7e-9d53-2a8f4b0a6c11',
    error: title,
  };
  return {
    description: `${title}: ${meaning}`,
    content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' }, example } },
  };
}
