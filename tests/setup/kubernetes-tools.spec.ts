import { access, constants } from 'node:fs/promises';
import { kubernetesTools, runTool } from './kubernetes-tools.js';

describe('the programs for Kubernetes', () => {
  it('are Helm 3, Helm 4 and kubectl, and can be run', async () => {
    const { helm3, helm4, kubectl } = await kubernetesTools();
    await Promise.all([helm3, helm4, kubectl].map((program) => access(program, constants.X_OK)));
    expect((await runTool(helm3, ['version', '--short'])).stdout).toMatch(/^v3\.17\./);
    expect((await runTool(helm4, ['version', '--short'])).stdout).toMatch(/^v4\.1\./);
    expect((await runTool(kubectl, ['version', '--client'])).stdout).toMatch(/Client Version: v1\.35\./);
  });

  it('keep their settings apart from those of the user', async () => {
    const { helm4, environment } = await kubernetesTools();
    const { stdout } = await runTool(helm4, ['env']);
    expect(stdout).toContain(`HELM_CONFIG_HOME="${environment['HELM_CONFIG_HOME']}"`);
    expect(environment['HELM_CONFIG_HOME']).toContain('node_modules/.cache/kubernetes-tools');
  });

  it('tell by their code what went wrong', async () => {
    const { helm4 } = await kubernetesTools();
    const { code, stderr } = await runTool(helm4, ['template', 'no-such-folder']);
    expect(code).toBe(1);
    expect(stderr).toContain('no-such-folder');
    await expect(runTool('/no/such/program', [])).rejects.toThrow('ENOENT');
  });
});
