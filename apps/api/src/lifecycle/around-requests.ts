import type { IncomingMessage, Server, ServerResponse } from 'node:http';

/** Takes a request. */
export type TakeRequest = (request: IncomingMessage, response: ServerResponse) => void;

/**
 * Puts something before all that listens for a server's requests by now; `next` gives a request to them. They are taken in
 * and not joined, as an event of one listener costs less.
 */
export function aroundRequests(
  server: Server,
  take: (request: IncomingMessage, response: ServerResponse, next: TakeRequest) => void,
): void {
  const listeners = server.listeners('request') as TakeRequest[];
  server.removeAllListeners('request');
  const next: TakeRequest = (request, response) => {
    for (const listener of listeners) listener.call(server, request, response);
  };
  server.on('request', (request, response) => take(request, response, next));
}
