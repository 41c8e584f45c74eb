import { fastify, type FastifyInstance } from 'fastify';
import type { Config } from '../config.js';
import { aroundRequests } from '../lifecycle/around-requests.js';
import { askForKeys, type AccessGate, type TakeFirst } from './access-gate.js';
import type { Exchanges } from './exchanges.js';
import type { HotPath } from './hot-path.js';
import { FrameworkTurns } from './framework-turns.js';
import { answerFrameworkError, clientErrors } from './framework-errors.js';
import { refuseOtherMethods } from './methods.js';
import { readQuery } from './params.js';
import { requestFault } from './request-faults.js';
import { requestId } from './request-id.js';

/** No route takes a body; this bounds what a stray one can occupy. */
const MAX_BODY_BYTES = 1024;

/**
 * The Fastify instance below Nest. Made here and not by Nest's adapter so that its hooks come before the adapter's own,
 * of which the one for CORS ends a preflight: every exchange is counted and logged. `exchanges` is asked for when the
 * first request arrives, for it is made by Nest's container, which needs the instance first.
 */
export function createServer(
  { server }: Config,
  exchanges: () => Exchanges,
  hotPath?: () => HotPath,
  gate?: () => AccessGate,
): FastifyInstance {
  const instance = fastify({
    genReqId: requestId,
    trustProxy: server.trustProxy,
    keepAliveTimeout: server.keepAliveTimeoutMs,
    requestTimeout: server.requestTimeoutMs,
    bodyLimit: MAX_BODY_BYTES,
    // A request without Host is answered as every other fault is. What arrives too slowly is looked for as often as its
    // limits want it: by default Node looks every 30 s.
    http: { requireHostHeader: false, connectionsCheckingInterval: checkingIntervalMs(server.headersTimeoutMs) },
    // While the server closes, requests on open connections are still answered: none is lost.
    return503OnClosing: false,
    schemaController: { compilersFactory: { buildValidator: noSchemas, buildSerializer: noSchemas } },
    routerOptions: { querystringParser: (query) => ({ ...readQuery(query) }) },
    frameworkErrors: (error, request, reply) => answerFrameworkError(error, request, reply, exchanges()),
    clientErrorHandler: clientErrors(exchanges),
  });
  instance.server.headersTimeout = server.headersTimeoutMs;
  // Otherwise Node refuses it by itself, without a problem, a line or a count.
  instance.server.on('checkExpectation', (request, response) => instance.server.emit('request', request, response));
  instance.decorateRequest('startedAt');
  instance.decorateRequest('failure');
  instance.decorateRequest('cacheOutcome');
  instance.decorateRequest('answerBytes');
  instance.addHook('onRequest', (request, reply, done) => {
    exchanges().begin(request, reply);
    done();
  });
  // After all that belongs to onRequest, so that an answer has the headers that are set there.
  instance.addHook('preValidation', (request, _reply, done) => {
    done((exchanges().faultOf(request.raw)?.error as Error | undefined) ?? requestFault(request.raw));
  });
  instance.addHook('onSend', (request, reply, _payload, done) => {
    exchanges().beforeSend(request, reply);
    done();
  });
  refuseOtherMethods(instance);
  if (hotPath) answerListsFirst(instance, exchanges, hotPath, gate);
  return instance;
}

/**
 * Takes the place of what Fastify makes of JSON schemas, in a hundred modules that it would load in each start: queries are
 * checked by zod, and answers are bytes already.
 */
function noSchemas(): never {
  throw new Error('routes have zod schemas here, none for Fastify to compile');
}

/** Milliseconds between looks for requests that arrive too slowly: a limit is kept to a twentieth, or a second. */
function checkingIntervalMs(headersTimeoutMs: number): number {
  return Math.max(50, Math.min(1000, Math.floor(headersTimeoutMs / 20)));
}

/** Puts the hot path before the framework: what it does not answer goes on to where it went before, a few at a time. Where
 * keys are asked for, that is done before either. */
function answerListsFirst(
  { server }: FastifyInstance,
  exchanges: () => Exchanges,
  hotPath: () => HotPath,
  gate?: () => AccessGate,
): void {
  let hot: HotPath | undefined;
  let turns: FrameworkTurns | undefined;
  const take: TakeFirst = (request, response, framework) => {
    hot ??= hotPath();
    turns ??= new FrameworkTurns(exchanges());
    if (!hot.answer(request, response, framework)) turns.take(request, response, framework);
  };
  aroundRequests(server, gate ? askForKeys(gate, take) : take);
}
