import { METHODS } from 'node:http';
import type { FastifyInstance } from 'fastify';
import { ProblemError } from './problem.js';

const ALLOW = 'GET, HEAD, OPTIONS';
const ANSWERED = ['GET', 'HEAD', 'OPTIONS'];
/** Node hands a CONNECT to a listener of its own, so no route ever sees one. */
const REFUSED = METHODS.filter((method) => !ANSWERED.includes(method) && method !== 'CONNECT');

/** Answers 405 with Allow to every other method on each path that has a GET route, before a body is read. */
export function refuseOtherMethods(instance: FastifyInstance): void {
  for (const method of REFUSED) if (!instance.supportedMethods.includes(method)) instance.addHttpMethod(method);
  instance.addHook('onRoute', ({ method, url }) => {
    if (method !== 'GET') return;
    instance.route({
      method: REFUSED,
      url,
      onRequest: (request, _reply, done) => {
        const detail = `${request.method} is not allowed here, only ${ALLOW}.`;
        done(new ProblemError('method-not-allowed', { detail, headers: { Allow: ALLOW } }));
      },
      handler: () => undefined,
    });
  });
}
