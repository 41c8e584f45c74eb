import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { HttpException, Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type { Logger } from 'pino';
import { CONFIG, type Config } from '../config.js';
import { LOG } from '../logging.js';
import { Metrics } from '../metrics/metrics.js';
import { Probes } from './probes.js';

interface Reply {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
}

/** Of every answer: it holds for now only, and is no page, whatever is in it. */
const FIXED_HEADERS = {
  'Cache-Control': 'no-store',
  'X-Content-Type-Options': 'nosniff',
  'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'",
} as const;

/**
 * The management port: probes and metrics, apart from the API so that neither can be reached from outside by accident.
 * A bare node:http server within the same Nest container, because four fixed paths need no second application, which
 * could not share the dataset and the registry. It outlives the public port: it closes with Nest's last shutdown hook.
 */
@Injectable()
export class ManagementServer implements OnApplicationShutdown {
  private readonly routes: Readonly<Record<string, () => Promise<Reply>>>;
  private readonly server: Server;

  constructor(
    probes: Probes,
    private readonly metrics: Metrics,
    @Inject(CONFIG) private readonly config: Config,
    @Inject(LOG) private readonly log: Logger,
  ) {
    this.routes = {
      '/livez': () => probed(probes.live()),
      '/readyz': () => probed(probes.ready()),
      '/startupz': () => probed(probes.started()),
      '/metrics': () => this.scrape(),
    };
    this.server = createServer((request, response) => void this.answer(request, response));
  }

  /** Opens the port and resolves with its number. Rejects when the port is taken. */
  async listen(): Promise<number> {
    const { port, host } = this.config.management;
    await new Promise<void>((resolve, reject) => {
      this.server.once('error', reject).listen(port, host, () => resolve());
    });
    return (this.server.address() as AddressInfo).port;
  }

  async onApplicationShutdown(): Promise<void> {
    if (!this.server.listening) return;
    await new Promise((resolve) => {
      this.server.close(resolve);
      this.server.closeAllConnections();
    });
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const { status, contentType, body } = await this.find(request);
      response.writeHead(status, {
        'Content-Type': contentType,
        'Content-Length': Buffer.byteLength(body),
        ...FIXED_HEADERS,
        ...(status === 405 && { Allow: 'GET, HEAD' }),
      });
      response.end(request.method === 'HEAD' ? undefined : body);
    } catch (error) {
      this.log.error({ err: error }, 'management request failed');
      response.writeHead(500, { 'Content-Length': 0, ...FIXED_HEADERS }).end();
    }
  }

  private async find({ method, url = '/' }: IncomingMessage): Promise<Reply> {
    const path = url.split('?', 1)[0] ?? '';
    if (!Object.hasOwn(this.routes, path))
      return text(404, `Not found; there is ${Object.keys(this.routes).join(', ')}`);
    if (method !== 'GET' && method !== 'HEAD') return text(405, 'Method not allowed');
    return (await this.routes[path]?.()) ?? text(404, 'Not found');
  }

  private async scrape(): Promise<Reply> {
    return { status: 200, contentType: this.metrics.contentType, body: await this.metrics.text() };
  }
}

function text(status: number, body: string): Reply {
  return { status, contentType: 'text/plain; charset=utf-8', body: `${body}\n` };
}

/** Terminus throws what it found when something is down. */
async function probed(result: Promise<unknown>): Promise<Reply> {
  try {
    return json(200, await result);
  } catch (error) {
    if (error instanceof HttpException) return json(error.getStatus(), error.getResponse());
    throw error;
  }
}

function json(status: number, value: unknown): Reply {
  return { status, contentType: 'application/json; charset=utf-8', body: JSON.stringify(value) };
}
