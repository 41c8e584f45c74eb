import { parseAllDocuments } from 'yaml';

/** An object of Kubernetes, as far as every one is alike. */
export interface KubernetesObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly spec?: unknown;
  readonly data?: Readonly<Record<string, string>>;
}

/** The objects of a YAML stream; empty documents are none. Throws on YAML that is wrong, repeated keys among it. */
export function parseObjects(text: string): readonly KubernetesObject[] {
  const documents = parseAllDocuments(text, { uniqueKeys: true });
  if (!Array.isArray(documents)) return [];
  return documents.flatMap((document) => {
    const [error] = document.errors;
    if (error) throw error;
    const value = document.toJS() as KubernetesObject | null;
    return value === null ? [] : [value];
  });
}

/** The only object of a kind, by the end of its name where there are several. Throws when there is none or more than one. */
export function only(objects: readonly KubernetesObject[], kind: string, nameEnd = ''): KubernetesObject {
  const [found, ...more] = objects.filter((one) => one.kind === kind && one.metadata.name.endsWith(nameEnd));
  if (!found || more.length > 0) throw new Error(`${more.length + (found ? 1 : 0)} objects ${kind} …${nameEnd}`);
  return found;
}
