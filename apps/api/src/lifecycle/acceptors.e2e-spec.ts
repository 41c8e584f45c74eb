import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { get, type Server } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { makeHttpApp } from '../http/testing/http-app.js';
import { Acceptors } from './acceptors.js';
import { Connections } from './connections.js';

const CLIENTS = 64;
/** Opens connections and keeps them, in a process of its own: ours stands still meanwhile. */
const CLIENT = `
  const { connect } = require('node:net');
  process.on('message', ({ port, count }) => {
    let left = count;
    for (let i = 0; i < count; i++) connect(port, '127.0.0.1', () => --left === 0 && process.send('connected')).on('error', () => {});
  });
`;

const folder = mkdtempSync(join(tmpdir(), 'clients-'));
afterAll(() => rmSync(folder, { recursive: true }));

async function listening(environment = {}): Promise<{ app: NestFastifyApplication; port: number }> {
  const { app } = await makeHttpApp(environment);
  const server: Server = app.getHttpServer();
  await app.get(Acceptors).listen(server, { port: 0, host: '127.0.0.1' }, (options) => app.listen(options));
  return { app, port: (server.address() as AddressInfo).port };
}

// Elsewhere the system does not share a port's connections out.
const describeOnLinux = process.platform === 'linux' ? describe : describe.skip;

describeOnLinux('a port that is listened on with several sockets', () => {
  it('takes several connections in a turn of the event loop', async () => {
    const { app, port } = await listening();
    const program = join(folder, 'client.cjs');
    writeFileSync(program, CLIENT);
    const client = fork(program);
    try {
      client.send({ port, count: CLIENTS });
      await once(client, 'message');
      const connections = app.get(Connections);
      let turns = 0;
      while (connections.open < CLIENTS) {
        turns++;
        await nextTurn();
      }
      // Some were taken while the message came; one a turn would have taken nearly as many turns as connections.
      expect(turns).toBeLessThan(CLIENTS / 2);
    } finally {
      client.kill();
      await app.close();
    }
  });

  it('is refused to a second service', async () => {
    const { app, port } = await listening();
    const second = await makeHttpApp();
    try {
      const taken = second.app
        .get(Acceptors)
        .listen(second.app.getHttpServer(), { port, host: '127.0.0.1' }, () => Promise.resolve());
      await expect(taken).rejects.toThrow('EADDRINUSE');
    } finally {
      await app.close();
      await second.app.close();
    }
  });

  it('loses no request when the service stops, whichever socket its connection came by', async () => {
    const { app, port } = await listening();
    const answers = Array.from(
      { length: CLIENTS },
      () =>
        new Promise<string>((resolve, reject) => {
          get({ host: '127.0.0.1', port, path: '/try/slow?ms=800', agent: false }, (response) => {
            response.resume().on('end', () => resolve(`${response.statusCode}`));
          }).on('error', reject);
        }),
    );
    await sleep(400);
    const closed = app.close();
    expect(new Set(await Promise.all(answers))).toEqual(new Set(['200']));
    await closed;
  });

  it('has no more connections than it may, all its sockets together', async () => {
    const { app, port } = await listening({ MAX_CONNECTIONS: '10' });
    const sockets = Array.from({ length: 40 }, () => connect(port, '127.0.0.1').on('error', () => undefined));
    await sleep(300);
    expect(app.get(Connections).open).toBe(10);
    sockets.forEach((socket) => socket.destroy());
    await app.close();
  });
});
