import { HttpException } from '@nestjs/common';
import { DatasetError } from '#libs/catalog';
import { PoolClosedError, QueryQueueFullError, QueryTimeoutError } from '#libs/duckdb';
import { ProblemError } from './problem.js';

const RETRY_AFTER_SECONDS = '1';

/**
 * The problem to answer with for anything that was thrown. What is not known is a fault of the service: its text stays in
 * the log (as the cause), the client gets a fixed one.
 */
export function asProblem(error: unknown): ProblemError {
  if (error instanceof ProblemError) return error;
  const headers = { 'Retry-After': RETRY_AFTER_SECONDS };
  if (error instanceof QueryTimeoutError) return new ProblemError('query-timeout', { headers, cause: error });
  if (error instanceof QueryQueueFullError) return new ProblemError('overloaded', { headers, cause: error });
  if (error instanceof DatasetError) return new ProblemError('dataset-damaged', { headers, cause: error });
  if (error instanceof PoolClosedError) return new ProblemError('stopping', { headers, cause: error });
  const status = statusOf(error);
  if (status === 404) return new ProblemError('not-found');
  if (status >= 400 && status < 500) return new ProblemError('bad-request', { detail: (error as Error).message });
  return new ProblemError('internal-error', { cause: error });
}

/** Nest's exceptions and Fastify's errors carry a status; 500 for everything else. */
function statusOf(error: unknown): number {
  if (error instanceof HttpException) return error.getStatus();
  if (error instanceof Error && 'statusCode' in error && typeof error.statusCode === 'number') return error.statusCode;
  return 500;
}
