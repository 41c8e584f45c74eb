import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { containersOf, podOf } from '../kubernetes/pods.js';
import { ROOT } from '../setup/tree.js';
import { CHART, render } from './chart.js';

const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');
const chart = z
  .looseObject({ version: z.string(), annotations: z.record(z.string(), z.string()) })
  .parse(parse(readFileSync(join(CHART, 'Chart.yaml'), 'utf8')));

/** The value of an annotation of Artifact Hub; YAML within it where it is a list. */
const annotation = (name: string): unknown => parse(chart.annotations[`artifacthub.io/${name}`] ?? '');

/** All that Artifact Hub knows of and this chart has; there is no signKey, for releases are signed without a key. */
const NAMES = ['category', 'changes', 'containsSecurityUpdates', 'images', 'license', 'operator', 'prerelease'];
const KINDS = ['added', 'changed', 'deprecated', 'removed', 'fixed', 'security'] as const;

/** The entries of the newest section of the changelog, each on one line, under the kind of their heading. */
function newestChanges(): ReadonlySet<string> {
  const section = read('CHANGELOG.md').split(/^## /m)[1]!;
  const parts = section.split(/^### /m).slice(1);
  return new Set(
    parts.flatMap((part) => {
      const [kind = '', ...lines] = part.split('\n');
      const entries = lines.join('\n').split(/^- /m).slice(1);
      return entries.map((entry) => `${kind.toLowerCase()}: ${entry.replaceAll(/\s+/g, ' ').trim()}`);
    }),
  );
}

describe('what the chart tells Artifact Hub', () => {
  it('has the names that it knows, and the licence of the repository', () => {
    expect(Object.keys(chart.annotations).toSorted()).toEqual(NAMES.map((name) => `artifacthub.io/${name}`));
    const { license } = JSON.parse(read('package.json')) as { license: string };
    expect(annotation('license')).toBe(license);
    expect(annotation('prerelease')).toBe(chart.version.includes('-'));
  });

  it('lists the images that the values name, as they are rendered', async () => {
    const images = z.array(z.strictObject({ name: z.string(), image: z.string() })).parse(annotation('images'));
    const set = ['redis.mode=embedded', 'redis.auth.password=a', 'loadTest.enabled=true', 'loadTest.engine=k6'];
    const pods = (await render({ set })).flatMap((object) => podOf(object) ?? []);
    const rendered = new Set(pods.flatMap(({ spec }) => containersOf(spec).map(({ image }) => image)));
    expect(images.map(({ image }) => image).toSorted()).toEqual([...rendered].toSorted());
    expect(images.map(({ name, image }) => image.includes(name))).toEqual(images.map(() => true));
  });

  it('names changes that the newest section of the changelog has, of the same kind and in the same words', () => {
    const change = z.strictObject({ kind: z.enum(KINDS), description: z.string() });
    const changes = z.array(change).min(1).parse(annotation('changes'));
    const known = newestChanges();
    expect(known.size).toBeGreaterThan(3);
    expect(changes.map(({ kind, description }) => `${kind}: ${description}`).filter((one) => !known.has(one))).toEqual(
      [],
    );
  });
});
