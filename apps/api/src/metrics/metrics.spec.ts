import type { Manifest } from '#libs/catalog';
import { Metrics } from './metrics.js';

const NAMES = [
  'http_requests_total',
  'http_request_duration_seconds',
  'http_response_body_bytes_total',
  'http_requests_in_flight',
  'http_connections_open',
  'http_connections_refused_total',
  'duckdb_query_seconds',
  'duckdb_queue_seconds',
  'duckdb_query_rows_total',
  'duckdb_queue_length',
  'duckdb_connections_in_use',
  'dataset_info',
  'dataset_entries',
  'build_info',
  'nodejs_eventloop_utilization',
  'nodejs_eventloop_lag_seconds',
  'process_resident_memory_bytes',
];

function manifest(version: string): Manifest {
  return {
    version,
    period: 'daily',
    firstDate: '2021-01-01',
    lastDate: '2021-12-31',
    rows: { entries: 42 },
  } as Manifest;
}

describe('the metrics', () => {
  it('have the names that dashboards and alerts are built on', async () => {
    const text = await new Metrics().text();
    for (const name of NAMES) expect(text).toContain(`# TYPE ${name} `);
  });

  it('show the queries of the pool', async () => {
    const metrics = new Metrics();
    metrics.watchPool(() => ({ queued: 3, running: 2 }));
    metrics.observeQuery({ question: 'chart', queuedSeconds: 0.001, runSeconds: 0.003, rows: 7 });
    const text = await metrics.text();
    expect(text).toContain('duckdb_queue_length 3');
    expect(text).toContain('duckdb_connections_in_use 2');
    expect(text).toContain('duckdb_query_seconds_sum{question="chart"} 0.003');
    expect(text).toContain('duckdb_queue_seconds_sum{question="chart"} 0.001');
    expect(text).toContain('duckdb_query_rows_total{question="chart"} 7');
  });

  it('show where rows were found', async () => {
    const metrics = new Metrics();
    metrics.watchRows(() => ({ memory: 5, file: 2 }));
    const text = await metrics.text();
    expect(text).toContain('dataset_rows_total{from="memory"} 5');
    expect(text).toContain('dataset_rows_total{from="file"} 2');
  });

  it('show the connections of clients', async () => {
    const metrics = new Metrics();
    const state = { open: 3, refused: 2 };
    metrics.watchConnections(() => state);
    expect(await metrics.text()).toMatch(/^http_connections_open 3$[^]*^http_connections_refused_total 2$/m);
    state.refused = 5;
    expect(await metrics.text()).toMatch(/^http_connections_refused_total 5$/m);
  });

  it('describe one dataset, the one that was opened last', async () => {
    const metrics = new Metrics();
    metrics.datasetOpened(manifest('aa'));
    metrics.datasetOpened(manifest('bb'));
    const text = await metrics.text();
    expect(text).toContain(
      'dataset_info{version="bb",period="daily",first_date="2021-01-01",last_date="2021-12-31"} 1',
    );
    expect(text).not.toContain('version="aa"');
    expect(text).toContain('dataset_entries 42');
  });

  it('are separate for each instance', async () => {
    const [one, other] = [new Metrics(), new Metrics()];
    one.requestStarted();
    expect(await one.text()).toContain('http_requests_in_flight 1');
    expect(await other.text()).toContain('http_requests_in_flight 0');
  });

  it('give the share of time in which the event loop was busy', async () => {
    const value = /^nodejs_eventloop_utilization (.*)$/m.exec(await new Metrics().text())?.[1];
    expect(Number(value)).toBeGreaterThanOrEqual(0);
    expect(Number(value)).toBeLessThanOrEqual(1);
  });
});
