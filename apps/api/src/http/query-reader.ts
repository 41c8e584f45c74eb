import type { z } from 'zod';
import { ClockMap } from '#libs/read-through';
import { readQuery } from './params.js';
import { checkQuery } from './validation.js';

/** Parameters of a route that are remembered as they stand in URLs: some 400 KB at the most. */
const MOST_PIECES = 2048;
const MAX_PIECE_CHARACTERS = 128;

/** A parameter as it stood in a URL, read and found right. */
interface KnownPiece {
  /** Place of its name in the schema. */
  readonly place: number;
  readonly value: unknown;
}

/**
 * Reads the query strings of a route: `region=Japan` or `limit=50` means the same in every URL of it, so that most new
 * questions are made of parameters that were decoded and checked before. What is not known is read anew, with every fault
 * named; so is a query that repeats a parameter, lacks one or has an empty piece.
 */
export class QueryReader<Schema extends z.ZodObject> {
  private readonly known = new ClockMap<KnownPiece>(MOST_PIECES);
  private readonly names: readonly string[];
  /** By place, what parameters are that can be left out and then have a value. */
  private readonly absent: readonly unknown[];
  /** The parameters that cannot be left out, each a bit by its place. */
  private readonly required: number;

  /** Throws when the schema says something of several parameters together, which their pieces do not show. */
  constructor(private readonly schema: Schema) {
    this.names = Object.keys(schema.shape);
    if (this.names.length > 31 || (schema.def.checks?.length ?? 0) > 0)
      throw new Error('the parameters of a list must be at most 31, and each be checked by itself');
    const absent = this.names.map((name) => (schema.shape[name] as z.ZodType).safeParse(undefined));
    this.absent = absent.map(({ data }) => data);
    this.required = absent.reduce((bits, { success }, place) => (success ? bits : bits | (1 << place)), 0);
  }

  /** The parameters of the part of a URL after the question mark. Throws ProblemError `invalid-parameter`. */
  read(query: string): z.infer<Schema> {
    return this.ofKnown(query) ?? this.anew(query);
  }

  private ofKnown(query: string): z.infer<Schema> | undefined {
    const values = this.absent.slice();
    let given = 0;
    for (let at = 0; ;) {
      const end = query.indexOf('&', at);
      const piece = this.known.find(end < 0 ? query.slice(at) : query.slice(at, end));
      if (piece === undefined || (given & (1 << piece.place)) !== 0) return undefined;
      given |= 1 << piece.place;
      values[piece.place] = piece.value;
      if (end < 0) break;
      at = end + 1;
    }
    return (given & this.required) === this.required ? (this.named(values) as z.infer<Schema>) : undefined;
  }

  /** In the order of the schema, as zod has them. */
  private named(values: readonly unknown[]): Record<string, unknown> {
    const named: Record<string, unknown> = {};
    for (let place = 0; place < values.length; place++)
      if (values[place] !== undefined) named[this.names[place]!] = values[place];
    return named;
  }

  private anew(query: string): z.infer<Schema> {
    const parameters = readQuery(query);
    const values: z.infer<Schema> = checkQuery(this.schema, parameters);
    // Each was given once, or it would have been a fault, so that names and pieces are in the same order.
    const names = parameters.values.keys();
    for (const piece of query.split('&')) {
      if (piece === '') continue;
      const name = names.next().value!;
      if (piece.length <= MAX_PIECE_CHARACTERS)
        this.known.offer(piece, { place: this.names.indexOf(name), value: values[name] });
    }
    return values;
  }
}
