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
  const { shape } = schema;
  const faults: ParameterFault[] = [...query.faults];
  const given: Record<string, string> = {};
  for (const [name, values] of query.values) {
    if (!Object.hasOwn(shape, name)) {
      faults.push({ parameter: quotable(name), message: unknownMessage(Object.keys(shape)) });
      continue;
    }
    given[name] = values[0]!;
    if (values.length > 1)
      faults.push({ parameter: name, message: `must be given once, got it ${values.length} times` });
  }
  const parsed = schema.safeParse(given);
  if (parsed.success && faults.length === 0) return parsed.data;
  const faulty = new Set(faults.map(({ parameter }) => parameter));
  for (const issue of parsed.error?.issues ?? []) {
    const parameter = String(issue.path[0]);
    if (!faulty.has(parameter)) faults.push({ parameter, message: issue.message });
  }
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
