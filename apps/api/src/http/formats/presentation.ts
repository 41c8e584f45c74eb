import { z } from 'zod';
import { quote } from '../params.js';
import { chooseFormat, FORMAT_NAMES, FORMATS, type Format } from './formats.js';
import type { Layout } from './layout.js';

/** How a list is to be shown, decided: equal ones of the same list give equal bytes. */
export interface Presentation {
  readonly format: Format;
  /** Members to answer, in this order; undefined for all of them as they are. */
  readonly fields: readonly string[] | undefined;
  /** Whether cells that a spreadsheet would run are made text; true for CSV only. */
  readonly defuse: boolean;
  readonly layout: Layout;
}

const FORMULAS = ['kept', 'defused'] as const;

/** What a request says about the presentation by its parameters, see {@link presentationParameters}. */
export interface PresentationQuery {
  readonly format?: Format | undefined;
  readonly fields?: readonly string[] | undefined;
  readonly formulas?: (typeof FORMULAS)[number] | undefined;
}

/** The parameters that say how a list is shown, to be spread into the schema of its route's query. All can be left out. */
export function presentationParameters(layout: Layout) {
  const meanings = FORMAT_NAMES.map((name) => `\`${name}\` is ${FORMATS[name].meaning}`).join(', ');
  return {
    format: z
      .enum(FORMAT_NAMES, { error: choiceError(FORMAT_NAMES) })
      .optional()
      .describe(`Form of the answer, before what \`Accept\` says: ${meanings}. Every form has the same rows.`),
    fields: fields(layout),
    formulas: z
      .enum(FORMULAS, { error: choiceError(FORMULAS) })
      .optional()
      .describe(
        'For CSV that goes into a spreadsheet: `defused` puts an apostrophe before a text that begins like a formula. ' +
          '`kept`, as without the parameter, leaves every value exact.',
      ),
  };
}

function fields({ form, members }: Layout) {
  const known = members.join(', ');
  const unknown = ({ input }: { readonly input?: unknown }) =>
    `names ${quote(input)}, which is not known here, the members are ${known}`;
  const list = z
    .array(z.enum(members, { error: unknown }))
    .refine((names) => new Set(names).size === names.length, {
      error: ({ input }) => `must name each member once, got ${quote(input)}`,
    })
    .meta({ minItems: 1, uniqueItems: true });
  return z
    .preprocess((input) => (typeof input === 'string' ? input.split(',') : input), list)
    .optional()
    .describe(
      form === 'rows'
        ? 'Members to answer and their order, separated by commas; all of them when it is left out.'
        : 'Lists to answer and their order, separated by commas; all of them when it is left out. ' +
            'In every format: JSON has them as members, the others their values as rows of `kind` and `value`.',
    );
}

function choiceError(choices: readonly string[]) {
  return ({ input }: { readonly input?: unknown }) => `must be ${choices.map(quote).join(' or ')}, got ${quote(input)}`;
}

/**
 * How to show a list to a request with these parameters and this Accept header; undefined when the header excludes every
 * format. What makes no difference to the bytes is left out, so that equal answers are kept once.
 */
export function choosePresentation(
  query: PresentationQuery,
  accept: string | undefined,
  layout: Layout,
): Presentation | undefined {
  const format = chooseFormat(query.format, accept);
  if (format === undefined) return undefined;
  const all = query.fields !== undefined && query.fields.join() === layout.members.join();
  const defuse = format === 'csv' && query.formulas === 'defused';
  return { format, fields: all ? undefined : query.fields, defuse, layout };
}

/** A presentation as parameters in a fixed order, for keys and canonical URLs; empty for JSON with all members. */
export function canonicalPresentation({ format, fields: names, defuse }: Presentation): string {
  const parameters = [
    ...(format === 'json' ? [] : [`format=${format}`]),
    ...(names ? [`fields=${encodeURIComponent(names.join())}`] : []),
    ...(defuse ? ['formulas=defused'] : []),
  ];
  return parameters.join('&');
}

/** A list's canonical URL with the presentation added to it; the same URL for JSON with all members. */
export function presentedUrl(canonical: string, presentation: Presentation): string {
  const parameters = canonicalPresentation(presentation);
  if (parameters === '') return canonical;
  return `${canonical}${canonical.includes('?') ? '&' : '?'}${parameters}`;
}
