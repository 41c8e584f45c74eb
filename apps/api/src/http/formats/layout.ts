import { z } from 'zod';

/** What the values of a column are: `whole` is a number from 0 to 4294967295, `integer` one of 32 bits with a sign. */
export type ColumnType = 'text' | 'date' | 'whole' | 'integer' | 'number';

/** A column of a list. */
export interface ColumnOf {
  readonly name: string;
  readonly type: ColumnType;
  readonly nullable: boolean;
}

/** What a list's answer is made of; derived from the schema of its JSON, see {@link layoutOf}. */
export interface Layout {
  /** Whether its JSON is an array of rows, or an object of lists, each row of which is one value. */
  readonly form: 'rows' | 'lists';
  /** Members of the JSON, which the parameter `fields` selects from: those of a row, or the lists. */
  readonly members: readonly string[];
  /** Columns of the rows in other formats than JSON. */
  readonly columns: readonly ColumnOf[];
}

/** A value in a column. */
export type Cell = string | number | null;

/** A row of a list as the JSON has it, by column. */
export type Row = Readonly<Record<string, Cell>>;

interface JsonSchema {
  readonly type?: unknown;
  readonly format?: unknown;
  readonly minimum?: number;
  readonly exclusiveMinimum?: number;
  readonly anyOf?: readonly JsonSchema[];
  readonly items?: JsonSchema;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
}

/**
 * The layout of an answer from its schema. An array of flat objects is rows; an object of lists of texts becomes rows of
 * `kind`, the singular of the list's name, and `value`. Throws when the schema is neither, or a member is something that
 * is no cell.
 */
export function layoutOf(schema: z.ZodType): Layout {
  const { type, items, properties } = z.toJSONSchema(schema) as JsonSchema;
  if (type === 'array' && items?.type === 'object') {
    const columns = Object.entries(items.properties ?? {}).map(([name, of]) =>
      columnOf(name, of, items.required ?? []),
    );
    if (columns.length > 0) return { form: 'rows', members: columns.map(({ name }) => name), columns };
  }
  const lists = Object.entries(properties ?? {});
  if (type === 'object' && lists.length > 0 && lists.every(([, list]) => list.items?.type === 'string')) {
    return { form: 'lists', members: lists.map(([name]) => name), columns: LIST_COLUMNS };
  }
  throw new Error('an answer must be an array of objects with members, or an object of arrays of strings');
}

const LIST_COLUMNS: readonly ColumnOf[] = [
  { name: 'kind', type: 'text', nullable: false },
  { name: 'value', type: 'text', nullable: false },
];

/** The kind of a list's values in a row: `region` for the list `regions`. */
export function kindOf(list: string): string {
  return list.replace(/s$/, '');
}

function columnOf(name: string, schema: JsonSchema, required: readonly string[]): ColumnOf {
  // A member that can be null has a list of types, or a choice of schemas where there is more to say than the type.
  const choices = schema.anyOf ?? [schema.type].flat().map((type): JsonSchema => ({ ...schema, type }));
  const values = choices.filter(({ type }) => type !== 'null');
  const type = values.length === 1 && values[0] && required.includes(name) ? typeOf(values[0]) : undefined;
  if (!type) throw new Error(`${name}: a column must be there in each row, with one kind of text or number`);
  return { name, type, nullable: values.length < choices.length };
}

function typeOf({ type, format, minimum, exclusiveMinimum }: JsonSchema): ColumnType | undefined {
  if (type === 'string') return format === 'date' ? 'date' : 'text';
  if (type === 'integer') return (minimum ?? exclusiveMinimum ?? -1) >= 0 ? 'whole' : 'integer';
  return type === 'number' ? 'number' : undefined;
}
