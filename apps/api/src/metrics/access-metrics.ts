import { Counter, type Registry } from 'prom-client';
import { registerCounters, registerGauge } from './read-metrics.js';

/** Why a request was refused: no key, several that differ, one that nobody has, or more than its limit. */
export type RefusalReason = 'missing' | 'several' | 'unknown' | 'limit';

/** Requests with the keys of one name. */
export interface KeyCounts {
  granted: number;
  /** Those over the limit. */
  limited: number;
}

/** What the check of API keys has counted, and what it has for keys. */
export interface AccessState {
  /** Keys in use. */
  readonly keys: number;
  /** Whether the file of keys cannot be used as it is now. */
  readonly isFailing: boolean;
  /** By name; no other names than the file has. */
  readonly counts: ReadonlyMap<string, KeyCounts>;
  readonly refusals: Readonly<Record<RefusalReason, number>>;
  /** Limits that were counted by this process alone although there is a Redis, by why. */
  readonly locals: Readonly<Record<string, number>>;
}

/** Registers the metrics of API keys, which are there only where keys are asked for. */
export function registerAccess(registry: Registry, state: () => AccessState): void {
  registerGauge(registry, 'api_keys', 'API keys in use', () => state().keys);
  registerGauge(
    registry,
    'api_keys_file_failing',
    '1 while the file of API keys cannot be used and the keys of before stay',
    () => (state().isFailing ? 1 : 0),
  );
  new Counter({
    name: 'api_key_requests_total',
    help: 'Requests with a known API key, by its name and whether they were within its limit (granted) or over it (limited)',
    labelNames: ['key', 'outcome'] as const,
    registers: [registry],
    collect() {
      this.reset();
      for (const [key, { granted, limited }] of state().counts) {
        this.inc({ key, outcome: 'granted' }, granted);
        this.inc({ key, outcome: 'limited' }, limited);
      }
    },
  });
  registerCounters(
    registry,
    'api_key_refusals_total',
    'Requests that were not answered: no key (missing), different ones (several), an unknown one, or over its limit',
    'reason',
    () => state().refusals,
  );
  registerCounters(
    registry,
    'api_key_limits_local_total',
    'Requests whose limit was counted by this process alone: Redis was late (timeout), down (error) or left alone (open)',
    'reason',
    () => state().locals,
  );
}
