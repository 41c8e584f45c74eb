import fc from 'fast-check';
import { z } from 'zod';
import { readQuery } from './params.js';
import { ProblemError } from './problem.js';
import { kindsSchema } from './testing/http-app.js';
import { checkQuery } from './validation.js';

function faultsOf(query: string, schema: z.ZodObject = kindsSchema): Record<string, string> {
  try {
    checkQuery(schema, readQuery(query));
  } catch (error) {
    if (!(error instanceof ProblemError) || error.code !== 'invalid-parameter') throw error;
    return Object.fromEntries((error.details.errors ?? []).map(({ parameter, message }) => [parameter, message]));
  }
  return {};
}

const WHOLE = (most: string, least = 1) => `must be a whole number from ${least} to ${most}, got `;
const DATE = 'must be a calendar date YYYY-MM-DD, or "latest", got ';

const BAD: readonly (readonly [string, string, string])[] = [
  ['', 'name', 'is required: a name'],
  ['name=', 'name', 'must not be empty: a name'],
  ['name=a&name=b', 'name', 'must be given once, got it 2 times'],
  ['name=a&Limit=1', 'Limit', 'is not known here, the parameters are name, date, chart, limit, offset'],
  ['name=a&__proto__=1', '__proto__', 'is not known here, the parameters are name, date, chart, limit, offset'],
  ['name=a&toString=1', 'toString', 'is not known here, the parameters are name, date, chart, limit, offset'],
  ['name=a&limit=%zz', 'limit', 'must be percent-encoded UTF-8, each % followed by two hexadecimal digits, got "%zz"'],
  ...['abc', '', '0', '1001', '-1', '%2B5', '+5', '1e2', '1.0', '0x10', '010', '%D9%A3', ' 5', '9'.repeat(400)].map(
    (value) => [`name=a&limit=${value}`, 'limit', WHOLE('1000')] as const,
  ),
  ...['-1', '1000001', 'NaN', 'Infinity'].map(
    (value) => [`name=a&offset=${value}`, 'offset', WHOLE('1000000', 0)] as const,
  ),
  ...[
    '2021-02-29',
    '2021-1-1',
    '2021-13-01',
    '20210101',
    '2021-02-30',
    '1900-02-29',
    '0000-00-00',
    '10000-01-01',
    '-2021-01-01',
    'Latest',
    '',
  ].map((value) => [`name=a&date=${value}`, 'date', DATE] as const),
  ['name=a&chart=Top200', 'chart', 'must be "top200" or "viral50", got "Top200"'],
];

describe('checking a query', () => {
  it('gives typed values and defaults', () => {
    expect(checkQuery(kindsSchema, readQuery('name=A%2C+B&limit=1000&offset=0&date=2020-02-29&chart=viral50'))).toEqual(
      {
        name: 'A, B',
        date: '2020-02-29',
        chart: 'viral50',
        limit: 1000,
        offset: 0,
      },
    );
    expect(checkQuery(kindsSchema, readQuery('date=latest&name=x'))).toEqual({
      name: 'x',
      date: 'latest',
      chart: 'top200',
      limit: 10,
      offset: 0,
    });
  });

  it.each(BAD)('refuses %j', (query, parameter, message) => {
    const faults = faultsOf(query);
    expect(Object.keys(faults)).toEqual([parameter]);
    expect(faults[parameter]).toContain(message);
  });

  it('quotes what it got, cut to 100 characters', () => {
    expect(faultsOf('name=a&limit=abc')['limit']).toBe(`${WHOLE('1000')}"abc"`);
    expect(faultsOf('name=a&limit=1001')['limit']).toBe(`${WHOLE('1000')}"1001"`);
    expect(faultsOf(`name=a&limit=${'9'.repeat(400)}`)['limit']).toBe(`${WHOLE('1000')}"${'9'.repeat(100)}…"`);
  });

  it('names every fault at once, each parameter once', () => {
    expect(Object.keys(faultsOf('limit=x&limit=y&offset=z&who=me'))).toEqual(['limit', 'who', 'name', 'offset']);
  });

  it('bounds the faults it lists', () => {
    const query = Array.from({ length: 3000 }, (_, i) => `p${i}=`).join('&');
    expect(Object.keys(faultsOf(query))).toHaveLength(20);
  });

  it('says so when a route has no parameters', () => {
    expect(faultsOf('x=1', z.object({}))).toEqual({ x: 'is not known here, this route has no parameters' });
  });

  it('takes a whole number exactly when it is written plainly and within bounds', () => {
    fc.assert(
      fc.property(fc.oneof(fc.integer({ min: -5, max: 1010 }).map(String), fc.string()), (value) => {
        const valid = /^[1-9]\d*$/.test(value) && Number(value) <= 1000;
        expect('limit' in faultsOf(`name=a&limit=${encodeURIComponent(value.toWellFormed())}`)).toBe(!valid);
      }),
    );
  });
});
