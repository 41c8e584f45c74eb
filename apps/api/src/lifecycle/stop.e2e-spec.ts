import { once } from 'node:events';
import { Agent, get, type IncomingMessage } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { LARGE_BYTES, startHttpApp } from '../http/testing/http-app.js';
import { stop } from './stop.js';

function request(port: number, path: string, agent: Agent): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    get({ host: '127.0.0.1', port, path, agent }, (response) =>
      response.resume().on('end', () => resolve(response)),
    ).on('error', reject);
  });
}

describe('stopping', () => {
  it('answers while it waits, finishes what is in flight, and does not hang on idle or unused connections', async () => {
    const { app } = await startHttpApp();
    const { port } = app.getHttpServer().address() as AddressInfo;
    const agent = new Agent({ keepAlive: true });
    await request(port, '/try/kinds?name=idle', agent);
    const unused = connect(port, '127.0.0.1');
    await once(unused, 'connect');
    const unusedClosed = once(unused.resume(), 'close');
    const inFlight = request(port, '/try/slow?ms=1200', new Agent());
    await sleep(100);
    const stopped = stop(app, 200);
    const during = await request(port, '/try/kinds?name=late', new Agent({ keepAlive: true }));
    expect([during.statusCode, during.headers.connection]).toEqual([200, 'close']);
    const finished = await inFlight;
    expect([finished.statusCode, finished.headers.connection]).toEqual([200, 'close']);
    await stopped;
    await unusedClosed;
    await expect(request(port, '/try/kinds?name=x', new Agent())).rejects.toThrow('ECONNREFUSED');
    agent.destroy();
  });

  it('cuts off no answer that a slow client has yet to read', async () => {
    const { app } = await startHttpApp();
    const { port } = app.getHttpServer().address() as AddressInfo;
    const socket = connect(port, '127.0.0.1').pause();
    socket.write('GET /try/large HTTP/1.1\r\nHost: x\r\n\r\n');
    await sleep(200);
    const stopped = stop(app, 0);
    await sleep(1000);
    let bytes = 0;
    socket.on('data', (chunk: Buffer) => (bytes += chunk.length)).resume();
    await once(socket, 'close');
    expect(bytes).toBeGreaterThan(LARGE_BYTES);
    await stopped;
  });

  it('answers a request that was on its way on an idle connection', async () => {
    const { app } = await startHttpApp();
    const { port } = app.getHttpServer().address() as AddressInfo;
    const agent = new Agent({ keepAlive: true });
    await request(port, '/try/kinds?name=idle', agent);
    const stopped = stop(app, 0);
    await sleep(50);
    expect((await request(port, '/try/kinds?name=late', agent)).statusCode).toBe(200);
    await stopped;
  });
});
