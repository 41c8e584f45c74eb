import { Catch, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { asProblem } from './as-problem.js';
import { PROBLEM_TYPE, problemBody, type ProblemError } from './problem.js';

/** Answers everything that is thrown in a handler, and unknown paths, as problem details. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    sendProblem(asProblem(error), http.getRequest<FastifyRequest>(), http.getResponse<FastifyReply>());
  }
}

/** Sends a problem; when it is a fault of the service, its cause is kept for the request's log line. */
export function sendProblem(problem: ProblemError, request: FastifyRequest, reply: FastifyReply): void {
  if (problem.status >= 500) request.failure = problem.cause ?? problem;
  if (reply.sent) return;
  void reply
    .code(problem.status)
    .headers({ ...problem.details.headers })
    .header('Content-Type', PROBLEM_TYPE)
    .send(problemBody(problem, request.id, request.url));
}
