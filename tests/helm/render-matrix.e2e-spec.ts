import { CASES, KUBERNETES, NEWER_ONLY, render, renderText } from './chart.js';

describe('what Helm renders', () => {
  it.each(CASES)(
    'from the values %s is the same by Helm 3 and Helm 4, for the oldest and the newest Kubernetes',
    async (name) => {
      const versions = Object.values(KUBERNETES).filter(
        (version) => version !== KUBERNETES.oldest || !NEWER_ONLY.includes(name),
      );
      const reference = await render({ cases: [name] });
      expect(reference.length).toBeGreaterThan(1);
      for (const kubeVersion of versions) {
        for (const helm of ['helm3', 'helm4'] as const) {
          const objects = await render({ cases: [name], helm, kubeVersion });
          expect({ helm, kubeVersion, objects }).toEqual({ helm, kubeVersion, objects: reference });
        }
      }
    },
  );

  it.each(CASES)('from the values %s twice is equal to the last byte', async (name) => {
    expect(await renderText({ cases: [name] })).toBe(await renderText({ cases: [name] }));
  });
});
