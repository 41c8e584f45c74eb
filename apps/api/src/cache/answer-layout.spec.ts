import { ByteRing } from '#libs/read-through';
import { answerLayout, copyOfAnswer } from './answer-layout.js';
import { STORED_TYPES, type CachedAnswer } from './cached-answer.js';

const bytes = (length: number, value: number) => Buffer.alloc(length, value);

const ANSWERS = [...STORED_TYPES].flatMap((contentType): CachedAnswer[] => [
  { contentType, body: bytes(0, 0) },
  { contentType, body: bytes(70_000, 1) },
  { contentType, body: bytes(3000, 1), gzip: bytes(700, 2) },
  { contentType, body: bytes(3000, 1), brotli: bytes(600, 3) },
  { contentType, body: bytes(3000, 1), gzip: bytes(700, 2), brotli: bytes(600, 3) },
]);

describe('an answer in memory', () => {
  it('is what was put there: its type, its body and its codings', () => {
    const ring = new ByteRing(2 ** 20, answerLayout);
    ANSWERS.forEach((answer, i) => ring.set(`${i}`, answer));
    ANSWERS.forEach((answer, i) => {
      expect(ring.get(`${i}`)).toEqual(answer);
      expect(ring.view(`${i}`)).toEqual(answer);
    });
  });

  it('takes its bytes, those of its key and fewer than 40 besides', () => {
    const ring = new ByteRing(2 ** 20, answerLayout);
    ring.set('a key', ANSWERS[4]!);
    expect(ring.bytes).toBeGreaterThanOrEqual(4300 + 'a key'.length);
    expect(ring.bytes).toBeLessThan(4300 + 'a key'.length + 40);
  });

  it('has one of the types in which lists are sent, and no other', () => {
    const ring = new ByteRing(2 ** 20, answerLayout);
    const page = { contentType: 'text/html; charset=utf-8', body: bytes(10, 1) };
    expect(() => ring.set('a', page)).toThrow('no type of an answer in memory: text/html');
    expect([ring.has('a'), ring.entries, ring.bytes]).toEqual([false, 0, 0]);
  });

  it('shares no byte with a copy of it', () => {
    for (const answer of ANSWERS) {
      const own = copyOfAnswer(answer);
      const copy = copyOfAnswer(own);
      for (const part of [own.body, own.gzip, own.brotli]) part?.fill(9);
      expect(copy).toEqual(answer);
    }
  });
});
