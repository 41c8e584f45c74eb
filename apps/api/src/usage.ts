import { z } from 'zod';
import { SETTINGS } from './settings.js';

/** A setting as it is shown to people. */
export interface SettingRow {
  readonly name: string;
  /** Which values are allowed. */
  readonly values: string;
  /** Empty when the setting has none. */
  readonly defaultText: string;
  readonly meaning: string;
}

const notesSchema = z.looseObject({ values: z.string().default(''), defaultText: z.string().optional() });

/** The settings of the service in the order of the schema. */
export function settingRows(): SettingRow[] {
  return Object.entries(SETTINGS.shape).map(([name, field]) => {
    const notes = notesSchema.parse({ ...valuesOf(field), ...field.meta() });
    const fallback = field.parse(undefined);
    return {
      name,
      values: notes.values,
      defaultText: notes.defaultText ?? (fallback === undefined ? '' : String(fallback)),
      meaning: field.description ?? '',
    };
  });
}

/** The notes of the value within a default or an optional. */
function valuesOf(field: z.ZodType): object | undefined {
  const inner = field instanceof z.ZodDefault || field instanceof z.ZodOptional ? field.unwrap() : field;
  return z.globalRegistry.get(inner as z.ZodType);
}

const WIDTH = 100;

/** What `npm start -- --help` prints. */
export function usage(): string {
  const settings = settingRows().map(({ name, values, defaultText, meaning }) => {
    const head = `  ${name}${defaultText && `  [${defaultText}]`}`;
    return `${head}\n${wrap(meaning.replaceAll('`', ''))}\n${wrap(`Values: ${values}.`)}`;
  });
  return `Usage: npm start
       npm start -- new-key NAME [LIMIT]   makes an API key and its line for API_KEYS_FILE

Serves the rankings and artists' histories of a chart dataset over HTTP.
Every setting is an environment variable [default in brackets]; an empty one counts as absent.

${settings.join('\n')}

Exit codes: 0 stopped by a signal, 1 fault or deadline of the shutdown passed, 64 arguments are wrong, 78 settings or dataset cannot be used.
`;
}

function wrap(text: string): string {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const line = lines.at(-1);
    if (line !== undefined && line.length + word.length < WIDTH) lines[lines.length - 1] = `${line} ${word}`;
    else lines.push(`      ${word}`);
  }
  return lines.join('\n');
}
