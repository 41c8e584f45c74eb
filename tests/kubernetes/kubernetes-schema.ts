import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { KubernetesObject } from './objects.js';

/** The only packages that the declarations of kubernetes-models come from. */
const { resolve } = createRequire(import.meta.url);
const MODELS = dirname(resolve('kubernetes-models/package.json'));
const MACHINERY = dirname(createRequire(join(MODELS, 'x')).resolve('@kubernetes-models/apimachinery/package.json'));

interface Fault {
  readonly instancePath: string;
  readonly message?: string;
  readonly keyword: string;
  readonly params: unknown;
}

interface Validator {
  (object: unknown): boolean;
  readonly errors?: readonly Fault[] | null;
}

/** Whether kubernetes-models knows the kind of an object: custom resources it does not. */
export function isBuiltIn({ apiVersion, kind }: KubernetesObject): boolean {
  return existsSync(join(MODELS, apiVersion, `${kind}.d.ts`));
}

/** What is wrong with an object by Kubernetes' own schema, fields that it does not have among it; a sentence each. */
export async function schemaFaults(object: KubernetesObject): Promise<readonly string[]> {
  const { apiVersion, kind } = object;
  const [group, version] = apiVersion.includes('/') ? apiVersion.split('/') : ['core', apiVersion];
  const name = `IoK8sApi${capital(group!.split('.')[0]!)}${capital(version!)}${kind}`;
  const module = (await import(`kubernetes-models/_schemas/${name}`)) as { readonly validate: Validator };
  const { validate } = module;
  const wrong = validate(object)
    ? []
    : (validate.errors ?? []).map(
        ({ instancePath, keyword, params }) => `${instancePath} ${keyword} ${JSON.stringify(params)}`,
      );
  return [...wrong, ...unknownFields(object, join(MODELS, apiVersion, `${kind}.d.ts`), '')];
}

/** Fields of a declared interface with the file that declares each one's type: undefined for texts, numbers and maps. */
type Fields = ReadonlyMap<string, string | undefined>;
const known = new Map<string, Fields | undefined>();

function unknownFields(value: unknown, declaration: string, path: string): readonly string[] {
  if (Array.isArray(value)) return value.flatMap((item, at) => unknownFields(item, declaration, `${path}/${at}`));
  const fields = fieldsOf(declaration);
  if (fields === undefined || typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    if (!fields.has(key)) return [`${path}/${key} is no field`];
    const next = fields.get(key);
    return next === undefined ? [] : unknownFields(inner, next, `${path}/${key}`);
  });
}

/** Fields of the first interface that a declaration file exports, undefined when it exports none (a text, a number). */
function fieldsOf(declaration: string): Fields | undefined {
  if (!known.has(declaration)) known.set(declaration, readFields(declaration));
  return known.get(declaration);
}

function readFields(declaration: string): Fields | undefined {
  const text = readFileSync(declaration, 'utf8').replace(/\/\*[^]*?\*\//g, '');
  const body = /^export interface \w+[^{]*\{\n([^]*?)^\}/m.exec(text)?.[1];
  if (body === undefined) return undefined;
  const files = new Map(
    [...text.matchAll(/^import \{ (\w+) \} from "([^"]+)"/gm)].map(([, type, from]) => [
      type!,
      fileOf(declaration, from!),
    ]),
  );
  // Indented once: what is deeper belongs to maps, whose keys are free.
  const rows = [...body.matchAll(/^ {4}"([^"]+)"\??: (?:Array<)?(\w+)?/gm)];
  return new Map(rows.map(([, field, type]) => [field!, files.get(type ?? '')]));
}

function fileOf(declaration: string, from: string): string {
  const inner = /^@kubernetes-models\/apimachinery\/(.*)$/.exec(from)?.[1];
  return inner ? join(MACHINERY, `${inner}.d.ts`) : join(dirname(declaration), from.replace(/\.js$/, '.d.ts'));
}

function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
