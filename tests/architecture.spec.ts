import { readFileSync } from 'node:fs';
import { RULES, apiFolder, folderCycles, isTest, resolvedImports } from './setup/architecture-rules.js';
import { importsOf, readSource } from './setup/source-text.js';
import { ROOT, filesUnder } from './setup/tree.js';

const FILES = [...filesUnder('apps'), ...filesUnder('libs')]
  .filter((path) => path.endsWith('.ts'))
  .map((path) => [path, readFileSync(ROOT + path, 'utf8')] as const);

describe('the house', () => {
  it('has the files that the rules are about', () => {
    const paths = FILES.map(([path]) => path);
    expect(paths).toEqual(expect.arrayContaining(['libs/catalog/src/index.ts', 'libs/duckdb/src/index.ts']));
    expect([...new Set(paths.map((path) => path.split('/', 2).join('/')))]).toEqual(
      expect.arrayContaining(['apps/api', 'apps/dataset', 'libs/catalog', 'libs/duckdb']),
    );
  });

  it.each(RULES)('$name', ({ faults }) => {
    expect(FILES.flatMap(([path, text]) => faults(path, text).map((fault) => `${path} ${fault}`))).toEqual([]);
  });

  it('has no folders of the API that import each other in a circle', () => {
    expect(folderCycles(FILES)).toEqual([]);
  });
});

/** Texts that break a rule: [rule by its first words, path, part of the fault, text]. */
const BAD: readonly (readonly [string, string, string, string])[] = [
  ['imports stay', 'apps/api/src/app.ts', 'leaves apps/api/', "import { build } from '../../dataset/src/build.js';"],
  ['imports stay', 'apps/api/src/app.ts', 'leaves', "import { x } from '../../../libs/catalog/src/index.js';"],
  ['imports stay', 'apps/api/src/app.ts', 'inner file', "import { x } from '#libs/catalog/src/tables';"],
  ['imports stay', 'libs/catalog/src/a.ts', 'may not import @nestjs/common', "import { x } from '@nestjs/common';"],
  ['imports stay', 'libs/catalog/src/a.ts', 'may not import rxjs', "export * from 'rxjs/operators';"],
  ['imports stay', 'libs/newcomer/src/a.ts', 'libs/newcomer may not import zod', "import 'zod';"],
  ['imports stay', 'libs/catalog/src/a.ts', 'may not import #libs/duckdb', "import { x } from '#libs/duckdb';"],
  ['resources know', 'apps/api/src/rankings/a.ts', 'resource artists', "import { x } from '../artists/b.js';"],
  ['resources know', 'apps/api/src/rankings/a.ts', 'import metrics', "await import('../metrics/b.js');"],
  ['resources know', 'apps/api/src/http/a.ts', 'foundation', "import type { x } from '../artists/b.js';"],
  ['@nestjs/', 'apps/dataset/src/main.ts', '@nestjs/common', "import { Module } from '@nestjs/common';"],
  ['@duckdb/node-bindings', 'apps/dataset/src/transform/a.ts', 'bindings', "import b from '@duckdb/node-bindings';"],
  ['@duckdb/node-api', 'apps/api/src/artists/artists.repository.ts', 'node-api', "import '@duckdb/node-api';"],
  ['fastify', 'apps/api/src/rankings/a.ts', 'fastify', "import type { FastifyReply } from 'fastify';"],
  ['fastify', 'apps/api/src/main.ts', '@fastify/static', "import s from '@fastify/static';"],
  ['ioredis', 'apps/api/src/app.ts', 'ioredis', "import { Redis } from 'ioredis';"],
  ['the environment', 'apps/api/src/main.ts', 'process.env', 'const port = process.env.PORT;'],
  ['the environment', 'apps/dataset/src/commands/build.ts', 'process.env', "process.env['TMPDIR']"],
  ['only main', 'apps/dataset/src/commands/build.ts', 'process.exit(', 'process.exit(1);'],
  ['nothing is exported', 'apps/api/src/app.spec.ts', 'export default', 'export default 1;'],
  ['nothing is exported', 'apps/api/src/app.ts', 'as default', 'export { x as default };'],
  ['nothing is of type any', 'apps/api/src/app.ts', 'any', 'const x: any = 1;'],
  ['nothing is of type any', 'apps/api/src/app.ts', 'as any', 'f(x as any);'],
  ['nothing is of type any', 'apps/api/src/app.ts', 'any', 'const m = new Map<string, any>();'],
  ['unions', 'apps/api/src/app.ts', 'enum', 'export enum Chart { a }'],
  ['no interface', 'apps/api/src/app.ts', 'IStore', 'interface IStore {}'],
  ['modules say', 'apps/api/src/cache/cache.module.ts', '@Global(', '@Global()\n@Module({})'],
  ['SQL stays', 'apps/api/src/rankings/rankings.service.ts', 'SELECT', 'db.all(`SELECT 1 ${x}`)'],
  ['SQL stays', 'apps/dataset/src/commands/export.ts', 'COPY', "run('COPY chart TO x')"],
  ['files have', 'apps/api/src/app.ts', '251 lines', 'x\n'.repeat(251)],
  ['names are', 'apps/api/src/appModule.ts', 'kebab-case', ''],
  ['names are', 'apps/api/src/rankings/rankings.manager.ts', 'suffix .manager', ''],
  ['names are', 'apps/api/src/utils/dates.ts', '"utils"', ''],
  ['names are', 'apps/api/src/http/error-helper.ts', '"helper"', ''],
  ['names are', 'apps/api/src/http/index.ts', 'barrel', ''],
  ['what a library', 'libs/catalog/src/a.ts', 'exports b', 'const a = 1;\nexport const b = 2;'],
  ['what a library', 'libs/catalog/src/a.ts', 'exports B', '/** A. */\nexport function a() {\n}\nexport class B {}'],
];

/** Texts that look like a breach and are none. */
const GOOD: readonly (readonly [string, string, string])[] = [
  ['imports stay', 'libs/duckdb/src/a.ts', "import { DuckDBInstance } from '@duckdb/node-api';\nimport 'node:fs';"],
  ['imports stay', 'libs/catalog/src/a.spec.ts', "import fc from 'fast-check';"],
  ['imports stay', 'libs/serving/src/a.ts', "import { lists } from '#libs/duckdb';"],
  ['imports stay', 'apps/api/src/app.ts', "import { CHARTS } from '#libs/catalog';"],
  ['resources know', 'apps/api/src/rankings/a.ts', "import { x } from '../http/problem.js';"],
  ['fastify', 'apps/api/src/http/problem.filter.ts', "import type { FastifyReply } from 'fastify';"],
  ['the environment', 'apps/api/src/app.ts', "// process.env is read elsewhere\nconst hint = 'process.env';"],
  ['nothing is of type any', 'apps/api/src/app.ts', "/** any */ const any = first(any); const s = ': any';"],
  ['SQL stays', 'apps/api/src/artists/artists.repository.ts', "run('SELECT 1')"],
  ['SQL stays', 'apps/api/src/artists/artists.service.ts', "log('Select a region'); // SELECT 1"],
  ['files have', 'apps/api/src/app.ts', 'x\n'.repeat(250)],
  ['names are', 'apps/api/src/rankings/rankings.controller.spec.ts', ''],
  [
    'what a library',
    'libs/catalog/src/a.ts',
    "/** Ends. */\nexport const A = 1;\nexport const B = 2;\nexport * from './c.js';",
  ],
];

describe('the rules', () => {
  const rule = (start: string) => {
    const found = RULES.find(({ name }) => name.startsWith(start));
    if (!found) throw new Error(`no rule begins with ${start}`);
    return found;
  };

  it.each(BAD)('"%s…" finds fault with %s: %s', (start, path, fault, text) => {
    expect(rule(start).faults(path, text).join('\n')).toContain(fault);
  });

  it.each(GOOD)('"%s…" finds no fault with %s', (start, path, text) => {
    expect(rule(start).faults(path, text)).toEqual([]);
  });

  it('are each shown to fail', () => {
    const shown = new Set(BAD.map(([start]) => rule(start)));
    expect(RULES.filter((one) => !shown.has(one)).map(({ name }) => name)).toEqual([]);
  });

  it('find circles of folders, short and long, and leave chains alone', () => {
    const file = (from: string, to: string) => [`apps/api/src/${from}/a.ts`, `import '../${to}/b.js';`] as const;
    expect(folderCycles([file('http', 'cache'), file('cache', 'dataset'), file('dataset', 'http')])).toEqual([
      'cache',
      'dataset',
      'http',
    ]);
    expect(folderCycles([file('http', 'cache'), file('cache', 'dataset'), file('http', 'dataset')])).toEqual([]);
  });
});

describe('reading of sources', () => {
  it('tells code from comments, strings and patterns', () => {
    const { code, bare, strings } = readSource("a('x//y'); // b\n/* c */ d = /['\"`]/; e(`f ${g(`h`)} i`);");
    expect(code).toBe("a('x//y');     \n        d = /     /; e(`f ${g(`h`)} i`);");
    expect(bare).toBe(`a('    ');     \n        d = /     /; e(\`${' '.repeat(13)}\`);`);
    expect(strings).toEqual(['x//y', 'f ${g(`h`)} i']);
  });

  it('finds every way to import', () => {
    const text =
      "import a from 'a';\nimport 'b';\nexport * from \"c\";\nimport {\n  d,\n} from './d.js';\nawait import('e');";
    expect(importsOf(text)).toEqual(['a', 'b', 'c', './d.js', 'e']);
    expect(resolvedImports('apps/api/src/http/a.ts', "import '../b.js';")).toEqual(['apps/api/src/b.js']);
  });

  it('knows tests and folders by their paths', () => {
    expect([
      isTest('apps/api/src/a.spec.ts'),
      isTest('apps/api/src/a.e2e-spec.ts'),
      isTest('libs/x/testing/a.ts'),
    ]).toEqual([true, true, true]);
    expect([isTest('apps/api/src/a.ts'), apiFolder('apps/api/src/a.ts')]).toEqual([false, undefined]);
    expect(apiFolder('apps/api/src/rankings/a.ts')).toBe('rankings');
  });
});
