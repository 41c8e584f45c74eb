import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '../config.js';
import { Metrics } from '../metrics/metrics.js';

/** How many of those that are on their way have the same bytes. */
const READERS = Symbol('readers');
/** Those of a connection: of several that wait there, only the first hears of its end. */
const UNSENT = Symbol('unsent');

type CountedBody = Buffer & { [READERS]?: number };
type CountedSocket = Socket & { [UNSENT]?: Unsent[] };

/** An answer on its way, between those that were begun just before and after it. */
interface Unsent {
  readonly socket: CountedSocket;
  readonly body: CountedBody;
  older: Unsent | undefined;
  newer: Unsent | undefined;
}

/**
 * The answers that clients have not yet taken wholly, and a bound on their bytes: beyond it, the connections of those that
 * are longest at it are closed, never that of the latest. What goes to many is in memory once, and counts once.
 *
 * A list of links and no Map: a Map that things come into and leave makes itself anew every so often, and its old selves,
 * each of which refers to the next, keep all that was ever in them from being collected while it is young. Here that was
 * every request with its answer.
 */
@Injectable()
export class UnsentAnswers {
  private readonly maxBytes: number;
  private oldest: Unsent | undefined;
  private newest: Unsent | undefined;
  private total = 0;
  private checking = false;

  constructor(
    @Inject(CONFIG) { overload }: Config,
    private readonly metrics: Metrics,
  ) {
    this.maxBytes = overload.maxUnsentBytes;
  }

  /** Bytes of the answers that are on their way. */
  get bytes(): number {
    return this.total;
  }

  /** Counts an answer that was just given to its connection until that is rid of it. */
  track(response: ServerResponse, body: Buffer): void {
    const unsent = this.begin(response.req.socket, body);
    response.once('close', () => this.forget(unsent));
    if (this.total <= this.maxBytes || this.checking) return;
    this.checking = true;
    // Nothing of what was answered in this turn is on the network yet, however fast its client is.
    setImmediate(() => this.check());
  }

  private begin(socket: CountedSocket, body: CountedBody): Unsent {
    const unsent: Unsent = { socket, body, older: this.newest, newer: undefined };
    if (this.newest) this.newest.newer = unsent;
    else this.oldest = unsent;
    this.newest = unsent;
    const readers = body[READERS] ?? 0;
    body[READERS] = readers + 1;
    if (readers === 0) this.total += body.length;
    this.ofSocket(socket).push(unsent);
    return unsent;
  }

  private ofSocket(socket: CountedSocket): Unsent[] {
    const known = socket[UNSENT];
    if (known) return known;
    socket.once('close', () => this.forgetAll(socket));
    return (socket[UNSENT] = []);
  }

  private check(): void {
    this.checking = false;
    while (this.total > this.maxBytes && this.oldest !== this.newest) {
      const { socket } = this.oldest!;
      this.forgetAll(socket);
      socket.destroy();
      this.metrics.overload.connectionGivenUp('unsent');
    }
  }

  private forgetAll(socket: CountedSocket): void {
    for (const unsent of [...(socket[UNSENT] ?? [])]) this.forget(unsent);
  }

  /** Does nothing when that was done already. */
  private forget(unsent: Unsent): void {
    const { socket, body, older, newer } = unsent;
    const ofSocket = socket[UNSENT]!;
    const place = ofSocket.indexOf(unsent);
    if (place < 0) return;
    ofSocket.splice(place, 1);
    if (older) older.newer = newer;
    else this.oldest = newer;
    if (newer) newer.older = older;
    else this.newest = older;
    unsent.older = unsent.newer = undefined;
    const readers = body[READERS]! - 1;
    body[READERS] = readers;
    if (readers === 0) this.total -= body.length;
  }
}
