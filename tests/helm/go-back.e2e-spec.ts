import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { only, parseObjects } from '../kubernetes/objects.js';
import { podOf } from '../kubernetes/pods.js';
import { kubernetesTools, runTool } from '../setup/kubernetes-tools.js';
import { ROOT } from '../setup/tree.js';
import { render } from './chart.js';

interface CronSpec {
  readonly jobTemplate: { readonly spec: object };
}

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'go-back-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('the way back to the version before, as docs/operations.md has it', () => {
  it('makes of the refresh a Job that does nothing but choose it, on the same volume', async () => {
    const page = await readFile(join(ROOT, 'docs/operations.md'), 'utf8');
    const [, flags, patch] = /kubectl patch --local --filename=go-back\.yaml (.*) --patch='\n([^']*)'/.exec(page)!;
    const cron = only(await render({ cases: ['dataset-claim'] }), 'CronJob');
    expect(page).toContain(`--from=cronjob/${cron.metadata.name} go-back`);
    // What `kubectl create job --from` makes of it.
    const { spec } = (cron.spec as CronSpec).jobTemplate;
    const job = { apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'go-back' }, spec };
    const file = join(folder, 'go-back.yaml');
    await writeFile(file, stringify(job));
    const { kubectl } = await kubernetesTools();
    const args = ['patch', '--local', `--filename=${file}`, ...flags!.split(' '), `--patch=${patch}`];
    const { code, stdout, stderr } = await runTool(kubectl, args);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const pod = podOf(only(parseObjects(stdout), 'Job'))!.spec;
    expect(pod.initContainers).toBeUndefined();
    expect(pod.containers).toHaveLength(1);
    expect(pod.containers[0]).toMatchObject({
      command: ['node', 'dist/apps/dataset/src/main.js', 'use', '/data', 'previous'],
      volumeMounts: expect.arrayContaining([{ name: 'dataset', mountPath: '/data', subPath: 'daily' }]),
    });
  });
});
