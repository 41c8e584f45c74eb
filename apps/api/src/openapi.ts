import { z } from 'zod';
import { FORMAT_NAMES, mediaTypeOf } from './http/formats/formats.js';
import { present } from './http/formats/present.js';
import { PROBLEMS, type ProblemCode } from './http/problem.js';
import { ROUTES, type RouteDescription } from './openapi-routes.js';
import { toolVersion } from '#libs/catalog';

type Json = Readonly<Record<string, unknown>>;

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
      version: toolVersion(),
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

function operation(route: RouteDescription): Json {
  const { operationId, summary, description, query, headers = {}, problems } = route;
  const more = Object.fromEntries(Object.entries(headers).map(([name, meaning]) => [name, header(meaning)]));
  return {
    operationId,
    tags: ['charts'],
    summary,
    description,
    parameters: Object.entries(query.shape).map(([name, field]) => parameter(name, field as z.ZodType)),
    responses: {
      200: { description: 'Found.', headers: { ...HEADERS, ...more }, content: contents(route) },
      ...Object.fromEntries(problems.map((code) => [PROBLEMS[code].status, problemResponse(code)])),
    },
  };
}

/** The answer in each format, with the same example shown in it; OpenAPI has no schema for bytes that are not text. */
function contents({ answer, example, layout }: RouteDescription): Json {
  const json = Buffer.from(JSON.stringify(example));
  const described = FORMAT_NAMES.map((format): readonly [string, Json] => {
    const type = mediaTypeOf(format);
    if (format === 'json') return [type, { schema: jsonSchema(answer), example }];
    if (format === 'arrow') return [type, {}];
    const shown = present(json, { format, fields: undefined, defuse: false, layout }).toString();
    return [type, { schema: { type: 'string' }, example: shown }];
  });
  return Object.fromEntries(described);
}

function parameter(name: string, field: z.ZodType): Json {
  const { description, examples, ...schema } = jsonSchema(field) as Record<string, unknown> & {
    description?: string;
    examples?: unknown[];
  };
  const required = !field.safeParse(undefined).success;
  return {
    name,
    in: 'query',
    required,
    ...(description && { description }),
    schema,
    ...(schema['type'] === 'array' && { style: 'form', explode: false }),
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
