import { once } from 'node:events';
import type { Server as HttpServer } from 'node:http';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { Injectable, type BeforeApplicationShutdown } from '@nestjs/common';
import { Connections } from './connections.js';

/** Sockets that listen beside the server's own. */
const ACCEPTORS = 15;
/**
 * Connections that may wait to be accepted, as far as the system allows (net.core.somaxconn). Node's 511 are fewer than a
 * proxy opens at once after a stall, and whoever finds no place tries again after a whole second.
 */
const BACKLOG = 4096;
/** Whether the system shares the connections of a port out among the sockets that listen on it. */
const SHARES = process.platform === 'linux';

/** Where a server listens. */
export interface Place {
  /** 0 takes any free one. */
  readonly port: number;
  readonly host: string;
}

/** What `listen` of a server is called with. */
export interface ListenOptions extends Place {
  readonly backlog: number;
  readonly reusePort?: boolean;
}

/**
 * Accepts connections for a server on several sockets of one port. libuv accepts one connection a socket in a turn of the
 * event loop, and under load a turn takes tens of milliseconds: new clients would wait for seconds while old ones are
 * served.
 */
@Injectable()
export class Acceptors implements BeforeApplicationShutdown {
  private readonly servers: Server[] = [];
  private readonly accepted = new Set<Socket>();

  constructor(private readonly connections: Connections) {}

  /**
   * Has a server listen, by its own `listen`, and beside it. Rejects when the port is taken, by another process of this
   * service as well, which would otherwise get a share of the connections.
   */
  async listen(server: HttpServer, place: Place, listen: (options: ListenOptions) => Promise<unknown>): Promise<void> {
    if (!SHARES) {
      await listen({ ...place, backlog: BACKLOG });
      return;
    }
    const options = { ...place, port: await freePort(place), backlog: BACKLOG, reusePort: true };
    await listen(options);
    for (let i = 0; i < ACCEPTORS; i++) this.servers.push(await this.beside(server, options));
  }

  /** Accepts no more; resolves when the requests on what was accepted are answered. */
  async beforeApplicationShutdown(): Promise<void> {
    const closed = this.servers.splice(0).map((server) => once(server.close(), 'close'));
    const done = this.connections.closeUnused(this.accepted);
    await Promise.all(closed);
    done();
  }

  private async beside(server: HttpServer, options: ListenOptions): Promise<Server> {
    // As Node's HTTP server makes its own connections.
    const acceptor = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
      if (this.connections.open >= server.maxConnections) {
        socket.destroy();
        server.emit('drop');
        return;
      }
      this.accepted.add(socket);
      socket.once('close', () => this.accepted.delete(socket));
      server.emit('connection', socket);
    });
    acceptor.listen(options);
    await once(acceptor, 'listening');
    return acceptor;
  }
}

/** The port, or a free one for 0, if nobody listens on it. */
async function freePort(place: Place): Promise<number> {
  const server = createServer().listen(place);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await once(server.close(), 'close');
  return port;
}
