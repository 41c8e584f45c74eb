import { hash } from 'node:crypto';

/** Raised when the same question gets other bytes although the dataset is the same: older entries are not found any more. */
const REPRESENTATION = 2;
/** Longer questions are replaced by their digest, so that a key stays short whatever a name is. */
const MAX_QUESTION_CHARACTERS = 200;

/**
 * The one place where keys of the shared cache are made: prefix, version of the dataset, version of the representation,
 * canonical question. Versions are part of the key, so nothing is ever invalidated.
 */
export function cacheKey(prefix: string, datasetVersion: string, canonical: string): string {
  const question = canonical.length > MAX_QUESTION_CHARACTERS ? hash('sha256', canonical, 'hex') : canonical;
  // In one piece: thousands are kept.
  return [prefix, datasetVersion.slice(0, 16), `:${REPRESENTATION}:`, question].join('');
}
