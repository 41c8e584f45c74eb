import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';
import { renderText } from '../helm/chart.js';
import { ROOT } from '../setup/tree.js';
import { RUNTIME } from './runtime-packages.js';

const read = (path: string) => readFileSync(ROOT + path, 'utf8');

describe('packages that run in production', () => {
  it('have a digest each in the lockfile, so that a registry cannot send others, but for builds for some platforms', () => {
    const loose = RUNTIME.filter(({ integrity = '' }) => !integrity.startsWith('sha512-')).map(({ name }) => name);
    // `npm run lock:platforms` wrote these from their names; see "What is open" in docs/threat-model.md.
    const known = /^@duckdb\/node-bindings-(darwin|win32|linux)-(x64|arm64)(-musl)?$/;
    expect(loose.filter((name) => !known.test(name))).toEqual([]);
    expect(loose).not.toContain('@duckdb/node-bindings-linux-x64');
  });

  it('run no script when they are installed', () => {
    const { allowScripts } = z
      .looseObject({ allowScripts: z.record(z.string(), z.boolean()) })
      .parse(JSON.parse(read('package.json')));
    const scripts = RUNTIME.filter(({ hasInstallScript }) => hasInstallScript).map(({ name }) => name);
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

  it.each(WORKFLOWS)('%s names images by their digests only', (name) => {
    const images = [...read(`.github/workflows/${name}`).matchAll(/^\s*\w*IMAGE: (\S+)$/gm)]
      .map(([, image]) => image!)
      .filter((image) => !image.includes('${{'));
    expect(images.filter((image) => !/^[\w./-]+:[\w.-]+@sha256:[0-9a-f]{64}$/.test(image))).toEqual([]);
  });

  it('build from images that are named by their digests', () => {
    const images = [...read('Dockerfile').matchAll(/^(?:ARG \w*IMAGE=|FROM )(\S+)/gm)].map(([, image]) => image!);
    const named = images.filter((image) => image !== '${NODE_IMAGE}');
    expect(named.length).toBeGreaterThan(0);
    expect(named.filter((image) => !/^[\w./-]+:[\w.-]+@sha256:[0-9a-f]{64}$/.test(image))).toEqual([]);
  });

  it('build each image once, push it without a name, start and scan it by its digest, and name and sign that', () => {
    const { build, publish } = workflow('release.yml').jobs;
    const steps = build!.steps;
    const at = (found: (step: (typeof steps)[number]) => boolean) => steps.findIndex(found);
    const builds = Object.values(workflow('release.yml').jobs).flatMap(({ steps: all }) =>
      all.flatMap(({ run }) => run?.match(/docker (?:buildx )?build\b/g) ?? []),
    );
    expect(builds).toHaveLength(1);
    const [built, started, scanned, handed] = [
      at(({ run }) => /buildx build .*push-by-digest=true.*push=true/s.test(run ?? '')),
      at(({ run }) => run?.includes('docker run -d') === true),
      at(({ uses }) => uses?.startsWith('anchore/scan-action@') === true),
      at(({ run }) => run?.includes('"$ARCH" "$DIGEST"') === true),
    ];
    expect([built, started, scanned, handed].toSorted((a, b) => a - b)).toEqual([built, started, scanned, handed]);
    expect(built).toBeGreaterThanOrEqual(0);
    const reference = '${{ steps.built.outputs.reference }}';
    expect(steps[started]).toMatchObject({ env: { REFERENCE: reference } });
    expect(steps[scanned]?.with).toMatchObject({ image: reference, 'fail-build': true, 'severity-cutoff': 'high' });
    expect(steps[scanned]).not.toHaveProperty('continue-on-error');
    const script = publish!.steps.map(({ run = '' }) => run).join('\n');
    expect(script).toContain('imagetools create -t "$image:$version" "$image@$AMD64" "$image@$ARM64"');
    expect(publish).toMatchObject({ needs: 'build', env: { AMD64: '${{ needs.build.outputs.amd64 }}' } });
  });

  it('give the image and the chart a signature, provenance and a bill of materials each', () => {
    const { steps } = workflow('release.yml').jobs['publish']!;
    const script = steps.map(({ run = '' }) => run).join('\n');
    for (const what of ['IMAGE', 'CHART']) {
      expect(script).toMatch(new RegExp(`cosign sign --yes (?:--recursive )?"\\$${what}_DIGEST"`));
      expect(script).toMatch(new RegExp(`cosign attest --yes --type cyclonedx --predicate \\S+ "\\$${what}_DIGEST"`));
      const subject = `\${{ steps.${what.toLowerCase()}.outputs.digest }}`;
      const provenance = steps.filter((step) => step.with?.['subject-digest'] === subject);
      expect(provenance.map(({ uses }) => uses?.split('@')[0])).toEqual(['actions/attest-build-provenance']);
    }
  });

  it('list the images that the chart names as a CycloneDX bill of materials', async () => {
    const rendered = await renderText({ cases: ['redis-embedded-secret', 'load-test'] });
    const input = { cwd: ROOT, input: rendered, encoding: 'utf8' } as const;
    const bill = z
      .looseObject({ bomFormat: z.literal('CycloneDX'), components: z.array(z.looseObject({ name: z.string() })) })
      .parse(
        JSON.parse(execFileSync(process.execPath, ['.github/chart-bill.mjs', 'helm/spotify-charts/Chart.yaml'], input)),
      );
    expect(bill.components.map(({ name }) => name)).toEqual(expect.arrayContaining(['redis', 'spotify-charts']));
    const [redis] = bill.components.filter(({ name }) => name === 'redis');
    expect(redis).toMatchObject({
      type: 'container',
      version: expect.stringMatching(/^sha256:[0-9a-f]{64}$/) as string,
    });
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
