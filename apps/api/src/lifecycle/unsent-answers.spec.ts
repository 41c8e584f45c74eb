import { EventEmitter } from 'node:events';
import type { ServerResponse } from 'node:http';
import { setImmediate as turn } from 'node:timers/promises';
import fc from 'fast-check';
import { readConfig } from '../config.js';
import { Metrics } from '../metrics/metrics.js';
import { UnsentAnswers } from './unsent-answers.js';

const MOST = 1000;

class Connection extends EventEmitter {
  destroyed = false;
  destroy(): void {
    this.destroyed = true;
    setImmediate(() => this.emit('close'));
  }
}

class Response extends EventEmitter {
  readonly req: { readonly socket: Connection };

  constructor(socket: Connection) {
    super();
    this.req = { socket };
  }

  get destroyed(): boolean {
    return this.req.socket.destroyed;
  }
}

function started() {
  const metrics = new Metrics();
  const unsent = new UnsentAnswers(readConfig({ MAX_UNSENT_BYTES: String(MOST) }), metrics);
  const answer = (body: Buffer, socket = new Connection()) => {
    const response = new Response(socket);
    unsent.track(response as unknown as ServerResponse, body);
    return response;
  };
  return { unsent, answer, metrics };
}

describe('answers that clients have not taken', () => {
  it('are none once they are taken, whatever the order', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(fc.nat(3), fc.nat()), { maxLength: 40 }), async (answers) => {
        const { unsent, answer } = started();
        const bodies = Array.from({ length: 4 }, (_, i) => Buffer.alloc(10 + i));
        const open = answers.map(([body]) => answer(bodies[body]!));
        expect(unsent.bytes).toBe([...new Set(answers.map(([body]) => 10 + body))].reduce((a, b) => a + b, 0));
        const order = answers.map(([, key], i) => [key, i] as const).toSorted((a, b) => a[0] - b[0]);
        for (const [, i] of order) open[i]!.emit('close');
        expect(unsent.bytes).toBe(0);
        await turn();
        expect(open.some(({ destroyed }) => destroyed)).toBe(false);
      }),
    );
  });

  it('count once when they go to many', async () => {
    const { answer } = started();
    const body = Buffer.alloc(MOST);
    const all = Array.from({ length: 50 }, () => answer(body));
    await turn();
    expect(all.some(({ destroyed }) => destroyed)).toBe(false);
  });

  it('are given up beyond the limit, the longest first, and as few as need be', async () => {
    const { unsent, answer, metrics } = started();
    const all = Array.from({ length: 5 }, () => answer(Buffer.alloc(300)));
    await turn();
    expect(all.map(({ destroyed }) => destroyed)).toEqual([true, true, false, false, false]);
    expect(unsent.bytes).toBe(900);
    expect(await metrics.text()).toContain('http_connections_given_up_total{reason="unsent"} 2');
    await turn();
    expect(unsent.bytes).toBe(900);
  });

  it('are not given up when they were taken by the end of the turn', async () => {
    const { answer } = started();
    const all = Array.from({ length: 5 }, () => answer(Buffer.alloc(300)));
    all.slice(2).forEach((response) => response.emit('close'));
    await turn();
    expect(all.some(({ destroyed }) => destroyed)).toBe(false);
  });

  it('are forgotten with their connection, though no more than the first hears of its end', () => {
    const { unsent, answer } = started();
    const socket = new Connection();
    const [first] = Array.from({ length: 30 }, (_, i) => answer(Buffer.alloc(i + 1), socket));
    first!.emit('close');
    socket.emit('close');
    expect(unsent.bytes).toBe(0);
    expect(socket.listenerCount('close')).toBeLessThan(2);
  });

  it('close a connection once, whatever waits there', async () => {
    const { answer, metrics, unsent } = started();
    const [early, late] = [new Connection(), new Connection()];
    for (let i = 0; i < 9; i++) answer(Buffer.alloc(100), early);
    answer(Buffer.alloc(MOST), late);
    await turn();
    expect([early.destroyed, late.destroyed, unsent.bytes]).toEqual([true, false, MOST]);
    expect(await metrics.text()).toContain('http_connections_given_up_total{reason="unsent"} 1');
  });

  it('may be one that is larger than the limit', async () => {
    const { answer } = started();
    const response = answer(Buffer.alloc(MOST * 2));
    await turn();
    expect(response.destroyed).toBe(false);
  });
});
