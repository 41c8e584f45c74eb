import { Metrics } from '../../apps/api/src/metrics/metrics.js';

/** Labels of every metric that the service can give, by the name of the series; all of them, whatever the settings. */
export async function servedSeries(): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const metrics = new Metrics();
  const breakers = { get: 'closed', set: 'closed' } as const;
  const cache = { l1: 1, l2: 1, misses: 1, shared: 1, bytes: 1, entries: 1, evictions: 1, breakers };
  metrics.watchCache(() => cache);
  metrics.observeStore('get', 0.001, 'timeout');
  metrics.watchAccess(() => ({
    ...{ keys: 1, isFailing: false, counts: new Map([['a', { granted: 1, limited: 1 }]]) },
    ...{ refusals: { missing: 1, several: 1, unknown: 1, limit: 1 }, locals: { error: 1 } },
  }));
  metrics.requestStarted();
  metrics.requestEnded({ route: '/filters', method: 'GET', status: 200, seconds: 0.001, bytes: 1 });
  metrics.observeQuery({ question: 'chart', queuedSeconds: 0.001, runSeconds: 0.001, rows: 1 });
  metrics.datasetOpened({
    version: 'v',
    period: 'daily',
    firstDate: '2021-01-01',
    lastDate: '2021-01-02',
    rows: { entries: 1 },
  } as Parameters<Metrics['datasetOpened']>[0]);
  const series = new Map<string, Set<string>>();
  for (const [, name, labels = ''] of (await metrics.text()).matchAll(/^(\w+)(?:\{(.*)\})? \S+$/gm)) {
    const known = series.get(name!) ?? new Set();
    for (const [, label] of labels.matchAll(/(\w+)="/g)) known.add(label!);
    series.set(name!, known);
  }
  return series;
}

/** Series of kube-state-metrics, with the labels that may be used. */
export const CLUSTER_SERIES: ReadonlyMap<string, ReadonlySet<string>> = new Map(
  ['status_current_replicas', 'status_desired_replicas', 'spec_min_replicas', 'spec_max_replicas'].map((name) => [
    `kube_horizontalpodautoscaler_${name}`,
    new Set(['horizontalpodautoscaler']),
  ]),
);

/** Labels that Prometheus adds to what it scrapes. */
const ADDED = ['namespace', 'pod'];

/** What a PromQL expression names and the series do not have, a sentence each; an expression that names no series is a fault. */
export function unknownNames(expression: string, series: ReadonlyMap<string, ReadonlySet<string>>): readonly string[] {
  const bare = expression.replace(/"(?:[^"\\]|\\.)*"/g, '""');
  const used = [...bare.matchAll(/\b([a-zA-Z_:][\w:]*)\s*\{([^}]*)\}/g)];
  if (used.length === 0) return [`${expression} names no series`];
  const all = new Set(used.flatMap(([, name]) => [...(series.get(name!) ?? [])]));
  const grouped = [...bare.matchAll(/\b(?:by|without|ignoring|on)\s*\(([^)]*)\)/g)].flatMap(([, list]) =>
    list!.split(','),
  );
  return [
    ...used.flatMap(([, name, matchers]) => {
      const labels = series.get(name!);
      if (!labels) return [`${name!} is no metric`];
      const matched = [...matchers!.matchAll(/(\w+)\s*(?:=~|!~|!=|=)/g)].map(([, label]) => label!);
      return matched
        .filter((one) => !labels.has(one) && !ADDED.includes(one))
        .map((one) => `${name!} has no label ${one}`);
    }),
    ...grouped
      .map((one) => one.trim())
      .filter((one) => !all.has(one) && !ADDED.includes(one))
      .map((one) => `no series of ${expression} has the label ${one}`),
  ];
}
