import { readFileSync } from 'node:fs';
import { appendFile, cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from '../setup/tree.js';
import { only, type KubernetesObject } from '../kubernetes/objects.js';
import { podOf } from '../kubernetes/pods.js';
import { CHART, render } from './chart.js';
import { CLUSTER_SERIES, servedSeries, unknownNames } from './metric-names.js';

interface Alert {
  readonly alert: string;
  readonly expr: string;
  readonly annotations: { readonly runbook_url: string; readonly summary: string };
}

interface Monitor {
  readonly selector: { readonly matchLabels: Readonly<Record<string, string>> };
  readonly endpoints?: readonly { readonly port: string; readonly path: string }[];
}

interface Dashboard {
  readonly panels: readonly { readonly title: string; readonly targets?: readonly { readonly expr: string }[] }[];
}

let series: ReadonlyMap<string, ReadonlySet<string>>;
let objects: readonly KubernetesObject[];
let alerts: readonly Alert[];
beforeAll(async () => {
  series = new Map([...(await servedSeries()), ...CLUSTER_SERIES]);
  objects = await render({ cases: ['monitoring'] });
  const { spec } = only(objects, 'PrometheusRule') as { spec?: { groups?: readonly { rules: readonly Alert[] }[] } };
  alerts = spec!.groups!.flatMap(({ rules }) => rules);
});

describe('monitoring', () => {
  it('alerts on metrics and labels that exist', () => {
    expect(alerts.map(({ alert }) => alert)).toContain('SpotifyChartsErrors');
    expect(alerts.flatMap(({ expr }) => unknownNames(expr, series))).toEqual([]);
  });

  it('alerts on the pods of this release only', () => {
    const pattern = /pod=~"([^"]+)"/;
    const own = alerts.filter(({ expr }) => !expr.includes('kube_')).map(({ expr }) => pattern.exec(expr)?.[1] ?? '');
    for (const expression of own) {
      expect('charts-spotify-charts-6d5f7c9b8-x2x7k').toMatch(new RegExp(`^(?:${expression})$`));
      expect('charts-spotify-charts-redis-6d5f7c9b8-x2x7k').not.toMatch(new RegExp(`^(?:${expression})$`));
      expect('other-spotify-charts-6d5f7c9b8-x2x7k').not.toMatch(new RegExp(`^(?:${expression})$`));
    }
    expect(own.length).toBeGreaterThan(5);
  });

  it.each([
    ['monitoring', 'ServiceMonitor', 'endpoints'],
    ['example-gke', 'PodMonitoring', 'endpoints'],
    ['keda', 'PodMonitor', 'podMetricsEndpoints'],
  ])('of %s finds the pods of the service and their port by a %s', async (name, kind, field) => {
    const rendered = await render({ cases: [name] });
    const monitor = only(rendered, kind).spec as Monitor;
    const [endpoint] = monitor[field as 'endpoints']!;
    expect(endpoint).toMatchObject({ port: 'management', path: '/metrics' });
    const sources = kind === 'ServiceMonitor' ? rendered.filter((one) => one.kind === 'Service') : rendered;
    const found = sources.filter((one) => {
      const labels = (kind === 'ServiceMonitor' ? one : podOf(one))?.metadata.labels ?? {};
      return Object.entries(monitor.selector.matchLabels).every(([key, value]) => labels[key] === value);
    });
    const ports = JSON.stringify(found.map(({ spec }) => spec));
    expect(ports).toContain('"name":"management"');
    expect(found.filter((one) => one.kind === 'Deployment')).toHaveLength(kind === 'ServiceMonitor' ? 0 : 1);
  });

  it('links each alert to a section of its name', () => {
    for (const { alert, annotations } of alerts)
      expect(annotations.runbook_url).toBe(`https://docs.example/operations#${alert.toLowerCase()}`);
  });

  it('links to the sources of a chart that names them, as a release does, unless another address is given', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'chart-'));
    try {
      await cp(CHART, folder, { recursive: true });
      const step = /printf '(home:.*)' "\$source"/.exec(
        readFileSync(`${ROOT}.github/workflows/release.yml`, 'utf8'),
      )![1]!;
      const lines = step.replaceAll('\\n', '\n').replaceAll('%s', 'https://git.example/music/spotify-charts');
      await appendFile(join(folder, 'Chart.yaml'), lines);
      const linksOf = async (...set: readonly string[]) => {
        const rendered = await render({ chart: folder, set: ['metrics.prometheusRule.enabled=true', ...set] });
        const text = JSON.stringify(only(rendered, 'PrometheusRule'));
        return [...text.matchAll(/"runbook_url":"([^"#]*)#/g)].map(([, base]) => base);
      };
      const links = await linksOf();
      expect(links.length).toBeGreaterThan(5);
      expect(new Set(links)).toEqual(
        new Set(['https://git.example/music/spotify-charts/blob/v0.1.0/docs/operations.md']),
      );
      const own = await linksOf('metrics.prometheusRule.runbookUrl=https://wiki.example/charts');
      expect(new Set(own)).toEqual(new Set(['https://wiki.example/charts']));
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });

  it('has a section of docs/operations.md for each alert', () => {
    const headings = [...readFileSync(`${ROOT}docs/operations.md`, 'utf8').matchAll(/^#+ (.+)$/gm)].map(([, text]) =>
      text!.toLowerCase(),
    );
    expect(alerts.map(({ alert }) => alert).filter((alert) => !headings.includes(alert.toLowerCase()))).toEqual([]);
  });

  it('shows metrics and labels that exist on the dashboard, requests, errors and time of each route among them', () => {
    const [text] = Object.values(only(objects, 'ConfigMap', '-dashboard').data!);
    const { panels } = JSON.parse(text!) as Dashboard;
    const expressions = panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr));
    expect(expressions.flatMap((expr) => unknownNames(expr, series))).toEqual([]);
    for (const name of [
      'http_requests_total',
      'http_request_duration_seconds_bucket',
      'cache_requests_total',
      'duckdb_query_seconds_bucket',
      'nodejs_eventloop_utilization',
      'kube_horizontalpodautoscaler_spec_max_replicas',
      ...[
        'requests_shed_total',
        'http_connections_refused_total',
        'http_connections_given_up_total',
        'dataset_damaged',
      ],
    ])
      expect(expressions.some((expr) => expr.includes(`${name}{`))).toBe(true);
  });

  it('scrapes the management port of the pods by a Service of its own, or the pods themselves', async () => {
    const monitor = only(objects, 'ServiceMonitor').spec as { selector: { matchLabels: Record<string, string> } };
    const found = objects.filter(
      ({ kind, metadata: { labels = {} } }) =>
        kind === 'Service' &&
        Object.entries(monitor.selector.matchLabels).every(([key, value]) => labels[key] === value),
    );
    expect(found.map(({ metadata: { name } }) => name)).toEqual(['charts-spotify-charts-management']);
    expect(found[0]!.spec).toMatchObject({
      clusterIP: 'None',
      ports: [{ name: 'management', targetPort: 'management' }],
    });
    const withPods = await render({ cases: ['keda'] });
    expect(
      withPods.filter(({ kind, metadata: { name } }) => kind === 'Service' && name.endsWith('management')),
    ).toEqual([]);
    expect(only(withPods, 'PodMonitor').spec).toMatchObject({
      podMetricsEndpoints: [{ port: 'management', path: '/metrics', interval: '10s' }],
    });
  });

  it('finds names that do not exist', () => {
    expect(unknownNames('sum by (rout) (rate(http_request_total{status="x{y}"}[5m]))', series)).toEqual([
      'http_request_total is no metric',
      'no series of sum by (rout) (rate(http_request_total{status="x{y}"}[5m])) has the label rout',
    ]);
    expect(unknownNames('http_requests_total{code=~"5.."}', series)).toEqual(['http_requests_total has no label code']);
    expect(unknownNames('http_requests_total', series)).toEqual(['http_requests_total names no series']);
  });
});
