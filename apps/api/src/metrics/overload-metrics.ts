import { Counter, type Registry } from 'prom-client';

const SHED = ['wait', 'queue'] as const;
const GIVEN_UP = ['stalled', 'unsent'] as const;

/** Why a request is refused: its answer would wait too long, or the queue of DuckDB is full. */
export type ShedReason = (typeof SHED)[number];

/** Why a client is given up: it takes nothing of its answer, or too much waits to be taken. */
export type GiveUpReason = (typeof GIVEN_UP)[number];

/** `requests_shed_total` and `http_connections_given_up_total`: what was refused or cut off as there was too much of it. */
export class OverloadMetrics {
  /** Counted in plain numbers, as prom-client looks labels up by text: there may be tens of thousands a second. */
  private readonly shed: Record<ShedReason, number> = { wait: 0, queue: 0 };
  private readonly givenUp: Counter<'reason'>;

  constructor(registry: Registry) {
    const registers = [registry];
    const labelNames = ['reason'] as const;
    const { shed } = this;
    new Counter({
      name: 'requests_shed_total',
      help: 'Requests refused with 503: wait (it would be too long, by estimate), queue (that of DuckDB is full)',
      ...{ labelNames, registers },
      collect() {
        this.reset();
        for (const reason of SHED) this.inc({ reason }, shed[reason]);
      },
    });
    this.givenUp = new Counter({
      name: 'http_connections_given_up_total',
      help: 'Connections closed within an answer: stalled (the client takes nothing), unsent (too much waits to be taken)',
      ...{ labelNames, registers },
    });
    for (const reason of GIVEN_UP) this.givenUp.inc({ reason }, 0);
  }

  /** Counts a request as refused. */
  requestShed(reason: ShedReason): void {
    this.shed[reason]++;
  }

  /** Counts a connection that was closed while an answer was on its way. */
  connectionGivenUp(reason: GiveUpReason): void {
    this.givenUp.inc({ reason });
  }
}
