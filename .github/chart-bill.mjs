/**
 * The bill of materials of the chart as CycloneDX JSON: the images that its objects name. Reads the objects as
 * `helm template` writes them from standard input and Chart.yaml from the path given. Needs no package.
 */
import { readFileSync } from 'node:fs';

const chart = readFileSync(process.argv[2], 'utf8');
const field = (name) => new RegExp(`^${name}: ['"]?([^'"\\n]+)`, 'm').exec(chart)[1];
const rendered = readFileSync(0, 'utf8');
const images = [...rendered.matchAll(/^\s*(?:- )?image: ['"]?([^'"\s]+)['"]?$/gm)].map(([, image]) => image);

function component(image) {
  const [, name, tag = '', digest = ''] = /^([^@]+?)(?::([^:@/]+))?(?:@(sha256:[0-9a-f]{64}))?$/.exec(image);
  const version = digest || tag || 'latest';
  return {
    type: 'container',
    'bom-ref': image,
    name,
    version,
    purl: `pkg:docker/${name}@${encodeURIComponent(version)}`,
  };
}

const bill = {
  bomFormat: 'CycloneDX',
  specVersion: '1.6',
  version: 1,
  metadata: { component: { type: 'application', name: field('name'), version: field('version') } },
  components: [...new Set(images)].toSorted((a, b) => (a < b ? -1 : 1)).map(component),
};
process.stdout.write(`${JSON.stringify(bill, undefined, 2)}\n`);
