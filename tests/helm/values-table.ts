import { isMap, isScalar, parseDocument, type Pair, type YAMLMap } from 'yaml';

/** A row of the table: path of the value, its default as JSON, and what it means. */
export interface ValueRow {
  readonly path: string;
  readonly defaultText: string;
  readonly meaning: string;
}

const MARK = /^ ?-- /;

/**
 * Rows of a values.yaml, from the comments that begin with "# --"; a described map is one row. Throws with the path of a
 * value that neither it nor a map around it describes.
 */
export function valueRows(text: string): readonly ValueRow[] {
  const { contents, errors } = parseDocument(text);
  if (errors[0]) throw errors[0];
  if (!isMap(contents)) throw new Error('the values must be a map');
  return rowsOf(contents, '');
}

function rowsOf(map: YAMLMap, prefix: string): readonly ValueRow[] {
  return map.items.flatMap((pair, at) => {
    const key = String(isScalar(pair.key) ? pair.key.value : pair.key);
    const path = prefix === '' ? key : `${prefix}.${key}`;
    // What stands before the first key of a map belongs to the map.
    const comment = commentOf(pair) ?? (at === 0 ? (map.commentBefore ?? undefined) : undefined);
    const meaning = lastBlock(comment ?? '')
      .filter((line) => MARK.test(line))
      .map((line) => line.replace(MARK, ''))
      .join(' ');
    if (meaning !== '') return [{ path, defaultText: JSON.stringify(jsonOf(pair)), meaning }];
    if (isMap(pair.value) && pair.value.items.length > 0) return rowsOf(pair.value, path);
    throw new Error(`${path} has no description that begins with "# --"`);
  });
}

function commentOf({ key }: Pair): string | undefined {
  return (isScalar(key) && key.commentBefore) || undefined;
}

/** The lines of a comment after its last empty one: what is above speaks of something else. */
function lastBlock(comment: string): readonly string[] {
  return comment
    .split(/\n\s*\n/)
    .at(-1)!
    .split('\n');
}

function jsonOf({ value }: Pair): unknown {
  return (value as { toJSON(): unknown }).toJSON();
}

/** The rows as a table in Markdown. */
export function valuesTable(rows: readonly ValueRow[]): string {
  const cell = (text: string) => text.replaceAll('|', '\\|');
  return [
    '| value | default | meaning |',
    '| --- | --- | --- |',
    ...rows.map(({ path, defaultText, meaning }) => `| \`${path}\` | \`${cell(defaultText)}\` | ${cell(meaning)} |`),
  ].join('\n');
}

const PLACE = /(<!-- values -->\n)[^]*?(<!-- \/values -->)/;

/** A README with the table between its marks. Throws when it has no marks. */
export function withTable(readme: string, table: string): string {
  if (!PLACE.test(readme)) throw new Error('the README lacks <!-- values --> and <!-- /values -->');
  return readme.replace(PLACE, (_all, begin: string, end: string) => `${begin}\n${table}\n\n${end}`);
}
