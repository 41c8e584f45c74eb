import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import { Exchanges } from './exchanges.js';
import { FrameworkTurns } from './framework-turns.js';

class Noted {
  readonly inFlight = new Map<unknown, number>();
  readonly left: string[] = [];
  readonly waited: string[] = [];
  readonly taken: string[] = [];
  /** As they are, but for what they tell of a request. */
  readonly exchanges = Object.assign(Object.create(Exchanges.prototype) as object, {
    connections: {
      requestStarted: (socket: Socket) => this.count(socket, 1),
      requestEnded: (socket: Socket) => this.count(socket, -1),
    },
    left: ({ url }: IncomingMessage) => this.left.push(url!),
    waited: ({ url }: IncomingMessage) => this.waited.push(url!),
  }) as unknown as Exchanges;
  readonly turns = new FrameworkTurns(this.exchanges);

  give(url: string): { destroyed: boolean } {
    const response = { destroyed: false };
    const request = { url, socket: this } as unknown as IncomingMessage;
    this.turns.take(request, response as ServerResponse, ({ url: taken }) => this.taken.push(taken!));
    return response;
  }

  get busy(): number {
    return [...this.inFlight.values()].reduce((sum, count) => sum + count, 0);
  }

  private count(socket: unknown, change: number): void {
    this.inFlight.set(socket, (this.inFlight.get(socket) ?? 0) + change);
  }
}

const paths = Array.from({ length: 40 }, (_, i) => `/${i}`);

describe('requests for the framework', () => {
  it('are given to it at once while they are few', async () => {
    const noted = new Noted();
    for (const path of paths) {
      noted.give(path);
      await turn();
    }
    expect([noted.taken, noted.waited]).toEqual([paths, []]);
  });

  it('are given to it a few in each turn, in their order, and are in flight meanwhile', async () => {
    const noted = new Noted();
    for (const path of paths) noted.give(path);
    const seen = [[noted.taken.length, noted.busy]];
    for (let i = 0; i < 3; i++) {
      await turn();
      seen.push([noted.taken.length, noted.busy]);
    }
    expect(seen).toEqual([
      [16, 24],
      [32, 8],
      [40, 0],
      [40, 0],
    ]);
    expect([noted.taken, noted.waited]).toEqual([paths, paths.slice(16)]);
  });

  it('that come later do not overtake those that wait', async () => {
    const noted = new Noted();
    for (const path of paths) noted.give(path);
    await turn();
    noted.give('/last');
    expect(noted.taken).not.toContain('/last');
    await turn();
    await turn();
    expect(noted.taken).toEqual([...paths, '/last']);
  });

  it('whose client leaves meanwhile are counted and not taken', async () => {
    const noted = new Noted();
    const responses = paths.map((path) => noted.give(path));
    responses[20]!.destroyed = true;
    for (let i = 0; i < 3; i++) await turn();
    expect([noted.left, noted.taken.includes('/20'), noted.taken.length, noted.busy]).toEqual([['/20'], false, 39, 0]);
  });
});
