import type { Registry } from 'prom-client';
import { registerCounter, registerGauge } from './read-metrics.js';

/** How many connections clients have open, and how many were refused since the start. */
export interface ConnectionsState {
  readonly open: number;
  readonly refused: number;
}

/** Registers the metrics of the public port's connections, read at each scrape. */
export function registerConnections(registry: Registry, state: () => ConnectionsState): void {
  registerGauge(registry, 'http_connections_open', 'Connections that clients have open', () => state().open);
  registerCounter(
    registry,
    'http_connections_refused_total',
    'Connections that were closed at once because as many were open as may be',
    () => state().refused,
  );
}
