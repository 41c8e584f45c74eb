/**
 * Who tries: a pod of a component of the release; one of its namespace or of another without being one; the one that may
 * read metrics.
 */
export type From = 'api' | 'test' | 'load' | 'refresh' | 'redis' | 'neighbour' | 'elsewhere' | 'monitor';

/** Ports that are tried; `names` asks the cluster's name server by UDP. */
export const PORTS = {
  ...{ api: 5000, management: 9090, redis: 6379, files: 443, 'redis elsewhere': 6379, 'another port of files': 8080 },
  ...{ dns: 53, names: 53, ingress: 80, test: 8080, load: 8080, refresh: 8080, neighbour: 8080 },
} as const;

/** What is tried. */
export type To = keyof typeof PORTS;

/** Whether a connection has to pass or must not. */
export interface Rule {
  readonly from: From;
  readonly to: To;
  readonly passes: boolean;
}

const rules = (passes: boolean, to: To, ...from: readonly From[]): Rule[] =>
  from.map((one) => ({ from: one, to, passes }));

/** Every rule of the release that is proven: a named ingress controller, the Redis of the chart, a refresh, a load Job. */
export const PROVEN_RULES: readonly Rule[] = [
  ...rules(true, 'api', 'test', 'load'),
  ...rules(false, 'api', 'neighbour', 'elsewhere', 'refresh', 'redis'),
  ...rules(false, 'management', 'test', 'load', 'neighbour', 'elsewhere', 'monitor'),
  ...rules(true, 'redis', 'api'),
  ...rules(false, 'redis', 'test', 'load', 'refresh', 'neighbour', 'elsewhere'),
  ...rules(true, 'files', 'refresh'),
  ...rules(false, 'files', 'api', 'test', 'load', 'redis'),
  ...rules(false, 'another port of files', 'refresh'),
  // Nobody's policies keep this one from it: there would be an answer.
  ...rules(true, 'another port of files', 'elsewhere'),
  ...rules(true, 'dns', 'api', 'test', 'load', 'refresh'),
  ...rules(true, 'names', 'api', 'test', 'load', 'refresh'),
  ...rules(false, 'dns', 'redis'),
  ...rules(false, 'names', 'redis'),
  // The pods that only ask are asked by nobody; the one beside them without a policy shows that there would be an answer.
  ...rules(true, 'neighbour', 'elsewhere'),
  ...rules(false, 'neighbour', 'api', 'test', 'load', 'redis'),
  ...rules(false, 'test', 'neighbour', 'api'),
  ...rules(false, 'load', 'neighbour', 'api'),
  ...rules(false, 'refresh', 'neighbour', 'api'),
];

/** Only where pods reach the ingress controller by another address than this machine. */
export const INGRESS_RULES: readonly Rule[] = [
  ...rules(true, 'ingress', 'load'),
  ...rules(false, 'ingress', 'test', 'refresh'),
];

/** The chart's defaults: everybody in the namespace may call, nobody reads metrics, nothing is asked but names. */
export const PLAIN_RULES: readonly Rule[] = [
  ...rules(true, 'api', 'neighbour', 'test', 'load'),
  ...rules(false, 'api', 'elsewhere'),
  ...rules(false, 'management', 'neighbour', 'test', 'elsewhere', 'monitor'),
  ...rules(true, 'names', 'api'),
  ...rules(false, 'files', 'api'),
  ...rules(false, 'redis elsewhere', 'api'),
];

/** A dataset that is downloaded, a Redis elsewhere, and somebody who may read metrics. */
export const DOWNLOAD_RULES: readonly Rule[] = [
  ...rules(true, 'management', 'monitor'),
  ...rules(false, 'management', 'elsewhere', 'neighbour'),
  ...rules(false, 'api', 'monitor'),
  ...rules(true, 'files', 'api'),
  ...rules(true, 'redis elsewhere', 'api'),
  ...rules(false, 'another port of files', 'api'),
];
