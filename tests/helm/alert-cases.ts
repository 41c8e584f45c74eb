/** A series as promtool reads it, and its values a minute apart, such as `0+10x60`. */
export type Series = readonly [series: string, values: string];

/** What an alert is told, when it has to fire and when it must not. */
export interface AlertCase {
  /** Makes the series that make it fire; `threshold` is the last number of its expression. */
  readonly firing: (threshold: number) => readonly Series[];
  /** Makes those that are just not bad enough. */
  readonly quiet: (threshold: number) => readonly Series[];
  /** Labels that its result has beside those of the rule. */
  readonly labels?: Readonly<Record<string, string>>;
  /** Minutes that the expression itself looks back. */
  readonly lookBack?: number;
}

const NAMESPACE = 'music';
const POD = 'charts-spotify-charts-6d5f7c9b8-x2x7k';
const SECOND_POD = 'charts-spotify-charts-6d5f7c9b8-z9z9z';
const FOREIGN_POD = 'other-spotify-charts-6d5f7c9b8-x2x7k';

function of(metric: string, labels = '', pod = POD): string {
  return `${metric}{namespace="${NAMESPACE}",pod="${pod}"${labels === '' ? '' : `,${labels}`}}`;
}

/** A gauge that says by 1 that something fails: in one of two pods, or in another release's. */
function flag(metric: string): AlertCase {
  return {
    firing: () => [
      [of(metric), '1x90'],
      [of(metric, '', SECOND_POD), '0x90'],
    ],
    quiet: () => [
      [of(metric), '0x90'],
      [of(metric, '', FOREIGN_POD), '1x90'],
    ],
  };
}

const ROUTE = 'route="/rankings"';
const requests = (ok: number, failed: number): readonly Series[] => [
  [of('http_requests_total', `${ROUTE},method="GET",status="200"`), `0+${ok}x90`],
  [of('http_requests_total', `${ROUTE},method="GET",status="503"`), `0+${failed}x90`],
  [of('http_requests_total', `${ROUTE},method="GET",status="404"`), `0+${ok}x90`],
];
/** A thousand requests a minute, so many of them within a quarter of a second. */
const durations = (within: number): readonly Series[] =>
  [
    ['0.25', within],
    ['1', 1000],
    ['+Inf', 1000],
  ].map(([le, count]) => [of('http_request_duration_seconds_bucket', `${ROUTE},le="${le}"`), `0+${count}x90`]);
const replicas = (current: number): readonly Series[] => {
  const labels = `{namespace="${NAMESPACE}",horizontalpodautoscaler="charts-spotify-charts"}`;
  return [
    [`kube_horizontalpodautoscaler_status_current_replicas${labels}`, `${current}x90`],
    [`kube_horizontalpodautoscaler_spec_max_replicas${labels}`, '10x90'],
  ];
};

/** By the alert's name without the chart's. */
export const ALERT_CASES: Readonly<Record<string, AlertCase>> = {
  Down: {
    firing: () => [[of('build_info', '', FOREIGN_POD), '1x90']],
    quiet: () => [[of('build_info'), '1x90']],
    labels: { namespace: NAMESPACE },
  },
  Errors: { firing: () => requests(100, 5), quiet: () => requests(100, 1), lookBack: 5 },
  Slow: {
    firing: () => durations(980),
    quiet: () => durations(995),
    labels: { route: '/rankings' },
    lookBack: 5,
  },
  EventLoopBusy: {
    firing: () => [[of('nodejs_eventloop_utilization'), '0.95x90']],
    quiet: () => [
      [of('nodejs_eventloop_utilization'), '1x90'],
      [of('nodejs_eventloop_utilization', '', SECOND_POD), '0.5x90'],
    ],
  },
  QueriesQueue: {
    firing: (threshold) => [[of('duckdb_queue_length'), `${threshold + 1}x90`]],
    quiet: (threshold) => [[of('duckdb_queue_length'), `${threshold}x90`]],
  },
  MemoryHigh: {
    firing: (threshold) => [[of('process_resident_memory_bytes'), `${threshold + 1}x90`]],
    quiet: (threshold) => [[of('process_resident_memory_bytes'), `${threshold}x90`]],
  },
  DatasetsDiffer: {
    firing: () => [
      [of('dataset_info', 'version="a"'), '1x90'],
      [of('dataset_info', 'version="b"', SECOND_POD), '1x90'],
    ],
    quiet: () => [
      [of('dataset_info', 'version="a"'), '1x90'],
      [of('dataset_info', 'version="a"', SECOND_POD), '1x90'],
      [of('dataset_info', 'version="b"', FOREIGN_POD), '1x90'],
    ],
  },
  DatasetRefreshFails: flag('dataset_refresh_failing'),
  DatasetDamaged: flag('dataset_damaged'),
  ApiKeysFail: flag('api_keys_file_failing'),
  CacheUnreachable: {
    firing: () => [
      [of('cache_breaker_state', 'operation="get",state="closed"'), '1x90'],
      [of('cache_breaker_state', 'operation="get",state="closed"', SECOND_POD), '0x90'],
      [of('cache_breaker_state', 'operation="set",state="closed"'), '1x90'],
    ],
    quiet: () => [
      [of('cache_breaker_state', 'operation="get",state="closed"'), '1x90'],
      [of('cache_breaker_state', 'operation="get",state="open"'), '0x90'],
    ],
    labels: { operation: 'get' },
  },
  AtMaxReplicas: {
    firing: () => replicas(10),
    quiet: () => replicas(9),
    labels: { namespace: NAMESPACE, horizontalpodautoscaler: 'charts-spotify-charts' },
  },
};
