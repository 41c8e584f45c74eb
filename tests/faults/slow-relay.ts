import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** Passes bytes on between clients and a server on 127.0.0.1, as they are but later. */
export class SlowRelay {
  /** Milliseconds by which each way is delayed. */
  delayMs = 0;
  private readonly sockets = new Set<Socket>();

  private constructor(
    private readonly server: Server,
    private readonly toPort: number,
  ) {}

  /** A relay to a port, which is connected to for each client anew; delays nothing yet. */
  static async start(toPort: number): Promise<SlowRelay> {
    const server = createServer();
    const relay = new SlowRelay(server, toPort);
    server.on('connection', (client) => relay.join(client));
    await once(server.listen(0, '127.0.0.1'), 'listening');
    return relay;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  async stop(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private join(client: Socket): void {
    const server = connect(this.toPort, '127.0.0.1');
    for (const [from, to] of [
      [client, server],
      [server, client],
    ] as const) {
      from.setNoDelay(true);
      this.sockets.add(from);
      this.pass(from, to);
      from.on('error', () => to.destroy());
      from.on('close', () => {
        to.destroy();
        this.sockets.delete(from);
      });
    }
  }

  private pass(from: Socket, to: Socket): void {
    let lastDueAt = 0;
    from.on('data', (chunk: Buffer) => {
      // Never before what came earlier, even when the delay was shortened meanwhile.
      lastDueAt = Math.max(lastDueAt, performance.now() + this.delayMs);
      if (lastDueAt <= performance.now()) to.write(chunk);
      else setTimeout(() => to.write(chunk), lastDueAt - performance.now());
    });
  }
}
