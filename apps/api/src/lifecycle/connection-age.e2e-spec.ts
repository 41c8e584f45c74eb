import { Agent, get, type IncomingMessage } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { ListApp } from '../http/testing/list-app.js';

const MAX_AGE_MS = 400;
/** By the hot path at first and from memory, by the framework, and as a fault. */
const PATHS = ['/filters', '/filters', '/health', '/nothing'];

let service: ListApp;
const agent = new Agent({ keepAlive: true, maxSockets: 1 });
beforeAll(async () => {
  service = await ListApp.started({ CONNECTION_MAX_AGE_MS: String(MAX_AGE_MS) });
}, 60_000);
afterAll(async () => {
  agent.destroy();
  await service.stop();
});

function ask(path: string): Promise<IncomingMessage & { readonly reused: boolean }> {
  return new Promise((resolve, reject) => {
    const request = get({ host: '127.0.0.1', port: service.port, path, agent }, (response) => {
      response.resume().on('end', () => resolve(Object.assign(response, { reused: request.reusedSocket })));
    }).on('error', reject);
  });
}

describe('a connection', () => {
  it.each(PATHS)('that is old enough is closed with its next answer, to %s, and no younger one is', async (path) => {
    const first = await ask('/health');
    expect([first.headers.connection, first.reused]).toEqual(['keep-alive', false]);
    const second = await ask(path);
    expect([second.headers.connection, second.reused]).toEqual(['keep-alive', true]);
    await sleep(MAX_AGE_MS * 1.15);
    const last = await ask(path);
    expect([last.headers.connection, last.reused]).toEqual(['close', true]);
    const next = await ask(path);
    expect([next.headers.connection, next.reused]).toEqual(['keep-alive', false]);
    await sleep(MAX_AGE_MS * 1.15);
    expect((await ask('/health')).headers.connection).toBe('close');
  });
});
