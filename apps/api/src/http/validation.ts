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
  const known = namesOf(schema);
  const parsed = schema.safeParse(firstOfEach(known, query));
  if (parsed.success && hasOneOfKnown(known, query)) return parsed.data;
  const faults: ParameterFault[] = [...query.faults];
  for (const [name, values] of query.values) {
    if (!known.has(name)) faults.push({ parameter: quotable(name), message: unknownMessage([...known]) });
    else if (values.length > 1)
      faults.push({ parameter: name, message: `must be given once, got it ${values.length} times` });
  }
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

/** The names of the parameters of each schema: they are asked for with every query. */
const names = new WeakMap<z.ZodObject, ReadonlySet<string>>();

function namesOf(schema: z.ZodObject): ReadonlySet<string> {
  let known = names.get(schema);
  if (!known) names.set(schema, (known = new Set(Object.keys(schema.shape))));
  return known;
}

/** The parameters that are known, each with its first value. */
function firstOfEach(known: ReadonlySet<string>, { values }: QueryParameters): Readonly<Record<string, string>> {
  const given: Record<string, string> = {};
  for (const [name, all] of values) if (known.has(name)) given[name] = all[0]!;
  return given;
}

/** Whether all could be read and is known, and nothing is given twice. */
function hasOneOfKnown(known: ReadonlySet<string>, { values, faults }: QueryParameters): boolean {
  if (faults.length > 0) return false;
  for (const [name, { length }] of values) if (length > 1 || !known.has(name)) return false;
  return true;
}

function unknownMessage(known: readonly string[]): string {
  return known.length > 0
    ? `is not known here, the parameters are ${known.join(', ')}`
    : 'is not known here, this route has no parameters';
}
