import { DatasetError } from '#libs/catalog';
import { PoolClosedError, QueryQueueFullError, QueryTimeoutError } from '#libs/duckdb';

/** Faults of the moment, which say nothing on the file. */
const PASSING = [QueryQueueFullError, QueryTimeoutError, PoolClosedError];

/**
 * What a fault of reading rows says on the file: that it is damaged or cannot be read, or undefined when the fault is one
 * of the moment. The statements and their keys are right, so nothing else is left.
 */
export function damageIn(cause: unknown, version: string): DatasetError | undefined {
  if (cause instanceof DatasetError) return cause;
  const { message } = cause as Error;
  if (PASSING.some((kind) => cause instanceof kind) || message.startsWith('Out of Memory')) return undefined;
  return new DatasetError('corrupt', `The serving file of version ${version} cannot be read: ${message}.`, { cause });
}
