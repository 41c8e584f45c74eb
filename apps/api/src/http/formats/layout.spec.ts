import { z } from 'zod';
import { layoutOf } from './layout.js';

describe('the layout of an answer', () => {
  it('has the members of its rows as columns, in their order, as the schema types them', () => {
    const schema = z
      .array(
        z.object({
          title: z.string().nullable().describe('Its title.'),
          day: z.iso.date(),
          chart: z.enum(['a', 'b']),
          rank: z.int().positive(),
          streams: z.int().nonnegative().nullable(),
          movement: z.int(),
          mean: z.number().nonnegative().nullable(),
        }),
      )
      .max(5);
    expect(layoutOf(schema)).toEqual({
      form: 'rows',
      members: ['title', 'day', 'chart', 'rank', 'streams', 'movement', 'mean'],
      columns: [
        { name: 'title', type: 'text', nullable: true },
        { name: 'day', type: 'date', nullable: false },
        { name: 'chart', type: 'text', nullable: false },
        { name: 'rank', type: 'whole', nullable: false },
        { name: 'streams', type: 'whole', nullable: true },
        { name: 'movement', type: 'integer', nullable: false },
        { name: 'mean', type: 'number', nullable: true },
      ],
    });
  });

  it('of an object of lists has a row for each value', () => {
    expect(layoutOf(z.object({ regions: z.array(z.string()), dates: z.array(z.iso.date()) }))).toEqual({
      form: 'lists',
      members: ['regions', 'dates'],
      columns: [
        { name: 'kind', type: 'text', nullable: false },
        { name: 'value', type: 'text', nullable: false },
      ],
    });
  });

  it.each([
    ['an optional member', z.array(z.object({ a: z.string().optional() })), 'a: a column must be there in each row'],
    ['a member that is text or number', z.array(z.object({ a: z.union([z.string(), z.int()]) })), 'one kind of text'],
    ['a list in a row', z.array(z.object({ a: z.array(z.string()) })), 'one kind of text or number'],
    ['yes and no', z.array(z.object({ a: z.boolean() })), 'one kind of text or number'],
    ['rows without members', z.array(z.object({})), 'an answer must be'],
    ['an object without lists', z.object({}), 'an answer must be'],
    ['an object of numbers', z.object({ a: z.int() }), 'an answer must be'],
    ['a list of texts', z.array(z.string()), 'an answer must be'],
  ])('is refused for %s', (_, schema, message) => {
    expect(() => layoutOf(schema)).toThrow(message);
  });
});
