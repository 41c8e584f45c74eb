import { posix } from 'node:path';
import { importsOf, readSource } from './source-text.js';

/** A rule of the house: tells what is wrong with a source file, nothing when all is well. */
export interface Rule {
  readonly name: string;
  /** Faults of the file at `path` (relative to the root) with this text, each a sentence without the path. */
  readonly faults: (path: string, text: string) => readonly string[];
}

/** Packages and other libraries that each library may import. */
const LIB_IMPORTS: Readonly<Record<string, readonly string[]>> = {
  catalog: ['zod'],
  duckdb: ['@duckdb/node-api', '@duckdb/node-bindings', 'zod'],
  serving: ['#libs/catalog', '#libs/duckdb', '@duckdb/node-api'],
  'read-through': [],
};
/** Folders of the API that serve the resources; what is none of these is a resource. */
const FOUNDATIONS = ['http', 'access', 'cache', 'dataset', 'health', 'metrics', 'lifecycle'];
const FOUNDATIONS_OF_RESOURCES = ['http', 'cache', 'dataset'];
const ROLES = ['module', 'controller', 'service', 'repository', 'schema', 'filter', 'health'];
const EMPTY_WORDS = /^(?:utils?|helpers?|commons?|interfaces?|types?|dtos?)$/;
const MAX_LINES = 250;
const SQL =
  /\bSELECT\s|\bINSERT INTO\b|\bUPDATE \w+ SET\b|\bDELETE FROM\b|\bCREATE (?:OR REPLACE )?(?:UNIQUE |TEMP |TEMPORARY )?(?:TABLE|INDEX|VIEW)\b|\bALTER TABLE\b|\bDROP (?:TABLE|INDEX|VIEW)\b|\bCOPY (?:\(|\w+ TO\b|\w+ FROM\b)|\bPRAGMA \w|\bATTACH '|\bFROM \w+ WHERE\b/;

/** Whether a path is a test or made for tests only: rules on what production code may do leave it alone. */
export function isTest(path: string): boolean {
  return /\.(?:e2e-)?spec\.ts$|(?:^|\/)testing\//.test(path);
}

/** Folder of the API that a path lies in (`rankings`), or undefined for its top-level files and everything else. */
export function apiFolder(path: string): string | undefined {
  return /^apps\/api\/src\/([^/]+)\//.exec(path)?.[1];
}

/** What a file imports: module names as written, and for relative ones the path from the root without the ending. */
export function resolvedImports(path: string, text: string): readonly string[] {
  return importsOf(readSource(text).code).map((name) =>
    name.startsWith('.') ? posix.join(posix.dirname(path), name) : name,
  );
}

function packageOf(name: string): string {
  return name
    .split('/')
    .slice(0, name.startsWith('@') ? 2 : 1)
    .join('/');
}

function importFault(path: string, name: string): string | undefined {
  const [kind, owner = ''] = path.split('/');
  const home = `${kind}/${owner}/`;
  if (/^(?:apps|libs|tests|loadtest)\//.test(name) || name.startsWith('..'))
    return name.startsWith(home) ? undefined : `leaves ${home} for ${name}`;
  if (/^#libs\/[a-z-]+\//.test(name)) return `imports an inner file of a library: ${name}`;
  const needed = name.startsWith('#') ? name : packageOf(name);
  if (kind !== 'libs' || name.startsWith('node:') || LIB_IMPORTS[owner]?.includes(needed)) return undefined;
  return isTest(path) && !name.startsWith('#') ? undefined : `libs/${owner} may not import ${needed}`;
}

function folderFault(path: string, name: string): string | undefined {
  const [from, to] = [apiFolder(path), apiFolder(name)];
  if (from === undefined || to === undefined || from === to) return undefined;
  const resource = !FOUNDATIONS.includes(from);
  if (!FOUNDATIONS.includes(to)) return `${resource ? 'a resource' : 'a foundation'} may not import resource ${to}`;
  return resource && !FOUNDATIONS_OF_RESOURCES.includes(to) ? `a resource may not import ${to}` : undefined;
}

/** A rule that nothing but the places named may import a package (or one of its scope, when it ends with a slash). */
function onlyIn(packages: readonly string[], places: RegExp): Rule {
  return {
    name: `${packages.join(', ')} only in ${places.source}`,
    faults: (path, text) =>
      isTest(path) || places.test(path)
        ? []
        : resolvedImports(path, text)
            .filter((name) =>
              packages.some((one) => (one.endsWith('/') ? name.startsWith(one) : packageOf(name) === one)),
            )
            .map((name) => `may not import ${name}`),
  };
}

/** A rule that an expression is found nowhere in the code (comments and strings apart) outside the places named. */
function nowhere(name: string, expression: RegExp, places = /^$/, tests = false): Rule {
  return {
    name,
    faults: (path, text) => {
      if (places.test(path) || (isTest(path) && !tests)) return [];
      const found = expression.exec(readSource(text).bare);
      return found ? [`has ${JSON.stringify(found[0].trim())}`] : [];
    },
  };
}

/** Cycles are no fault of one file: pairs of folders of the API that import each other, straight or by way of others. */
export function folderCycles(files: readonly (readonly [path: string, text: string])[]): readonly string[] {
  const uses = new Map<string, Set<string>>();
  for (const [path, text] of files) {
    const from = apiFolder(path);
    if (from === undefined || isTest(path)) continue;
    const targets = resolvedImports(path, text).flatMap((name) => apiFolder(name) ?? []);
    const known = uses.get(from) ?? new Set();
    targets.filter((to) => to !== from).forEach((to) => known.add(to));
    uses.set(from, known);
  }
  const reaches = (from: string, to: string, seen: Set<string>): boolean =>
    [...(uses.get(from) ?? [])].some((next) => next === to || (!seen.has(next) && reaches(next, to, seen.add(next))));
  return [...uses.keys()].filter((folder) => reaches(folder, folder, new Set())).toSorted();
}

/** Every rule that looks at one file. */
export const RULES: readonly Rule[] = [
  {
    name: 'imports stay within the app or library, and libraries within their packages',
    faults: (path, text) => resolvedImports(path, text).flatMap((name) => importFault(path, name) ?? []),
  },
  {
    name: 'resources know the foundations only, foundations know no resource',
    faults: (path, text) =>
      isTest(path) ? [] : resolvedImports(path, text).flatMap((name) => folderFault(path, name) ?? []),
  },
  onlyIn(['@nestjs/', 'nestjs-pino'], /^apps\/api\//),
  onlyIn(['@duckdb/node-bindings'], /^libs\/duckdb\//),
  onlyIn(
    ['@duckdb/node-api'],
    /^libs\/(?:duckdb|serving)\/|^apps\/api\/src\/dataset\/|^apps\/dataset\/src\/(?:transform\/|sources\/parquet)/,
  ),
  onlyIn(['fastify', '@fastify/'], /^apps\/api\/src\/(?:app\.ts$|http\/|lifecycle\/|health\/|metrics\/)/),
  onlyIn(['ioredis'], /^apps\/api\/src\/cache\//),
  nowhere(
    'the environment is read in one file',
    /\bprocess\.env\b|\bimport\.meta\.env\b/,
    /^apps\/api\/src\/config\.ts$|^apps\/dataset\/src\/(?:main|usage)\.ts$/,
  ),
  nowhere('only main ends the process', /\bprocess\.exit\(/, /\/main\.ts$/),
  nowhere('nothing is exported as default', /\bexport\s+default\b|\bas\s+default\b/, undefined, true),
  nowhere('nothing is of type any', /(?:[:<,|&=]\s*|\bas\s+|\bextends\s+)any\b(?!\s*[(:])/, undefined, true),
  nowhere('unions instead of enums', /\benum\s+\w+\s*\{/, undefined, true),
  nowhere('no interface has an I prefix', /\binterface\s+I[A-Z]\w*/, undefined, true),
  nowhere('modules say what they import', /@Global\(|\bforwardRef\(/),
  {
    name: 'SQL stays in repositories, the dataset folders and the database library',
    faults: (path, text) =>
      isTest(path) ||
      /\.repository\.ts$|^apps\/api\/src\/dataset\/|^apps\/dataset\/src\/(?:transform\/|sources\/parquet)|^libs\/duckdb\/|^libs\/catalog\/src\/tables\.ts$/.test(
        path,
      )
        ? []
        : readSource(text)
            .strings.flatMap((string) => SQL.exec(string)?.[0] ?? [])
            .map((found) => `has SQL: ${found}`),
  },
  {
    name: `files have at most ${MAX_LINES} lines`,
    faults: (_path, text) => {
      const lines = text.replace(/\n$/, '').split('\n').length;
      return lines > MAX_LINES ? [`has ${lines} lines: split it by subject`] : [];
    },
  },
  { name: 'names are in kebab-case and say what is in the file', faults: (path) => nameFaults(path) },
  { name: 'what a library exports is described', faults: (path, text) => undescribed(path, text) },
];

function nameFaults(path: string): readonly string[] {
  const parts = path.split('/');
  const file = parts.at(-1) ?? '';
  const stem = file.replace(/(?:\.(?:e2e-)?spec)?\.ts$/, '');
  const role = /^[a-z0-9-]+\.(.+)$/.exec(stem)?.[1];
  const words = [...parts.slice(0, -1), ...stem.split('.')].flatMap((part) => part.split('-'));
  return [
    ...(/^[a-z0-9]+(?:-[a-z0-9]+)*(?:\.[a-z]+)?$/.test(stem) ? [] : ['is not named in kebab-case']),
    ...(role === undefined || ROLES.includes(role)
      ? []
      : [`has the suffix .${role}, which is none of ${ROLES.join(', ')}`]),
    ...words.filter((word) => EMPTY_WORDS.test(word)).map((word) => `is named by the empty word "${word}"`),
    ...(path.startsWith('apps/') && file === 'index.ts' ? ['is a barrel within an app'] : []),
  ];
}

const EXPORTED = /^export (?:declare )?(?:abstract )?(?:async )?(?:function\*?|class|const|let|type|interface) (\w+)/;

function undescribed(path: string, text: string): readonly string[] {
  if (!path.startsWith('libs/') || isTest(path)) return [];
  const lines = text.split('\n');
  return lines.flatMap((line, index) => {
    const name = EXPORTED.exec(line)?.[1];
    return name === undefined || described(lines, index) ? [] : [`exports ${name} without saying what it is`];
  });
}

/** A comment may stand before a run of one-line exports, such as the two ends of a range or overloads. */
function described(lines: readonly string[], index: number): boolean {
  const above = lines[index - 1]?.trimEnd() ?? '';
  if (above.endsWith('*/')) return true;
  return EXPORTED.test(above) && above.endsWith(';') && described(lines, index - 1);
}
