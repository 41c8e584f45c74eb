import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

/** A request that arrived. */
export interface Arrived {
  readonly path: string;
  readonly range: string | undefined;
  readonly ifRange: string | undefined;
  readonly authorization: string | undefined;
}

/** What the server does with a request for a file with this content. */
export type Behaviour = (request: IncomingMessage, response: ServerResponse, content: Buffer) => void;

/** A web server on this host that has files, ranges and ETags, and misbehaves as it is told. */
export class FileServer {
  readonly requests: Arrived[] = [];
  private readonly files = new Map<string, Buffer>();
  private readonly plans = new Map<string, Behaviour[]>();

  private constructor(private readonly server: Server) {}

  static async start(): Promise<FileServer> {
    const server = createServer();
    const files = new FileServer(server);
    server.on('request', (request, response) => files.answer(request, response));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return files;
  }

  /** Address of a path on the server. */
  url(path: string): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}${path}`;
  }

  /** Puts a file on the server, or another one in its place. */
  put(path: string, content: string | Buffer): void {
    this.files.set(path, Buffer.from(content));
  }

  /** Puts all files of a folder on the server. */
  async putFolder(path: string, folder: string): Promise<void> {
    for (const name of await readdir(folder)) this.put(`${path}/${name}`, await readFile(join(folder, name)));
  }

  /** Lets the next requests for a path be answered so, one after the other; then the file is served again. */
  plan(path: string, ...behaviours: readonly Behaviour[]): void {
    this.plans.set(path, [...behaviours]);
  }

  /** Requests for a path. */
  of(path: string): readonly Arrived[] {
    return this.requests.filter((request) => request.path === path);
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }

  private answer(request: IncomingMessage, response: ServerResponse): void {
    const { range, 'if-range': ifRange, authorization } = request.headers;
    const path = new URL(request.url ?? '', this.url('/')).pathname;
    this.requests.push({ path, range, ifRange: ifRange as string | undefined, authorization });
    const behaviour = this.plans.get(path)?.shift() ?? serve;
    const content = this.files.get(path);
    if (content === undefined && behaviour === serve) status(404)(request, response, Buffer.alloc(0));
    else behaviour(request, response, content ?? Buffer.alloc(0));
  }
}

/** ETag of a content on the server. */
export function etagOf(content: Buffer): string {
  return `"${createHash('sha256').update(content).digest('hex').slice(0, 12)}"`;
}

/** Serves the file as it should. */
export const serve: Behaviour = (request, response, content) => void response.end(begin(request, response, content));

/** Serves the file's first bytes (or those of the range that is asked for) and breaks the connection. */
export function breakAfter(bytes: number): Behaviour {
  return (request, response, content) => {
    response.write(begin(request, response, content).subarray(0, bytes), () => response.destroy());
  };
}

/** Serves the file's first bytes and then nothing. */
export function hangAfter(bytes: number): Behaviour {
  return (request, response, content) => {
    if (bytes > 0) response.write(begin(request, response, content).subarray(0, bytes));
  };
}

/** Answers with a status. */
export function status(code: number, headers: Readonly<Record<string, string>> = {}): Behaviour {
  return (_request, response) => void response.writeHead(code, headers).end('no');
}

/** Answers with another content, in pieces of unknown number. */
export function chunked(content: Buffer): Behaviour {
  return (_request, response) => {
    response.writeHead(200);
    response.write(content);
    response.end();
  };
}

/** Answers with content that ends when the connection does, as servers of HTTP 1.0 do. */
export function untilClose(content: Buffer): Behaviour {
  return (_request, response) => {
    response.useChunkedEncodingByDefault = false;
    response.writeHead(200, { connection: 'close' });
    response.end(content);
  };
}

/** Writes the head of an answer; returns the bytes that its body has. */
function begin({ headers }: IncomingMessage, response: ServerResponse, content: Buffer): Buffer {
  const [, from] = /^bytes=(\d+)-$/.exec(headers.range ?? '') ?? [];
  const etag = etagOf(content);
  const inRange = from !== undefined && (headers['if-range'] === undefined || headers['if-range'] === etag);
  const start = inRange ? Number(from) : 0;
  const size = content.length;
  if (inRange && start >= size) {
    response.writeHead(416, { 'content-range': `bytes */${size}` });
    return Buffer.alloc(0);
  }
  response.writeHead(inRange ? 206 : 200, {
    etag,
    'content-length': String(size - start),
    ...(inRange ? { 'content-range': `bytes ${start}-${size - 1}/${size}` } : {}),
  });
  return content.subarray(start);
}
