import { Counter, Gauge, type Registry } from 'prom-client';

/** Registers a counter whose value is kept elsewhere and read at each scrape. */
export function registerCounter(registry: Registry, name: string, help: string, value: () => number): void {
  new Counter({
    name,
    help,
    registers: [registry],
    collect() {
      this.reset();
      this.inc(value());
    },
  });
}

/** Registers a counter with one label, whose values are kept elsewhere, by that label, and read at each scrape. */
export function registerCounters(
  registry: Registry,
  name: string,
  help: string,
  label: string,
  values: () => Readonly<Record<string, number>>,
): void {
  new Counter({
    name,
    help,
    labelNames: [label],
    registers: [registry],
    collect() {
      this.reset();
      for (const [of, value] of Object.entries(values())) this.inc({ [label]: of }, value);
    },
  });
}

/** Registers a gauge whose value is read at each scrape. */
export function registerGauge(registry: Registry, name: string, help: string, value: () => number): void {
  new Gauge({
    name,
    help,
    registers: [registry],
    collect() {
      this.set(value());
    },
  });
}
