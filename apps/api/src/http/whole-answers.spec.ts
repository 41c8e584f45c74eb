import { once } from 'node:events';
import { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import { WholeAnswers } from './whole-answers.js';

/** A connection that takes what it is given only when it is told to. */
class SlowConnection extends Duplex {
  readonly taken: Buffer[] = [];
  private done: (() => void) | undefined;

  override _read(): void {
    // Nothing arrives.
  }

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.taken.push(chunk);
    this.done = done;
  }

  /** Like a socket, which ends what it has begun to write. */
  override _destroy(_error: Error | null, closed: () => void): void {
    this.done?.();
    closed();
  }

  takeAll(): void {
    for (let { done } = this; done; done = this.done) {
      this.done = undefined;
      done();
    }
  }
}

const HEAD = 'HTTP/1.1 200 OK\r\nContent-Length: 4\r\n';
const BODY = Buffer.from('true');
const whole = new WholeAnswers(5000);

function exchange(connection = new SlowConnection()) {
  const request = new IncomingMessage(connection as unknown as Socket);
  request.httpVersionMajor = request.httpVersionMinor = 1;
  const response = new ServerResponse(request);
  response.shouldKeepAlive = true;
  response.assignSocket(connection as unknown as Socket);
  return { connection, response, send: (body = BODY) => whole.send(request, response, 200, HEAD, body) };
}

describe('an answer to a connection that takes nothing', () => {
  it('has ended when it is taken, as it was', async () => {
    const { connection, response, send } = exchange();
    expect(send()).toBe(true);
    // The next piece is not written over this one.
    exchange().send(Buffer.from('null'));
    await turn();
    expect(response.writableEnded).toBe(false);
    const finished = once(response, 'finish');
    connection.takeAll();
    await finished;
    expect(response.writableFinished).toBe(true);
    expect(Buffer.concat(connection.taken).toString()).toMatch(
      /^HTTP\/1\.1 200 OK\r\nContent-Length: 4\r\nDate: .* GMT\r\nConnection: keep-alive\r\nKeep-Alive: timeout=5\r\n\r\ntrue$/,
    );
  });

  it('is the end of a request that nobody will read', () => {
    const { response, send } = exchange();
    expect(response.req.readableEnded).toBe(false);
    send();
    expect(response.req.readableEnded).toBe(true);
  });

  it('is followed by others as Node sends them', () => {
    const { connection, response, send } = exchange();
    send();
    response.detachSocket(connection as unknown as Socket);
    expect(exchange(connection).send()).toBe(false);
  });

  it.each<[string, (connection: SlowConnection) => void]>([
    ['took them', (connection) => connection.takeAll()],
    ['is gone', (connection) => connection.destroy()],
  ])('waits with so many others at the most, until their connection %s', async (_, leave) => {
    const waiting = new WholeAnswers(5000);
    const open = Array.from({ length: 65 }, () => {
      const connection = new SlowConnection();
      connection.on('error', () => undefined);
      return exchange(connection);
    });
    const send = ({ response }: (typeof open)[number]) => waiting.send(response.req, response, 200, HEAD, BODY);
    expect(open.slice(0, 64).map(send)).toEqual(Array(64).fill(true));
    expect(send(open[64]!)).toBe(false);
    leave(open[0]!.connection);
    await turn();
    expect(send(open[64]!)).toBe(true);
  });
});
