import { Validator } from '@seriousme/openapi-schema-validator';
import { z } from 'zod';
import { openApiDocument } from './openapi.js';

interface Parameter {
  readonly name: string;
  readonly required: boolean;
  readonly description: string;
  readonly schema: Record<string, unknown>;
  readonly style?: string;
  readonly explode?: boolean;
}
interface Content {
  readonly schema?: Record<string, unknown>;
  readonly example?: unknown;
  readonly examples?: Record<string, { readonly value: unknown }>;
}
interface Operation {
  readonly operationId: string;
  readonly parameters?: readonly Parameter[];
  readonly responses: Record<
    string,
    {
      readonly headers?: Record<string, { description: string }>;
      readonly content?: Record<string, Content>;
    }
  >;
}

const document = openApiDocument() as {
  openapi: string;
  paths: Record<string, { get: Operation }>;
  components: { schemas: { Problem: Record<string, unknown> } };
};

function parameters(path: string): Record<string, Parameter> {
  return Object.fromEntries((document.paths[path]?.get.parameters ?? []).map((one) => [one.name, one]));
}

describe('the OpenAPI document', () => {
  it('is valid OpenAPI 3.1', async () => {
    const result = await new Validator().validate(structuredClone(document));
    expect(result).toEqual({ valid: true });
    expect(document.openapi).toBe('3.1.0');
  });

  it('describes every route of the API', () => {
    expect(Object.keys(document.paths)).toEqual(['/rankings', '/artist', '/tracks', '/filters', '/health']);
  });

  it('describes the parameters as they are checked', () => {
    const { region, date, limit, chart } = parameters('/rankings');
    expect([region?.required, date?.required, limit?.required, chart?.required]).toEqual([true, true, false, false]);
    expect(limit?.schema).toEqual({ type: 'integer', minimum: 1, maximum: 1000, default: 10 });
    expect(chart?.schema).toEqual({ type: 'string', enum: ['top200', 'viral50'], default: 'top200' });
    expect(parameters('/artist')['offset']?.schema).toEqual({
      type: 'integer',
      minimum: 0,
      maximum: 1_000_000,
      default: 0,
    });
    for (const { required } of Object.values(parameters('/tracks'))) expect(required).toBe(false);
    for (const path of Object.keys(document.paths))
      for (const { description } of Object.values(parameters(path))) expect(description).toMatch(/\.$/);
  });

  it.each([
    ['/rankings', ['region', 'date', 'limit', 'chart'], 'track_title, artist, region, track_streams, rank_by_region'],
    ['/artist', ['artist', 'limit', 'offset', 'chart'], 'track_title, date, region, track_streams, rank_by_region'],
    [
      '/tracks',
      ['date', 'region', 'artist'],
      'track_title, global_rank, date, artist, track_url, region, chart, trend, track_streams, avg_streams, rank_by_region',
    ],
    ['/filters', [], 'regions, artists, dates'],
  ])('describes how %s can be shown', (path, before, members) => {
    const known = parameters(path);
    expect(Object.keys(known)).toEqual([...before, 'format', 'fields', 'formulas', 'If-None-Match']);
    const { format, fields, formulas } = known;
    expect([format?.required, fields?.required, formulas?.required]).toEqual([false, false, false]);
    expect(format?.schema).toEqual({ type: 'string', enum: ['json', 'ndjson', 'csv', 'arrow'] });
    expect(formulas?.schema).toEqual({ type: 'string', enum: ['kept', 'defused'] });
    // A list in one parameter, with commas between.
    expect([fields?.style, fields?.explode]).toEqual(['form', false]);
    expect(fields?.schema).toMatchObject({ type: 'array', minItems: 1, uniqueItems: true, items: { type: 'string' } });
    expect(fields?.schema).toMatchObject({ items: { enum: members.split(', ') } });
    expect(Object.keys(document.paths[path]?.get.responses['200']?.content ?? {})).toEqual([
      'application/json',
      'application/x-ndjson',
      'text/csv',
      'application/vnd.apache.arrow.stream',
    ]);
  });

  it('shows the same example as JSON, NDJSON and CSV', () => {
    const shown = (path: string, type: string) => document.paths[path]?.get.responses['200']?.content?.[type]?.example;
    expect(JSON.parse(String(shown('/rankings', 'application/x-ndjson')))).toEqual(
      (shown('/rankings', 'application/json') as readonly unknown[])[0],
    );
    expect(shown('/filters', 'text/csv')).toBe(
      'kind,value\r\nregion,Global\r\nregion,United States\r\nartist,"Marisol Venn, The Quiet Tide"\r\ndate,2021-01-01\r\n',
    );
  });

  it('tells that `fields` chooses among the members of an answer', () => {
    const schema = (path: string) =>
      document.paths[path]?.get.responses['200']?.content?.['application/json']?.schema as Record<string, unknown>;
    const rows = z.fromJSONSchema(schema('/rankings'));
    expect(rows.safeParse([{ artist: 'Marisol Venn' }]).success).toBe(true);
    for (const wrong of [[{}], [{ artist: 1 }], [{ other: 'x' }], { artist: 'x' }])
      expect([wrong, rows.safeParse(wrong).success]).toEqual([wrong, false]);
    expect(schema('/filters')).toMatchObject({ type: 'object', minProperties: 1 });
    expect(schema('/filters')['required']).toBeUndefined();
  });

  it('names every status that a route can answer with, and the kinds of problems that share one', () => {
    const statuses = (path: string) => Object.keys(document.paths[path]?.get.responses ?? {}).map(Number);
    const everyRoute = [400, 408, 417, 431, 500];
    const everyList = [200, 304, 400, 406, 408, 417, 431, 500, 503];
    expect(statuses('/health')).toEqual([200, ...everyRoute]);
    for (const path of ['/rankings', '/tracks', '/filters']) expect(statuses(path)).toEqual(everyList);
    expect(statuses('/artist')).toEqual([...everyList, 404].toSorted((a, b) => a - b));
    const shared = document.paths['/rankings']?.get.responses['503']?.content?.['application/problem+json']?.examples;
    expect(Object.keys(shared ?? {})).toEqual(['overloaded', 'stopping', 'query-timeout', 'dataset-damaged']);
  });

  it('tells of links where there are pages', () => {
    const linked = Object.keys(document.paths).filter(
      (path) => document.paths[path]?.get.responses['200']?.headers?.['Link'],
    );
    expect(linked).toEqual(['/artist']);
  });

  it('has examples that its own schemas accept', () => {
    // zod takes the format of a relative reference for that of a whole URL.
    const text = JSON.stringify(document.components.schemas.Problem).replace('"format":"uri-reference",', '');
    const problem = z.fromJSONSchema(JSON.parse(text) as Parameters<typeof z.fromJSONSchema>[0]);
    for (const { get } of Object.values(document.paths)) {
      for (const [status, { content = {} }] of Object.entries(get.responses)) {
        for (const [type, { schema, example, examples = {} }] of Object.entries(content)) {
          const known = type === 'application/problem+json' ? problem : z.fromJSONSchema(schema ?? false);
          const shown = [
            ...(example === undefined ? [] : [example]),
            ...Object.values(examples).map(({ value }) => value),
          ];
          for (const one of shown) {
            const { error } = known.safeParse(one);
            expect([get.operationId, status, type, error]).toEqual([get.operationId, status, type, undefined]);
          }
        }
      }
    }
  });
});
