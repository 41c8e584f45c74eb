import { connect, createServer, type AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { ChildProcess } from 'node:child_process';

const WAIT_MS = 60_000;

/** A port of 127.0.0.1 that nothing listens on. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Asks again and again until the answer is true. Throws when the program has ended or a minute has gone by. */
export async function until(child: ChildProcess, name: string, isTrue: () => Promise<boolean>): Promise<void> {
  const start = performance.now();
  while (!(await isTrue())) {
    if (child.exitCode !== null || child.signalCode !== null)
      throw new Error(`${name} ended with ${String(child.exitCode ?? child.signalCode)} before it answered`);
    if (performance.now() - start > WAIT_MS) throw new Error(`${name} did not answer within ${WAIT_MS / 1000} s`);
    await delay(5);
  }
}

/**
 * Whether something listens on a port of 127.0.0.1. A connection from that very port is one to itself, which the system
 * allows where nobody listens, and proves nothing.
 */
export function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      const isItself = socket.localPort === port;
      socket.destroy();
      resolve(!isItself);
    });
    socket.on('error', () => resolve(false));
  });
}
