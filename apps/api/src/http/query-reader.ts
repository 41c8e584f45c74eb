import type { z } from 'zod';
import { ClockMap } from '#libs/read-through';
import { readPiece, readQuery } from './params.js';
import { checkQuery } from './validation.js';

/** Parameters of a route that are remembered as they stand in URLs: some 400 KB at the most. */
const MOST_PIECES = 2048;
const MAX_PIECE_CHARACTERS = 128;

/** A parameter as it stands in a URL, read and found right. */
interface KnownPiece {
  /** Place of its name in the schema. */
  readonly place: number;
  readonly value: unknown;
}

/**
 * Reads the query strings of a route: `region=Japan` or `limit=50` means the same in every URL of it, so that most new
 * questions are made of parameters that were decoded and checked before; the others are read one by one. A query with a
 * fault, such as a parameter that is repeated or lacking, is read anew as a whole, with every fault named; so is one with an empty piece.
 */
export class QueryReader<Schema extends z.ZodObject> {
  private readonly known = new ClockMap<KnownPiece>(MOST_PIECES);
  private readonly names: readonly string[];
  /** By place, what parameters have to be. */
  private readonly types: readonly z.ZodType[];
  /** By place, what parameters are that can be left out and then have a value. */
  private readonly absent: readonly unknown[];
  /** The parameters that cannot be left out, each a bit by its place. */
  private readonly required: number;

  /** Throws when the schema says something of several parameters together, which their pieces do not show. */
  constructor(private readonly schema: Schema) {
    this.names = Object.keys(schema.shape);
    if (this.names.length > 31 || (schema.def.checks?.length ?? 0) > 0)
      throw new Error('the parameters of a list must be at most 31, and each be checked by itself');
    this.types = this.names.map((name) => schema.shape[name] as z.ZodType);
    const absent = this.types.map((type) => type.safeParse(undefined));
    this.absent = absent.map(({ data }) => data);
    this.required = absent.reduce((bits, { success }, place) => (success ? bits : bits | (1 << place)), 0);
  }

  /** The parameters of the part of a URL after the question mark. Throws ProblemError `invalid-parameter`. */
  read(query: string): z.infer<Schema> {
    return this.inPieces(query) ?? checkQuery(this.schema, readQuery(query));
  }

  private inPieces(query: string): z.infer<Schema> | undefined {
    const values = this.absent.slice();
    let given = 0;
    for (let at = 0; ;) {
      const end = query.indexOf('&', at);
      const text = end < 0 ? query.slice(at) : query.slice(at, end);
      const piece = this.known.find(text) ?? this.readPiece(text);
      if (piece === undefined || (given & (1 << piece.place)) !== 0) return undefined;
      given |= 1 << piece.place;
      values[piece.place] = piece.value;
      if (end < 0) break;
      at = end + 1;
    }
    return (given & this.required) === this.required ? (this.named(values) as z.infer<Schema>) : undefined;
  }

  /** A parameter that is not known, or undefined when it is not right. */
  private readPiece(text: string): KnownPiece | undefined {
    const { name, value } = readPiece(text);
    const place = name === undefined || value === undefined ? -1 : this.names.indexOf(name);
    if (place < 0) return undefined;
    const checked = this.types[place]!.safeParse(value);
    if (!checked.success) return undefined;
    const piece = { place, value: checked.data };
    if (text.length <= MAX_PIECE_CHARACTERS) this.known.offer(text, piece);
    return piece;
  }

  /** In the order of the schema, as zod has them. */
  private named(values: readonly unknown[]): Record<string, unknown> {
    const named: Record<string, unknown> = {};
    for (let place = 0; place < values.length; place++)
      if (values[place] !== undefined) named[this.names[place]!] = values[place];
    return named;
  }
}
