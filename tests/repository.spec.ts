import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { z } from 'zod';
import { GENERATED_DOCS } from '../apps/api/src/write-docs.js';
import { NODE_ENVIRONMENT, NODE_FLAGS } from '../loadtest/bench/node-flags.js';
import { lockPathOf, missingOptionals, platformOf } from './setup/lock-platforms.mjs';
import { brokenLinks, commandsIn, makeTargets } from './setup/markdown.js';
import { ROOT, filesUnder } from './setup/tree.js';

const read = (path: string) => readFileSync(ROOT + path, 'utf8');
const names = z.record(z.string(), z.string());
const manifest = z
  .looseObject({ version: z.string(), scripts: names, dependencies: names, devDependencies: names })
  .parse(JSON.parse(read('package.json')));
const lock = z
  .object({
    packages: z.record(
      z.string(),
      z.looseObject({ resolved: z.string().optional(), optionalDependencies: names.optional() }),
    ),
  })
  .parse(JSON.parse(read('package-lock.json')));

const FILES = filesUnder();
const PAGES = FILES.filter((path) => path.endsWith('.md'));
/** Written in parts, so that this file does not hold what it looks for. */
const REGISTRIES = [
  ['registry', 'npmjs'],
  ['registry', 'yarnpkg'],
  ['pypi', 'org'],
  ['deb', 'debian', 'org'],
  ['proxy', 'golang', 'org'],
];

describe('documentation', () => {
  it.each(PAGES)('%s links to files that exist', (page) => {
    const exists = (target: string) => existsSync(join(ROOT, normalize(join(dirname(page), target))));
    expect(brokenLinks(read(page), exists)).toEqual([]);
  });

  it.each(PAGES)('%s names commands that exist', (page) => {
    const targets = makeTargets(read('Makefile'));
    const unknown = commandsIn(read(page)).filter(
      ({ tool, name }) => !(tool === 'make' ? targets.includes(name) : name in manifest.scripts),
    );
    expect(unknown).toEqual([]);
  });

  it('tells how to run and test', () => {
    expect(commandsIn(read('README.md'))).toEqual(
      expect.arrayContaining([
        { tool: 'make', name: 'run' },
        { tool: 'make', name: 'test' },
        { tool: 'npm run', name: 'dataset' },
      ]),
    );
  });

  it.each(GENERATED_DOCS)('docs/%s is what the code says; `npm run generate` writes it anew', (file, text) => {
    expect(read(`docs/${file}`)).toBe(text());
  });

  it('keeps a changelog with what is released or about to be', () => {
    expect(read('CHANGELOG.md')).toMatch(/^## \[(?:Unreleased|\d+\.\d+\.\d+)\]/m);
  });

  it('gives a reason for each package that runs in production, and for no other', () => {
    const reasons = [...read('docs/adr/0002-runtime-dependencies.md').matchAll(/^\| `([^`]+)`/gm)].map(
      (row) => row[1] ?? '',
    );
    expect(reasons.toSorted()).toEqual(Object.keys(manifest.dependencies).toSorted());
  });
});

describe('packages', () => {
  it('are pinned to exact versions', () => {
    const loose = Object.entries({ ...manifest.dependencies, ...manifest.devDependencies }).filter(
      ([, version]) => !/^\d+\.\d+\.\d+(?:-[\w.]+)?$/.test(version),
    );
    expect(loose).toEqual([]);
  });

  it('come from no address of the lockfile, but from the registry of whoever installs', () => {
    expect(Object.keys(lock.packages).length).toBeGreaterThan(100);
    expect(Object.entries(lock.packages).filter(([, entry]) => entry.resolved !== undefined)).toEqual([]);
  });

  it('are locked for every platform; `npm run lock:platforms` adds what is missing', () => {
    expect(missingOptionals(lock)).toEqual([]);
  });

  it('of the image have the version of the project', () => {
    expect(/^ARG VERSION=(.*)$/m.exec(read('Dockerfile'))?.[1]).toBe(manifest.version);
  });
});

describe('files', () => {
  it('name no host of a package registry', () => {
    const hosts = REGISTRIES.map((parts) => parts.join('.'));
    const naming = FILES.filter((path) => !path.startsWith('.env')).flatMap((path) => {
      const text = read(path);
      return hosts.filter((host) => text.includes(host)).map((host) => `${path}: ${host}`);
    });
    expect(naming).toEqual([]);
  });

  it('start the service with the same flags and environment: package.json, Makefile and Dockerfile', () => {
    const [, environment = '', start = ''] =
      /^(\w+=\w+) (node .*main\.js)$/.exec(manifest.scripts['start'] ?? '') ?? [];
    expect(start).not.toBe('');
    expect(start.split(' ').slice(1, -1)).toEqual(NODE_FLAGS);
    expect(environment).toBe(
      Object.entries(NODE_ENVIRONMENT)
        .map((pair) => pair.join('='))
        .join(' '),
    );
    expect(read('Makefile')).toContain(`${environment} ${start.replace(/^node/, 'exec $(NODE)')}`);
    expect(read('Dockerfile')).toContain(`ENTRYPOINT ${JSON.stringify(start.split(' ')).replaceAll(',', ', ')}`);
    expect(read('Dockerfile')).toMatch(new RegExp(`^ENV .*(?:\\\\\n.*)*\\b${environment}\\b`, 'm'));
  });

  it('of the workflow pin actions to a full commit', () => {
    const uses = [...read('.github/workflows/ci.yml').matchAll(/uses: (\S+)/g)].map((found) => found[1]);
    expect(uses.length).toBeGreaterThan(0);
    expect(uses.filter((use) => !/@[0-9a-f]{40}$/.test(use ?? ''))).toEqual([]);
  });
});

describe('the checks above', () => {
  it('find broken links in text and leave addresses, anchors and code alone', () => {
    const page =
      '[a](gone.md) [b](here.md#part) [c](https://x.example/y) [d](#part) ![e](gone.png)\n```\n[f](gone.md)\n```\n`[g](gone.md)`';
    expect(brokenLinks(page, (target) => target === 'here.md')).toEqual(['gone.md', 'gone.png']);
  });

  it('find commands in code and leave prose alone', () => {
    const page =
      'Do make sure. `make run` and `npm test`, `npm start -- --help`:\n```sh\n$ PORT=1 make test # make haste\nnpm run dataset -- build\nnpm ci\n```';
    expect(commandsIn(page)).toEqual([
      { tool: 'make', name: 'run' },
      { tool: 'npm run', name: 'test' },
      { tool: 'npm run', name: 'start' },
      { tool: 'make', name: 'test' },
      { tool: 'npm run', name: 'dataset' },
    ]);
  });

  it('read the targets of a Makefile', () => {
    expect(makeTargets('A := b\nrun: build ## x\n\techo y: z\n$(V): c\nbench-dataset:\n')).toEqual([
      'run',
      'bench-dataset',
    ]);
  });

  it('find what a lockfile lacks, looking from the inside out', () => {
    const packages = {
      '': {},
      'node_modules/a': { optionalDependencies: { 'a-linux-x64': '1.0.0', 'a-darwin-arm64': '1.0.0' } },
      'node_modules/a-linux-x64': {},
      'node_modules/b/node_modules/c': { optionalDependencies: { 'a-linux-x64': '1.0.0' } },
    };
    expect(missingOptionals({ packages })).toEqual([
      { dependent: 'node_modules/a', name: 'a-darwin-arm64', version: '1.0.0' },
    ]);
    expect(lockPathOf(packages, 'node_modules/b/node_modules/c', 'a-linux-x64')).toBe('node_modules/a-linux-x64');
  });

  it.each([
    ['@duckdb/node-bindings-linux-arm64-musl', { os: ['linux'], cpu: ['arm64'], libc: ['musl'] }],
    ['@swc/core-linux-arm-gnueabihf', { os: ['linux'], cpu: ['arm'] }],
    ['@oxlint-tsgolint/darwin-x64', { os: ['darwin'], cpu: ['x64'] }],
    ['left-pad', undefined],
  ])('read the platform of %s from its name', (name, platform) => {
    expect(platformOf(name)).toEqual(platform);
  });
});
