import { Validator } from '@seriousme/openapi-schema-validator';
import { z } from 'zod';
import { openApiDocument } from './openapi.js';

interface Parameter {
  readonly name: string;
  readonly required: boolean;
  readonly description: string;
  readonly schema: Record<string, unknown>;
}
interface Operation {
  readonly operationId: string;
  readonly parameters?: readonly Parameter[];
  readonly responses: Record<
    string,
    { readonly content: Record<string, { schema: Record<string, unknown>; example?: unknown }> }
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
    expect(Object.values(parameters('/tracks')).map(({ required }) => required)).toEqual([false, false, false]);
    for (const path of Object.keys(document.paths))
      for (const { description } of Object.values(parameters(path))) expect(description).toMatch(/\.$/);
  });

  it('has examples that its own schemas accept', () => {
    // zod takes the format of a relative reference for that of a whole URL.
    const text = JSON.stringify(document.components.schemas.Problem).replace('"format":"uri-reference",', '');
    const problem = z.fromJSONSchema(JSON.parse(text) as Parameters<typeof z.fromJSONSchema>[0]);
    for (const { get } of Object.values(document.paths)) {
      for (const [status, { content }] of Object.entries(get.responses)) {
        const [[type, { schema, example }] = ['', { schema: {} }]] = Object.entries(content);
        if (example === undefined) continue;
        const known = type === 'application/problem+json' ? problem : z.fromJSONSchema(schema);
        expect([get.operationId, status, known.safeParse(example).error]).toEqual([get.operationId, status, undefined]);
      }
    }
  });
});
