import { Counter, type Registry } from 'prom-client';

/** Upper bounds of the buckets of `http_request_duration_seconds`. */
const BUCKETS_SECONDS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];
const DURATION = 'http_request_duration_seconds';

/** Counts of the requests of one route, method and status. */
export class RequestSeries {
  count = 0;
  bytes = 0;
  seconds = 0;
  /** Requests by the bucket they fall into, not added up; the last is of those above every bound. */
  readonly buckets = new Float64Array(BUCKETS_SECONDS.length + 1);

  constructor(
    readonly route: string,
    readonly method: string,
    readonly status: number,
  ) {}

  /** Counts a request: a few additions, so that it costs nothing beside answering from memory. */
  record(seconds: number, bytes: number): void {
    let bucket = 0;
    while (bucket < BUCKETS_SECONDS.length && seconds > BUCKETS_SECONDS[bucket]!) bucket++;
    this.buckets[bucket]!++;
    this.count++;
    this.bytes += bytes;
    this.seconds += seconds;
  }
}

/** Counts of the GET requests of one route by how they were answered, looked up once. */
export class RouteCounts {
  readonly ok: RequestSeries;
  readonly notModified: RequestSeries;
  private refused: RequestSeries | undefined;

  constructor(private readonly of: (status: number) => RequestSeries) {
    this.ok = of(200);
    this.notModified = of(304);
  }

  /** Those refused as there is too much to do; not among the samples before there is one. */
  get shed(): RequestSeries {
    return (this.refused ??= this.of(503));
  }
}

interface HistogramValue {
  readonly metricName: string;
  readonly labels: Readonly<Record<string, string | number>>;
  readonly value: number;
}

/**
 * `http_requests_total`, `http_request_duration_seconds` and `http_response_body_bytes_total`, counted in plain numbers
 * and turned into samples when they are scraped: prom-client's own counting looks labels up by text at each request.
 */
export class RequestMetrics {
  private readonly series = new Map<string, RequestSeries>();
  private readonly routes = new Map<string, RouteCounts>();

  constructor(registry: Registry) {
    const all = () => this.series.values();
    new Counter({
      name: 'http_requests_total',
      help: 'Requests answered, by template of the route, method and status (499: the client left before the answer)',
      labelNames: ['route', 'method', 'status'] as const,
      registers: [registry],
      collect() {
        this.reset();
        for (const { route, method, status, count } of all()) this.inc({ route, method, status }, count);
      },
    });
    new Counter({
      name: 'http_response_body_bytes_total',
      help: 'Bytes of the answers without headers',
      labelNames: ['route'] as const,
      registers: [registry],
      collect() {
        this.reset();
        for (const { route, bytes } of all()) this.inc({ route }, bytes);
      },
    });
    // prom-client has no histogram that takes counts made elsewhere; a registry only asks a metric for its samples.
    registry.registerMetric({ name: DURATION, get: () => Promise.resolve(this.histogram()) } as never);
  }

  /** The counts of a route, method and status; to be kept by who counts often. */
  of(route: string, method: string, status: number): RequestSeries {
    const key = `${status} ${method} ${route}`;
    let series = this.series.get(key);
    if (!series) this.series.set(key, (series = new RequestSeries(route, method, status)));
    return series;
  }

  /** The counts of the GET requests of a route. */
  ofRoute(route: string): RouteCounts {
    let counts = this.routes.get(route);
    if (!counts) this.routes.set(route, (counts = new RouteCounts((status) => this.of(route, 'GET', status))));
    return counts;
  }

  private histogram() {
    const byRoute = new Map<string, RequestSeries>();
    for (const { route, method, buckets, count, seconds } of this.series.values()) {
      const key = `${method} ${route}`;
      const sum = byRoute.get(key) ?? new RequestSeries(route, method, 0);
      buckets.forEach((value, bucket) => (sum.buckets[bucket]! += value));
      sum.count += count;
      sum.seconds += seconds;
      byRoute.set(key, sum);
    }
    const values = [...byRoute.values()].flatMap((sum) => samples(sum));
    const help = 'Time from the headers of a request to the end of its answer';
    return { name: DURATION, help, type: 'histogram', aggregator: 'sum', values };
  }
}

function samples({ route, method, buckets, count, seconds }: RequestSeries): readonly HistogramValue[] {
  const labels = { route, method };
  let below = 0;
  const bounds = [...BUCKETS_SECONDS, '+Inf'] as const;
  return [
    ...bounds.map((le, bucket) => {
      below += buckets[bucket]!;
      return { metricName: `${DURATION}_bucket`, labels: { le, ...labels }, value: below };
    }),
    { metricName: `${DURATION}_sum`, labels, value: seconds },
    { metricName: `${DURATION}_count`, labels, value: count },
  ];
}
