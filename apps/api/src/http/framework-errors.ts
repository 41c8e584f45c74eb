import { randomUUID } from 'node:crypto';
import type { Socket } from 'node:net';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import type { Exchanges } from './exchanges.js';
import { inTurns } from './in-turns.js';
import { DATA_POLICY, ProblemError, PROBLEM_TYPE, problemBody, type ProblemCode } from './problem.js';
import { sendProblem } from './problem.filter.js';

/** Requests that did not arrive in time and are answered in one turn of the event loop. */
const MOST_TIMED_OUT = 16;

/** Answers a URL that Fastify's router refuses before any hook or Nest filter runs. */
export function answerFrameworkError(
  error: FastifyError,
  request: FastifyRequest,
  reply: FastifyReply,
  exchanges: Exchanges,
): void {
  exchanges.begin(request, reply);
  exchanges.beforeSend(request, reply);
  sendProblem(new ProblemError(routerProblem(error.code), { cause: error }), request, reply);
}

function routerProblem(code: string): ProblemCode {
  if (code === 'FST_ERR_BAD_URL') return 'malformed-url';
  return code === 'FST_ERR_MAX_PARAM_LENGTH' ? 'url-too-long' : 'internal-error';
}

/**
 * What answers the errors of connections. Of the requests that did not arrive in time, a few in each turn: thousands may
 * have been begun in the same moment, and the others would wait for all of them.
 */
export function clientErrors(exchanges: () => Exchanges): (error: NodeJS.ErrnoException, socket: Socket) => void {
  const later = inTurns(MOST_TIMED_OUT);
  return (error, socket) => {
    const answer = () => answerClientError(error, socket, exchanges());
    if (error.code === 'ERR_HTTP_REQUEST_TIMEOUT') later(answer);
    else answer();
  };
}

/** Answers, on the bare socket, what Node's HTTP parser refuses or what did not arrive in time, and closes the connection. */
function answerClientError(error: NodeJS.ErrnoException, socket: Socket, exchanges: Exchanges): void {
  // A reset has nobody left to answer; within another answer's bytes a second one would only be noise.
  if (error.code === 'ECONNRESET' || !socket.writable || exchanges.connections.isBusy(socket)) {
    socket.destroy();
    return;
  }
  const problem = new ProblemError(parserProblem(error.code));
  const requestId = randomUUID();
  const body = problemBody(problem, requestId, '');
  const head = [
    `HTTP/1.1 ${problem.status} ${problem.message}`,
    `Content-Type: ${PROBLEM_TYPE}`,
    `Content-Length: ${body.length}`,
    `X-Request-Id: ${requestId}`,
    'X-Content-Type-Options: nosniff',
    `Content-Security-Policy: ${DATA_POLICY}`,
    'Connection: close',
  ];
  exchanges.refused(problem.status, error.code ?? error.message, socket);
  socket.end(Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`), body]));
}

function parserProblem(code: string | undefined): ProblemCode {
  if (code === 'HPE_HEADER_OVERFLOW') return 'headers-too-large';
  return code === 'ERR_HTTP_REQUEST_TIMEOUT' ? 'request-timeout' : 'malformed-request';
}
