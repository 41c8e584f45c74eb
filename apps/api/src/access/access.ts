import type { IncomingMessage } from 'node:http';
import type { BeforeApplicationShutdown, OnApplicationBootstrap, OnApplicationShutdown } from '@nestjs/common';
import type { Logger } from 'pino';
import type { AccessState, KeyCounts, RefusalReason } from '../metrics/access-metrics.js';
import { setGrant } from './grant.js';
import type { ApiKey } from './key-file.js';
import type { KeySet } from './key-set.js';
import type { KeyWatch } from './key-watch.js';
import { WINDOW_SECONDS, type LocalReason, type Quota } from './quota.js';
import { sentKey } from './sent-key.js';

/** Why a request is not answered. */
export interface Refusal {
  readonly reason: RefusalReason;
  /** The limit that was passed, when that is the reason. */
  readonly quota?: Quota;
}

/** Counts a request by the name of its key; never rejects. */
export type TakeQuota = (name: string, limit: number) => Promise<Quota>;

/** What an {@link Access} is made of. */
export interface AccessParts {
  readonly watch: KeyWatch;
  readonly take: TakeQuota;
  readonly log: Logger;
  /** Ends what limits are counted with. */
  readonly close: () => void;
}

/** Name of the one policy in the RateLimit headers. */
const POLICY = '"minute"';

/** Decides whether a request is answered: by its key, and by what is left of that key's limit. */
export class Access implements OnApplicationBootstrap, BeforeApplicationShutdown, OnApplicationShutdown {
  private readonly counts = new Map<string, KeyCounts>();
  private readonly refusals: Record<RefusalReason, number> = { missing: 0, several: 0, unknown: 0, limit: 0 };
  private readonly locals: Record<LocalReason, number> = { timeout: 0, error: 0, open: 0 };

  constructor(private readonly parts: AccessParts) {
    this.countOnly(parts.watch.keys);
  }

  onApplicationBootstrap(): void {
    const { watch, log } = this.parts;
    log.info({ keys: watch.keys.keys.length }, 'requests need an API key');
    watch.start({
      replaced: (keys) => {
        this.countOnly(keys);
        log.info({ keys: keys.keys.length }, 'API keys replaced');
      },
      failed: (error) =>
        log.error({ reason: error.message }, 'the file of API keys cannot be used, the keys of before stay'),
    });
  }

  beforeApplicationShutdown(): void {
    this.parts.watch.stop();
  }

  onApplicationShutdown(): void {
    this.parts.close();
  }

  /**
   * Why a request is not to be answered; undefined when it is. At once unless a limit has to be counted. Notes the grant of
   * a request whose key is known. Never rejects.
   */
  check(request: IncomingMessage, startedAt: number): Refusal | undefined | Promise<Refusal | undefined> {
    const sent = sentKey(request.rawHeaders);
    const key = typeof sent === 'string' ? this.parts.watch.keys.find(sent) : undefined;
    if (key === undefined) return this.refuse(sent === undefined ? 'missing' : sent === null ? 'several' : 'unknown');
    if (key.limit !== undefined) return this.checkLimit(request, key, key.limit, startedAt);
    this.grant(request, key, [], startedAt);
    this.countOf(key.name).granted++;
    return undefined;
  }

  /** Counts a request that was counted locally although there is a Redis. */
  countedLocally(reason: LocalReason): void {
    this.locals[reason]++;
  }

  /** For the metrics. */
  get state(): AccessState {
    const { watch } = this.parts;
    const { refusals, counts, locals } = this;
    return { keys: watch.keys.keys.length, isFailing: watch.isFailing, counts, refusals, locals };
  }

  private async checkLimit(
    request: IncomingMessage,
    key: ApiKey,
    limit: number,
    startedAt: number,
  ): Promise<Refusal | undefined> {
    const quota = await this.parts.take(key.name, limit);
    this.grant(request, key, quotaHeaders(quota), startedAt);
    if (quota.isWithin) {
      this.countOf(key.name).granted++;
      return undefined;
    }
    this.countOf(key.name).limited++;
    return this.refuse('limit', quota);
  }

  private refuse(reason: RefusalReason, quota?: Quota): Refusal {
    this.refusals[reason]++;
    return quota ? { reason, quota } : { reason };
  }

  private grant(request: IncomingMessage, { name }: ApiKey, headers: readonly string[], startedAt: number): void {
    setGrant(request, { name, json: `,"key":"${name}"`, headers, startedAt });
  }

  /** One that was taken out of the file while its limit was counted still has counts of its own. */
  private countOf(name: string): KeyCounts {
    return this.counts.get(name) ?? { granted: 0, limited: 0 };
  }

  /** The counts of names that stay, and of new ones; the metrics hold no other names than the file. */
  private countOnly({ keys }: KeySet): void {
    const names = new Set(keys.map(({ name }) => name));
    for (const name of this.counts.keys()) if (!names.has(name)) this.counts.delete(name);
    for (const name of names) if (!this.counts.has(name)) this.counts.set(name, { granted: 0, limited: 0 });
  }
}

/** The fields of draft-ietf-httpapi-ratelimit-headers-11, sections 3 and 4. */
function quotaHeaders({ limit, remaining, resetSeconds }: Quota): readonly string[] {
  return [
    ...['RateLimit-Policy', `${POLICY};q=${limit};w=${WINDOW_SECONDS}`],
    ...['RateLimit', `${POLICY};r=${remaining};t=${resetSeconds}`],
  ];
}
