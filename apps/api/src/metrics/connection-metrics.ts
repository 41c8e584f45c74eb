import { Counter, Gauge, type Registry } from 'prom-client';

/** How many connections clients have open, and how many were refused since the start. */
export interface ConnectionsState {
  readonly open: number;
  readonly refused: number;
}

/** Registers the metrics of the public port's connections, read at each scrape. */
export function registerConnections(registry: Registry, state: () => ConnectionsState): void {
  const registers = [registry];
  new Gauge({
    name: 'http_connections_open',
    help: 'Connections that clients have open',
    registers,
    collect() {
      this.set(state().open);
    },
  });
  new Counter({
    name: 'http_connections_refused_total',
    help: 'Connections that were closed at once because as many were open as may be',
    registers,
    collect() {
      this.reset();
      this.inc(state().refused);
    },
  });
}
