import { z } from 'zod';
import { FORMAT_NAMES, mediaTypeOf } from './http/formats/formats.js';
import { present } from './http/formats/present.js';
import { PROBLEMS, type ProblemCode } from './http/problem.js';
import { ACCESS_HEADERS, ACCESS_PROBLEMS, SECURITY, SECURITY_SCHEMES } from './openapi-access.js';
import { EVERY_ROUTE, ROUTES, type RouteDescription } from './openapi-routes.js';
import { toolVersion } from '#libs/catalog';

type Json = Readonly<Record<string, unknown>>;

const REQUEST_ID = header("The caller's, when it sent a valid one, or a new one; names the request in the log.");
/** Headers of every answer that a route gives, and those of a list besides. */
const HEADERS = {
  'X-Request-Id': REQUEST_ID,
  'Server-Timing': header('Milliseconds until the answer was ready, as `total;dur=`.'),
};
const LIST_HEADERS = {
  ETag: header('Changes when the bytes do: with the data, the question, the form and the content coding.'),
  'Cache-Control': header('How long the answer may be kept.'),
  Vary: header('The request headers that the answer depends on.'),
  'X-Cache': header('Where the bytes came from: `l1` is memory, `l2` Redis, `miss` neither.'),
};

/** Headers of problems besides, by status. */
const PROBLEM_HEADERS: Readonly<Record<string, Json>> = {
  401: { 'WWW-Authenticate': header('How a key is sent, and whether that was an unknown one.') },
  429: { 'Retry-After': header('Seconds after which to try again.') },
  503: { 'Retry-After': header('Seconds after which to try again.') },
};

/** Request headers that every list takes. */
const LIST_HEADER_PARAMETERS = [
  {
    ...{ name: 'If-None-Match', in: 'header', required: false, schema: { type: 'string' } },
    description: '`ETag` of the answer that the client has, or several; 304 when it is still right.',
  },
];

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
    status: { type: 'integer', minimum: 400, maximum: 599, description: 'The status of the answer.' },
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

/**
 * The OpenAPI 3.1 description of the service, made from the schemas that check its parameters. API keys are in it only
 * where they are asked for: a client that was made from it would want one otherwise.
 */
export function openApiDocument({ withKeys = false }: { readonly withKeys?: boolean } = {}): Json {
  return {
    openapi: '3.1.0',
    info: {
      title: 'spotify-charts',
      version: toolVersion(),
      description: "Spotify chart rankings and artists' chart histories. Every route answers GET and HEAD.",
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '.' }],
    ...(withKeys && { security: SECURITY }),
    paths: {
      ...Object.fromEntries(
        ROUTES.map((route) => [route.path, { get: operation(withKeys ? withAccess(route) : route) }]),
      ),
      '/health': {
        get: {
          operationId: 'getHealth',
          tags: ['service'],
          summary: 'Whether the service answers',
          ...(withKeys && { security: [] }),
          responses: {
            200: {
              description: 'It does.',
              headers: HEADERS,
              content: { 'text/plain': { schema: { type: 'string', const: 'OK' } } },
            },
            ...problemResponses(EVERY_ROUTE),
          },
        },
      },
    },
    tags: [
      { name: 'charts', description: 'Rankings and histories.' },
      { name: 'service', description: 'The service itself.' },
    ],
    components: { schemas: { Problem: problemSchema }, ...(withKeys && { securitySchemes: SECURITY_SCHEMES }) },
  };
}

function withAccess(route: RouteDescription): RouteDescription {
  const { headers, problems } = route;
  return { ...route, headers: { ...headers, ...ACCESS_HEADERS }, problems: [...problems, ...ACCESS_PROBLEMS] };
}

function operation(route: RouteDescription): Json {
  const { operationId, summary, description, query, headers = {}, problems } = route;
  const more = Object.fromEntries(Object.entries(headers).map(([name, meaning]) => [name, header(meaning, false)]));
  return {
    operationId,
    tags: ['charts'],
    summary,
    description,
    parameters: [
      ...Object.entries(query.shape).map(([name, field]) => parameter(name, field as z.ZodType)),
      ...LIST_HEADER_PARAMETERS,
    ],
    responses: {
      200: { description: 'Found.', headers: { ...HEADERS, ...LIST_HEADERS, ...more }, content: contents(route) },
      304: { description: 'The client has it: `If-None-Match` names it.', headers: { ...HEADERS, ...LIST_HEADERS } },
      ...problemResponses([...problems, ...EVERY_ROUTE]),
    },
  };
}

/** The answer in each format, with the same example shown in it; OpenAPI has no schema for bytes that are not text. */
function contents({ answer, example, layout }: RouteDescription): Json {
  const json = Buffer.from(JSON.stringify(example));
  const described = FORMAT_NAMES.map((format): readonly [string, Json] => {
    const type = mediaTypeOf(format);
    if (format === 'json') return [type, { schema: selectable(jsonSchema(answer)), example }];
    if (format === 'arrow') return [type, {}];
    const shown = present(json, { format, fields: undefined, defuse: false, layout }).toString();
    return [type, { schema: { type: 'string' }, example: shown }];
  });
  return Object.fromEntries(described);
}

/** An answer's schema when `fields` may have chosen among the members of its rows, or of itself where it has no rows. */
function selectable({ items, required, ...schema }: Json): Json {
  if (items !== undefined) return { ...schema, items: selectable(items as Json) };
  const description = `All of ${(required as readonly string[]).join(', ')}, or those that \`fields\` names.`;
  return { ...schema, minProperties: 1, description };
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

function header(description: string, required = true) {
  return { description, required, schema: { type: 'string' } };
}

/** The answers that these kinds of problems make, by status: several kinds may share one. */
function problemResponses(codes: readonly ProblemCode[]): Json {
  const byStatus = Object.groupBy(codes, (code) => PROBLEMS[code].status);
  return Object.fromEntries(
    Object.entries(byStatus).map(([status, kinds]) => {
      const examples = Object.fromEntries(kinds.map((code) => [code, { value: problemExample(code) }]));
      const schema = { $ref: '#/components/schemas/Problem' };
      const description = kinds.map((code) => `${PROBLEMS[code].title}: ${PROBLEMS[code].meaning}`).join('\n\n');
      const headers = { 'X-Request-Id': REQUEST_ID, ...PROBLEM_HEADERS[status] };
      return [status, { description, headers, content: { 'application/problem+json': { schema, examples } } }];
    }),
  );
}

function problemExample(code: ProblemCode): Json {
  const { title, meaning, status } = PROBLEMS[code];
  return {
    type: `/problems/${code}`,
    title,
    status,
    detail: meaning,
    instance: '/…',
    requestId: '3f0c2a52-8a43-4f7e-9d53-2a8f4b0a6c11',
    error: title,
  };
}
