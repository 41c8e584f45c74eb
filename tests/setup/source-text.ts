/** A source text with parts blanked out by spaces of the same length, so that offsets and lines stay. */
export interface SourceText {
  /** Comments blanked, string literals kept. */
  readonly code: string;
  /** Comments and the contents of string literals blanked. */
  readonly bare: string;
  /** Contents of the string and template literals, in order. */
  readonly strings: readonly string[];
}

const BEFORE_PATTERN = /(?:^|[(,=:[!&|?{};+\-*%<>~^]|\b(?:return|typeof|case|in|of|await|yield|throw))\s*$/;
const PATTERN = /\/(?![*/])(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\[\n])+\/[a-z]*/y;
const COMMENT = /\/\/[^\n]*|\/\*[^]*?(?:\*\/|$)/y;
const QUOTED = /'(?:\\[^]|[^'\\\n])*'?|"(?:\\[^]|[^"\\\n])*"?/y;

/** Takes TypeScript apart into code, comments, strings and regular expressions; nested templates are followed. */
export function readSource(text: string): SourceText {
  const strings: string[] = [];
  let code = '';
  let bare = '';
  const keep = (part: string) => {
    code += part;
    bare += part;
  };
  const literal = (part: string) => {
    strings.push(part.slice(1, -1));
    code += part;
    bare += part[0] + blank(part.slice(1, -1)) + (part.at(-1) ?? '');
  };
  let at = 0;
  while (at < text.length) {
    const comment = match(COMMENT, text, at);
    const quoted = comment === undefined ? match(QUOTED, text, at) : undefined;
    const pattern = text[at] === '/' && BEFORE_PATTERN.test(code.slice(-80)) ? match(PATTERN, text, at) : undefined;
    const template = text[at] === '`' ? templateAt(text, at) : undefined;
    const part = comment ?? quoted ?? template ?? pattern ?? text[at] ?? '';
    if (comment !== undefined) keep(blank(comment));
    else if (quoted !== undefined || template !== undefined) literal(part);
    else if (pattern !== undefined) keep(`/${blank(pattern.slice(1, -1))}/`);
    else keep(part);
    at += part.length;
  }
  return { code, bare, strings };
}

function match(expression: RegExp, text: string, at: number): string | undefined {
  expression.lastIndex = at;
  return expression.exec(text)?.[0];
}

function blank(text: string): string {
  return text.replace(/[^\n]/g, ' ');
}

/** The template literal that begins at `at`, substitutions and the templates in them included. */
function templateAt(text: string, at: number): string {
  let depth = 0;
  let end = at + 1;
  for (; end < text.length; end++) {
    const character = text[end];
    if (character === '\\') end++;
    else if (depth === 0 && character === '`') break;
    else if (depth === 0 && text.startsWith('${', end)) depth = text[++end] === '{' ? 1 : 0;
    else if (depth > 0 && character === '`') end += templateAt(text, end).length - 1;
    else if (depth > 0 && character === '{') depth++;
    else if (depth > 0 && character === '}') depth--;
  }
  return text.slice(at, end + 1);
}

/** Module names that a text imports or re-exports, statically or dynamically; in order, repeats kept. */
export function importsOf(code: string): readonly string[] {
  const expression = /(?:\bfrom|\bimport|\brequire)\s*\(?\s*(['"])([^'"\n]+)\1/g;
  return [...code.matchAll(expression)].map((found) => found[2] ?? '');
}
