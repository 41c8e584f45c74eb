import { get, type Answer } from './http-get.js';
import { closed, type Plan } from './measure.js';
import type { Server } from './servers.js';

/** What limits are stated against: the CPU time per request of another contender, or its requests a second. */
export interface Limit {
  readonly of: 'bare' | 'hot';
  readonly cpu?: number;
  readonly rate?: number;
}

/** A server and what it is asked, in turn with the others. */
export interface Contender {
  readonly key: string;
  readonly name: string;
  readonly server: Server;
  readonly limit?: Limit;
  /** What is asked in a run, counted from 0. */
  readonly plan: (run: number) => Plan;
  /** Why it is not what its name says, found out by asking; nothing when all is well. */
  readonly fault: () => Promise<string | undefined>;
  /** Log lines per request that there must be. */
  readonly logged: number;
}

const GZIP = { 'Accept-Encoding': 'gzip' };

type Recorded = Readonly<Record<'bare' | 'fastify' | 'nest', Server>>;

/** The servers that give the recorded answer. */
export function recorded({ bare, fastify, nest }: Recorded, path: string, answer: Answer): Contender[] {
  const one = (key: string, name: string, server: Server): Contender => ({
    ...{ key, name, server, logged: 0, plan: () => closed([path]) },
    fault: async () => differs(await get(server.port, path), { body: answer.body }),
  });
  return [one('bare', 'node:http', bare), one('fastify', 'Fastify', fastify), one('nest', 'NestJS + Fastify', nest)];
}

type OfService = Readonly<Record<'hot' | 'sampled', Server>>;

/** The service, asked for what it has in memory: once `path`, once many. */
export function ofService(
  { hot, sampled }: OfService,
  path: string,
  many: readonly string[],
  { body, header }: Answer,
): Contender[] {
  const again = { 'If-None-Match': header('etag') ?? '""' };
  const asking = (
    paths: readonly string[],
    headers: Readonly<Record<string, string>>,
    wanted: Wanted,
    server = hot,
  ) => ({
    server,
    plan: () => closed(paths, { headers, statuses: [wanted.status ?? 200] }),
    fault: async () => differs(await get(server.port, paths.at(-1)!, headers), wanted),
  });
  const l1 = { body, headers: { 'x-cache': 'l1' } };
  const notModified = { status: 304, body: Buffer.alloc(0) };
  const zipped = { headers: { 'content-encoding': 'gzip', 'x-cache': 'l1' } };
  const of = (cpu: number) => ({ of: 'bare', cpu }) as const;
  return [
    { key: 'hot', name: 'this, from memory', logged: 1, limit: { ...of(1.5), rate: 0.7 }, ...asking([path], {}, l1) },
    { key: 'many', name: `this, ${many.length} URLs in turn`, logged: 1, ...asking(many, {}, { headers: l1.headers }) },
    { key: 'sampled', name: 'this, 1 % logged', logged: 0.01, limit: of(1.2), ...asking([path], {}, l1, sampled) },
    { key: '304', name: 'this, 304', logged: 1, limit: of(1), ...asking([path], again, notModified) },
    {
      key: '304-sampled',
      name: 'this, 304, 1 % logged',
      logged: 0.01,
      limit: of(1),
      ...asking([path], again, notModified, sampled),
    },
    { key: 'gzip', name: 'this, gzip', logged: 1, ...asking([path], GZIP, zipped) },
  ];
}

/** The service without memory of its own, all it is asked being in Redis. */
export function overRedis(server: Server, paths: readonly string[]): Contender {
  return {
    ...{ key: 'l2', name: 'this, memory off, from Redis', server, logged: 1, limit: { of: 'hot', cpu: 3 } },
    plan: () => closed(paths),
    fault: async () => differs(await get(server.port, paths[0]!), { headers: { 'x-cache': 'l2' } }),
  };
}

/** The service, asked for other charts in each run. */
export function coldCharts(server: Server, charts: (run: number) => readonly string[]): Contender {
  return {
    ...{ key: 'cold', name: 'this, never asked before', server, logged: 1 },
    plan: (run) => closed(charts(run), { repeat: false }),
    fault: () => Promise.resolve(undefined),
  };
}

interface Wanted {
  readonly status?: number;
  readonly body?: Buffer;
  readonly headers?: Readonly<Record<string, string>>;
}

function differs(answer: Answer, { status = 200, body, headers = {} }: Wanted): string | undefined {
  if (answer.status !== status) return `the status is ${answer.status}, not ${status}`;
  if (body && !body.equals(answer.body)) return 'the body is another than that of the dataset';
  const wrong = Object.entries(headers).find(([name, value]) => answer.header(name) !== value);
  return wrong && `${wrong[0]} is ${String(answer.header(wrong[0]))}, not ${wrong[1]}`;
}
