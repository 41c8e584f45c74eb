import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { kubernetesTools, runTool } from '../setup/kubernetes-tools.js';
import { ROOT } from '../setup/tree.js';
import { CASES, CHART, KUBERNETES, NEWER_ONLY, render } from './chart.js';

const chart = parse(readFileSync(join(CHART, 'Chart.yaml'), 'utf8')) as {
  readonly version: string;
  readonly appVersion: string;
  readonly kubeVersion: string;
};

describe('the chart', () => {
  it('has the version of the program', () => {
    const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string };
    expect(chart.appVersion).toBe(version);
  });

  it.each(['helm3', 'helm4'] as const)('passes the strict lint of %s with all its values', async (helm) => {
    const tools = await kubernetesTools();
    for (const name of CASES) {
      const args = ['lint', '--strict', `--kube-version=${KUBERNETES.newest}`, CHART];
      const { code, stdout, stderr } = await runTool(tools[helm], [
        ...args,
        `--values=${join(CHART, 'ci', `${name}-values.yaml`)}`,
      ]);
      expect({ name, code, output: code === 0 ? '' : stdout + stderr }).toEqual({ name, code: 0, output: '' });
    }
  });

  it('is refused by a Kubernetes that is too old', async () => {
    expect(chart.kubeVersion).toBe(`>=${KUBERNETES.oldest}-0`);
    await expect(render({ kubeVersion: '1.29.9' })).rejects.toThrow('incompatible with Kubernetes v1.29.9');
  });

  it('leaves no case of its ci folder out for the oldest Kubernetes but those that need a newer one', async () => {
    expect(CASES).toEqual(expect.arrayContaining([...NEWER_ONLY, 'default', 'bare']));
    for (const name of NEWER_ONLY) {
      await expect(render({ cases: [name], kubeVersion: KUBERNETES.oldest })).rejects.toThrow(
        'imageVolume needs Kubernetes 1.31 or later, this is v1.30.0; use image, download or claim.',
      );
      expect(await render({ cases: [name], kubeVersion: '1.31.0' })).not.toEqual([]);
    }
  });
});
