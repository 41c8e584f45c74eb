import { Injectable, type ArgumentMetadata, type PipeTransform } from '@nestjs/common';
import { z } from 'zod';
import { quotable, type QueryParameters } from './params.js';
import { ProblemError, type ParameterFault } from './problem.js';

/**
 * Checks a query against the zod object given as `@Query({ schema })`, and answers 400 with every fault at once.
 * Not Nest's StandardSchemaValidationPipe: that one gets parameters as a plain object, in which a repeated one has
 * become an array, a `__proto__` has vanished and a broken escape has been let through, so it could not name them.
 */
@Injectable()
export class QueryValidation implements PipeTransform<unknown, unknown> {
  transform(value: unknown, { type, schema }: ArgumentMetadata): unknown {
    if (type !== 'query' || !(schema instanceof z.ZodObject)) return value;
    return checkQuery(schema, value as QueryParameters);
  }
}

/** A URL can name thousands of parameters; the answer must not be many times its length. */
const MAX_FAULTS = 20;

/** The query's parameters as the schema types them. Throws {@link ProblemError} `invalid-parameter` that names each fault. */
export function checkQuery<Schema extends z.ZodObject>(schema: Schema, query: QueryParameters): z.infer<Schema> {
  const known = Object.keys(schema.shape);
  const faults: ParameterFault[] = [...query.faults];
  for (const [name, values] of query.values) {
    if (!known.includes(name)) faults.push({ parameter: quotable(name), message: unknownMessage(known) });
    else if (values.length > 1)
      faults.push({ parameter: name, message: `must be given once, got it ${values.length} times` });
  }
  const faulty = new Set(faults.map(({ parameter }) => parameter));
  const given = known.flatMap(
    (name) =>
      query.values
        .get(name)
        ?.slice(0, 1)
        .map((value) => [name, value] as const) ?? [],
  );
  const parsed = schema.safeParse(Object.fromEntries(given));
  for (const issue of parsed.error?.issues ?? []) {
    const parameter = String(issue.path[0]);
    if (!faulty.has(parameter)) faults.push({ parameter, message: issue.message });
  }
  if (parsed.success && faults.length === 0) return parsed.data;
  const errors = faults.slice(0, MAX_FAULTS);
  throw new ProblemError('invalid-parameter', {
    detail: errors.map(({ parameter, message }) => `${parameter}: ${message}`).join('; '),
    errors,
  });
}

function unknownMessage(known: readonly string[]): string {
  return known.length > 0
    ? `is not known here, the parameters are ${known.join(', ')}`
    : 'is not known here, this route has no parameters';
}
