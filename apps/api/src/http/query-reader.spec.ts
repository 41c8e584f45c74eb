import fc from 'fast-check';
import { z } from 'zod';
import { readQuery, text, wholeNumber } from './params.js';
import { ProblemError } from './problem.js';
import { QueryReader } from './query-reader.js';
import { kindsSchema } from './testing/http-app.js';
import { checkQuery } from './validation.js';

/** What comes of a query: its parameters, or the faults that are named. */
function outcomeOf(read: () => unknown): unknown {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    return error.details;
  }
}

const PIECES = [
  ...['name=a', 'name=A%2C+B', 'name=A%2C%20B', 'n%61me=a', 'name=', 'name', 'NAME=a', 'name=%zz', '__proto__=1', ''],
  ...['limit=10', 'limit=1000', 'limit=1001', 'limit=010', 'offset=0', 'offset=%30', 'date=2020-02-29', 'date=latest'],
  ...['date=2021-02-30', 'chart=viral50', 'chart=top200', 'chart=Top200', `name=${'a'.repeat(200)}`],
];

describe('reading the queries of a route', () => {
  it('gives what checking them anew gives, however often a parameter was read before', () => {
    const reader = new QueryReader(kindsSchema);
    const queries = fc.array(fc.constantFrom(...PIECES), { maxLength: 5 }).map((pieces) => pieces.join('&'));
    fc.assert(
      fc.property(queries, (query) => {
        const anew = outcomeOf(() => checkQuery(kindsSchema, readQuery(query)));
        // As text: the order of what was given is that of links to further pages.
        expect(JSON.stringify(outcomeOf(() => reader.read(query)))).toBe(JSON.stringify(anew));
      }),
      { numRuns: 3000 },
    );
  });

  it('decodes and checks a parameter until it was given twice', () => {
    const checked: string[] = [];
    const schema = z.object({
      name: text('a name').refine((value) => checked.push(value) > 0),
      limit: wholeNumber(1, 1000, 10),
    });
    const reader = new QueryReader(schema);
    const queries = ['name=a', 'name=a', 'name=a', 'name=b&limit=5', 'limit=5&name=b', 'limit=5&name=a'];
    const read = queries.map((query) => reader.read(query));
    expect(read.map(({ name, limit }) => `${name} ${limit}`)).toEqual(['a 10', 'a 10', 'a 10', 'b 5', 'b 5', 'a 5']);
    expect(checked).toEqual(['a', 'a', 'b', 'b']);
  });

  it('does not take a schema whose parameters depend on each other', () => {
    const dependent = z.object({ a: z.string(), b: z.string() }).refine(({ a, b }) => a < b);
    expect(() => new QueryReader(dependent)).toThrow('each be checked by itself');
  });
});
