import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** A connection to the service and what became of it. */
export interface Client {
  readonly socket: Socket;
  /** When it was opened and when the service had closed it, in terms of `performance.now()`. */
  readonly openedAt: number;
  closedAt: number | undefined;
  /** Bytes that arrived, and the first of them as text. */
  bytes: number;
  begin: string;
}

const AT_A_TIME = 20;
/** Milliseconds from some of them to the next that are written to. */
const WRITE_EVERY_MS = 10;
/** Parts in which clients are written to. */
const PARTS = 10;

/** Opens connections to a port of this machine, from several of its addresses, as one has not enough ports for many. */
export function openClients(port: number, count: number, reads = true): readonly Client[] {
  return Array.from({ length: count }, (_, i) => {
    const socket = connect({ host: '127.0.0.1', port, localAddress: `127.0.0.${2 + (i % 50)}` });
    const client: Client = { socket, openedAt: performance.now(), closedAt: undefined, bytes: 0, begin: '' };
    socket.on('error', () => undefined);
    socket.on('close', () => (client.closedAt = performance.now()));
    if (!reads) return client;
    socket.on('data', (chunk: Buffer) => {
      client.bytes += chunk.length;
      if (client.begin.length < 100) client.begin += chunk.toString('latin1', 0, 100);
    });
    return client;
  });
}

/**
 * The same a few at a time: to open thousands at once would keep this process busy, and the requests whose time it takes
 * beside that would wait for it and not for the service.
 */
export async function openMany(port: number, count: number): Promise<readonly Client[]> {
  const clients: Client[] = [];
  while (clients.length < count) {
    clients.push(...openClients(port, Math.min(AT_A_TIME, count - clients.length)));
    await sleep(2);
  }
  return clients;
}

/** Writes a text to each client, a few at a time: a thousand whole heads in one moment would be a burst and nothing slow. */
export async function writeToEach(clients: readonly Client[], text: string): Promise<void> {
  for (let i = 0; i < clients.length; i += AT_A_TIME) {
    for (const { socket } of clients.slice(i, i + AT_A_TIME)) socket.write(text);
    await sleep(WRITE_EVERY_MS);
  }
}

/** Writes a text byte by byte to each client, from the start again when it ends, until the function that is returned is called. */
export function trickle(clients: readonly Client[], text: string, everyMs: number): () => void {
  let at = 0;
  // A tenth of them at a time, for the same reason.
  const timer = setInterval(() => {
    const byte = text[Math.floor(at / PARTS) % text.length]!;
    for (let i = at++ % PARTS; i < clients.length; i += PARTS) {
      const { socket } = clients[i]!;
      if (socket.writable) socket.write(byte);
    }
  }, everyMs / PARTS);
  return () => clearInterval(timer);
}

/** Waits until all clients are closed or the time is over; milliseconds from when each was opened to when it was closed. */
export async function closedAfterMs(clients: readonly Client[], atMostMs: number): Promise<readonly number[]> {
  const end = performance.now() + atMostMs;
  while (clients.some(({ closedAt }) => closedAt === undefined) && performance.now() < end) await sleep(20);
  return clients.map(({ openedAt, closedAt = Infinity }) => closedAt - openedAt);
}

/** Closes what is still open. */
export function closeClients(clients: readonly Client[]): void {
  for (const { socket } of clients) socket.destroy();
}
