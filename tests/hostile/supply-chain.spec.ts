import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';
import { ROOT } from '../setup/tree.js';

const read = (path: string) => readFileSync(ROOT + path, 'utf8');

const lock = z
  .object({
    packages: z.record(
      z.string(),
      z.looseObject({
        dev: z.boolean().optional(),
        license: z.string().optional(),
        integrity: z.string().optional(),
        hasInstallScript: z.boolean().optional(),
      }),
    ),
  })
  .parse(JSON.parse(read('package-lock.json')));
/** What `npm ci --omit=dev` puts into the image, by its place. */
const RUNTIME = Object.entries(lock.packages).filter(([place, { dev }]) => place !== '' && dev !== true);

/** Licences that let this be used and passed on without giving sources; none asks for more than its own text. */
const ALLOWED = [
  'MIT',
  'ISC',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  '0BSD',
  'BlueOak-1.0.0',
  'Unlicense',
  'CC0-1.0',
];

const nameOf = (place: string) => place.slice(place.lastIndexOf('node_modules/') + 'node_modules/'.length);

/** The licence by the package itself, or by the lockfile where another platform's is not here. */
function licenceOf(place: string): string | undefined {
  const manifest = `${place}/package.json`;
  if (existsSync(ROOT + manifest)) {
    const { license } = z.looseObject({ license: z.unknown() }).parse(JSON.parse(read(manifest)));
    return typeof license === 'string' ? license : undefined;
  }
  const known = lock.packages[place]?.license;
  if (known !== undefined) return known;
  // Builds of one program for several platforms have one licence; the one for this platform is here.
  const family = nameOf(place).replace(/-(darwin|linux|win32)-(arm64|x64)(-musl)?$/, '');
  return family === nameOf(place) ? undefined : licenceOf(`node_modules/${family}`);
}

/** Whether an SPDX expression can be met by allowed licences alone. */
function isAllowed(expression: string | undefined): boolean {
  if (expression === undefined) return false;
  const bare = expression.replaceAll(/[()]/g, '');
  if (bare.includes(' AND ')) return bare.split(' AND ').every(isAllowed);
  return bare.split(' OR ').some((licence) => ALLOWED.includes(licence.trim()));
}

describe('packages that run in production', () => {
  it('are under licences that allow it, none of them copyleft', () => {
    expect(RUNTIME.length).toBeGreaterThan(50);
    const others = RUNTIME.map(([place]) => [nameOf(place), licenceOf(place)] as const);
    expect(others.filter(([, licence]) => !isAllowed(licence))).toEqual([]);
  });

  it('are listed by licence in docs/threat-model.md', () => {
    const counts = new Map<string, number>();
    for (const [place] of RUNTIME) {
      const licence = licenceOf(place) ?? 'none';
      counts.set(licence, (counts.get(licence) ?? 0) + 1);
    }
    const rows = [...read('docs/threat-model.md').matchAll(/^\| `([\w.-]+)` +\| +(\d+) +\|/gm)];
    expect(new Map(rows.map(([, licence = '', count]) => [licence, Number(count)]))).toEqual(counts);
  });

  it('have a digest each in the lockfile, so that a registry cannot send others, but for builds for some platforms', () => {
    const loose = RUNTIME.filter(([, { integrity = '' }]) => !integrity.startsWith('sha512-'));
    // `npm run lock:platforms` wrote these from their names; see "What is open" in docs/threat-model.md.
    const known = /^@duckdb\/node-bindings-(darwin|win32|linux)-(x64|arm64)(-musl)?$/;
    expect(loose.map(([place]) => nameOf(place)).filter((name) => !known.test(name))).toEqual([]);
    expect(loose.map(([place]) => nameOf(place))).not.toContain('@duckdb/node-bindings-linux-x64');
  });

  it('run no script when they are installed', () => {
    const { allowScripts } = z
      .looseObject({ allowScripts: z.record(z.string(), z.boolean()) })
      .parse(JSON.parse(read('package.json')));
    const scripts = RUNTIME.filter(([, { hasInstallScript }]) => hasInstallScript).map(([place]) => nameOf(place));
    expect(scripts.filter((name) => allowScripts[name] !== false)).toEqual([]);
    expect(
      read('Dockerfile')
        .match(/npm ci[^\n]*/g)
        ?.every((line) => line.includes('--ignore-scripts')),
    ).toBe(true);
  });

  it('can be listed as a CycloneDX bill of materials, as the release does', () => {
    const [, ...args] = ['npm', 'sbom', '--sbom-format', 'cyclonedx', '--omit', 'dev', '--package-lock-only'];
    expect(read('.github/workflows/release.yml')).toContain(`npm ${args.join(' ')}`);
    const bill = z
      .looseObject({ bomFormat: z.string(), components: z.array(z.looseObject({ purl: z.string() })) })
      .parse(JSON.parse(execFileSync('npm', args, { cwd: ROOT, encoding: 'utf8', maxBuffer: 2 ** 26 })));
    expect(bill.bomFormat).toBe('CycloneDX');
    const listed = bill.components.map(({ purl }) => purl);
    expect(listed.filter((purl) => purl.startsWith('pkg:npm/fastify@'))).toHaveLength(1);
    expect(listed.length).toBeGreaterThan(50);
    expect(listed.filter((purl) => /\/(jest|prettier|typescript)@/.test(purl))).toEqual([]);
  });
});

describe('the rule on licences', () => {
  it.each([
    ['MIT', true],
    ['(MIT OR GPL-3.0)', true],
    ['MIT AND Apache-2.0', true],
    ['MIT AND GPL-3.0-only', false],
    ['AGPL-3.0', false],
    ['LGPL-2.1-or-later', false],
    ['MPL-2.0', false],
    ['SEE LICENSE IN LICENSE', false],
    [undefined, false],
  ])('says of %s: %s', (expression, allowed) => {
    expect(isAllowed(expression)).toBe(allowed);
  });
});

const WORKFLOWS = readdirSync(`${ROOT}.github/workflows`).filter((name) => name.endsWith('.yml'));
const workflowSchema = z.looseObject({
  on: z.unknown(),
  permissions: z.record(z.string(), z.string()),
  jobs: z.record(
    z.string(),
    z.looseObject({
      permissions: z.record(z.string(), z.string()).optional(),
      'timeout-minutes': z.number(),
      steps: z.array(
        z.looseObject({ uses: z.string().optional(), run: z.string().optional(), with: z.looseObject({}).optional() }),
      ),
    }),
  ),
});
const workflow = (name: string) => workflowSchema.parse(parse(read(`.github/workflows/${name}`)));

describe('workflows', () => {
  it('are those that build and those that release', () => {
    expect(WORKFLOWS).toEqual(expect.arrayContaining(['ci.yml', 'release.yml']));
  });

  it.each(WORKFLOWS)('%s takes actions by a full commit only', (name) => {
    const uses = Object.values(workflow(name).jobs).flatMap(({ steps }) => steps.flatMap((step) => step.uses ?? []));
    expect(uses.length).toBeGreaterThan(0);
    expect(uses.filter((use) => !/^[\w-]+\/[\w./-]+@[0-9a-f]{40}$/.test(use))).toEqual([]);
  });

  it.each(WORKFLOWS)('%s may only read unless a job asks for more, and never keeps credentials', (name) => {
    const { permissions, jobs } = workflow(name);
    expect(permissions).toEqual({ contents: 'read' });
    const checkouts = Object.values(jobs).flatMap(({ steps }) =>
      steps.filter(({ uses }) => uses?.startsWith('actions/checkout@')),
    );
    for (const step of checkouts) expect(step.with).toMatchObject({ 'persist-credentials': false });
  });

  it.each(WORKFLOWS)(
    '%s puts nothing of an event into a script, and does not run with rights for strangers',
    (name) => {
      const { on, jobs } = workflow(name);
      expect(JSON.stringify(on)).not.toMatch(/pull_request_target|workflow_run|issue_comment/);
      const scripts = Object.values(jobs).flatMap(({ steps }) => steps.flatMap(({ run }) => run ?? []));
      expect(scripts.filter((script) => script.includes('${{'))).toEqual([]);
    },
  );

  it('scan the image between its build and its push, and stop when there is something to mend', () => {
    const steps = workflow('release.yml').jobs['build']?.steps ?? [];
    const at = (found: (step: (typeof steps)[number]) => boolean) => steps.findIndex(found);
    const scan = at(({ uses }) => uses?.startsWith('anchore/scan-action@') === true);
    expect(steps[scan]?.with).toMatchObject({ image: 'candidate', 'fail-build': true, 'severity-cutoff': 'high' });
    expect(steps[scan]).not.toHaveProperty('continue-on-error');
    expect(at(({ run }) => /docker build .*-t candidate/.test(run ?? ''))).toBeLessThan(scan);
    expect(at(({ run }) => /buildx build .*--push/s.test(run ?? ''))).toBeGreaterThan(scan);
  });

  it('install Python packages only by a digest that stands in tests/setup/requirements.txt', () => {
    const pins = read('tests/setup/requirements.txt')
      .split(/\n(?=\S)/)
      .filter(Boolean);
    expect(pins.length).toBeGreaterThan(10);
    const loose = pins.filter((pin) => !/^[\w.-]+==[\w.]+ .*--hash=sha256:[0-9a-f]{64}/s.test(pin));
    expect(loose).toEqual([]);
    expect(read('tests/setup/install-tools.sh')).toMatch(/pip" install .*--no-deps --require-hashes/);
  });
});
