import { createHash } from 'node:crypto';

/** SHA-256 of a text. */
export function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** SHA-256 of what an answer says, whatever the order of its members; of a problem only its member `error`. */
export function contentDigest(content: unknown): string {
  return digestOf(JSON.stringify(ordered(errorOf(content) ?? content)));
}

function errorOf(content: unknown): unknown {
  return typeof content === 'object' && content !== null && 'error' in content ? content.error : undefined;
}

function ordered(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(ordered);
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return members.map(([name, member]) => [name, ordered(member)]);
}
