import { Inject, Injectable } from '@nestjs/common';
import type { Logger } from 'pino';
import { CONFIG, type Config } from '../config.js';
import { LOG, LOG_LINE } from '../logging.js';

/** Kept short enough that a line stays a line. */
export const MAX_LOGGED_URL_CHARACTERS = 2048;

/** The parts of a request's log line that are the same at each request to a URL, as JSON ready to be joined. */
export interface PreparedLine {
  /** From method to route. */
  readonly begin: string;
}

/** The JSON of the members that a URL settles; they stand after the time. */
export function prepareLine(method: string, url: string, route: string): PreparedLine {
  const json = JSON.stringify({ method, url: url.slice(0, MAX_LOGGED_URL_CHARACTERS), route });
  return { begin: `,${json.slice(1, -1)}` };
}

/**
 * Writes the log line of a request that was answered from memory. Joined by hand from prepared JSON, with the members
 * and the order of the line that the logger makes of an object, at a third of its time.
 */
@Injectable()
export class RequestLog {
  private readonly share: number;
  private readonly enabled: boolean;
  private lastMs = 0;
  private time = '';

  constructor(
    @Inject(CONFIG) { log }: Config,
    @Inject(LOG) logger: Logger,
    @Inject(LOG_LINE) private readonly write: (line: string) => void,
  ) {
    this.share = log.requestSample;
    this.enabled = logger.isLevelEnabled('info');
  }

  /** Whether the next successful, fast request gets a line. */
  get samples(): boolean {
    return this.enabled && (this.share >= 1 || Math.random() < this.share);
  }

  /** Writes the line; the id and the trace must be safe within quotes, as valid ones are. */
  line(
    { begin }: PreparedLine,
    status: number,
    durationMs: string,
    bytes: number,
    requestId: string,
    client: string | undefined,
    cache: string,
    trace: string,
  ): void {
    const clientJson = client === undefined ? '' : `,"client":"${client}"`;
    this.write(
      `{"level":"info","time":"${this.now()}"${begin},"status":${status},"durationMs":${durationMs},"bytes":${bytes},"requestId":"${requestId}"${clientJson}${trace},"cache":"${cache}","msg":"request"}\n`,
    );
  }

  private now(): string {
    const now = Date.now();
    if (now !== this.lastMs) {
      this.lastMs = now;
      this.time = new Date(now).toISOString();
    }
    return this.time;
  }
}
