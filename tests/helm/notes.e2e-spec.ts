import { kubernetesTools, runTool } from '../setup/kubernetes-tools.js';
import { CHART } from './chart.js';

const INGRESS = [
  ...['--set', 'ingress.enabled=true', '--set', 'ingress.hosts={charts.example}', '--set', 'ingress.path=/api/'],
  ...['--set-json', 'networkPolicy.clients=[{"namespaceSelector":{}}]'],
];
const KEYS = ['--set', 'apiKeys.enabled=true', '--set', 'apiKeys.existingSecret=keys'];

/** What an installation says at its end; nothing is installed, nor a cluster asked. */
async function notes(...options: readonly string[]): Promise<string> {
  const { helm4 } = await kubernetesTools();
  const { stdout, stderr } = await runTool(helm4, ['install', 'charts', CHART, '--dry-run=client', ...options]);
  const at = stdout.indexOf('\nNOTES:');
  if (at < 0) throw new Error(`no notes: ${stderr}`);
  return stdout.slice(at);
}

describe('the notes of an installation', () => {
  it('say what to call, and what is missing', async () => {
    const text = await notes();
    expect(text).toContain("curl 'http://127.0.0.1:5000/rankings?region=Global&date=latest&limit=3'\n");
    expect(text).toContain('Its image, spotify-charts, names no registry: set image.repository');
    expect(text).toContain('It serves the sample in the image');
    expect(text).toContain('The autoscaler needs the resource metrics');
    expect(text).toContain('Nothing collects its metrics');
  });

  it('call a route through the ingress', async () => {
    const text = await notes(...INGRESS, '--set', 'image.repository=registry.example/spotify-charts');
    expect(text).toContain("curl 'http://charts.example/api/rankings?region=Global&date=latest&limit=3'\n");
    expect(text).not.toContain('names no registry');
  });

  it('call with a key where keys are asked for', async () => {
    const text = await notes(...KEYS);
    expect(text).toContain('Call it, with an API key of yours:');
    expect(text).toContain("limit=3' --header 'X-API-Key: ...'");
  });

  it('name what the autoscaler of KEDA needs', async () => {
    const text = await notes(
      '--set',
      'autoscaling.enabled=false',
      '--set',
      'keda.enabled=true',
      '--set',
      'keda.prometheusUrl=http://prometheus:9090',
    );
    expect(text).toContain('The autoscaler needs KEDA 2.17 or later');
    expect(text).not.toContain('metrics-server');
  });
});
