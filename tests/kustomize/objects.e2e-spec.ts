import {
  boundFaults,
  faultsIn,
  fieldFaults,
  nameFaults,
  repeated,
  securityFaults,
} from '../kubernetes/object-faults.js';
import type { KubernetesObject } from '../kubernetes/objects.js';
import { COMPONENTS, K8S, OVERLAYS, baseWith, build } from './kustomization.js';

const BUILDS: readonly (readonly [string, () => Promise<readonly KubernetesObject[]>])[] = [
  ['the base', () => baseWith()],
  ...COMPONENTS.map((name) => [`the component ${name}`, () => baseWith(name)] as const),
  // One Job has runners of one kind, and each component has one of the two.
  ...['loadtest', 'loadtest-k6'].map(
    (left) =>
      [`all components together but ${left}`, () => baseWith(...COMPONENTS.filter((name) => name !== left))] as const,
  ),
  ...OVERLAYS.map((name) => [`the overlay ${name}`, () => build(`${K8S}/overlays/${name}`)] as const),
];

describe('the objects that kustomize builds', () => {
  it.each(BUILDS)('from %s are sound, restricted, bounded and named once', async (_name, objectsOf) => {
    const objects = await objectsOf();
    expect(await faultsIn(objects, fieldFaults)).toEqual([]);
    expect(await faultsIn(objects, securityFaults)).toEqual([]);
    expect(await faultsIn(objects, boundFaults)).toEqual([]);
    expect(await faultsIn(objects, nameFaults)).toEqual([]);
    expect(repeated(objects)).toEqual([]);
  });

  it.each(BUILDS)('from %s hold no Secret', async (_name, objectsOf) => {
    expect((await objectsOf()).filter(({ kind }) => kind === 'Secret')).toEqual([]);
  });
});
