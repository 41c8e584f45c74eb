import type { Layout } from '#libs/read-through';
import { STORED_TYPES, type CachedAnswer } from './cached-answer.js';

/** Types by the number under which an answer in memory has them. */
const TYPES = [...STORED_TYPES];
/** Before the bytes: the lengths of the body, of its gzip and of its brotli form (32 bits each, 0 for none), and the type. */
const HEAD_BYTES = 13;

/** An answer in memory: its bytes one after the other, as they are sent. */
export const answerLayout: Layout<CachedAnswer> = {
  sizeOf: ({ body, gzip, brotli }) => HEAD_BYTES + body.length + (gzip?.length ?? 0) + (brotli?.length ?? 0),

  write({ body, gzip, brotli, contentType }, into, at) {
    const type = TYPES.indexOf(contentType);
    if (type < 0) throw new Error(`no type of an answer in memory: ${contentType}`);
    into.writeUInt32LE(body.length, at);
    into.writeUInt32LE(gzip?.length ?? 0, at + 4);
    into.writeUInt32LE(brotli?.length ?? 0, at + 8);
    into[at + 12] = type;
    let end = at + HEAD_BYTES;
    into.set(body, end);
    end += body.length;
    if (gzip) into.set(gzip, end);
    end += gzip?.length ?? 0;
    if (brotli) into.set(brotli, end);
  },

  // For each answer from memory: as few objects as can be.
  view(bytes, start) {
    const from = start + HEAD_BYTES;
    const bodyEnd = from + bytes.readUInt32LE(start);
    const gzip = bytes.readUInt32LE(start + 4);
    const brotli = bytes.readUInt32LE(start + 8);
    const answer: CachedAnswer = { contentType: TYPES[bytes[start + 12]!]!, body: bytes.subarray(from, bodyEnd) };
    if (gzip > 0) answer.gzip = bytes.subarray(bodyEnd, bodyEnd + gzip);
    if (brotli > 0) answer.brotli = bytes.subarray(bodyEnd + gzip, bodyEnd + gzip + brotli);
    return answer;
  },

  copy: copyOfAnswer,
};

/** An answer with bytes of its own. */
export function copyOfAnswer({ body, contentType, gzip, brotli }: CachedAnswer): CachedAnswer {
  const copy: CachedAnswer = { contentType, body: Buffer.from(body) };
  if (gzip) copy.gzip = Buffer.from(gzip);
  if (brotli) copy.brotli = Buffer.from(brotli);
  return copy;
}
