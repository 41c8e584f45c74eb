import { get } from 'node:http';

/** Lists that tell the two versions of a swapped dataset apart, each a question. */
export const QUESTIONS: readonly string[] = [
  ...['/filters', '/tracks', '/tracks?region=Global', '/tracks?date=latest', '/artist?artist=Ona%20Bel'],
  ...Array.from({ length: 30 }, (_, index) => index + 1).flatMap((limit) =>
    ['top200', 'viral50'].map((chart) => `/rankings?region=Global&date=latest&chart=${chart}&limit=${limit}`),
  ),
];

/** What came for a question. */
export interface SwapAnswer {
  readonly status: number;
  readonly etag: string;
  readonly body: string;
}

/** Asks a service on this machine over a connection of its own. Rejects when that breaks. */
export function ask(port: number, path: string): Promise<SwapAnswer> {
  return new Promise((resolve, reject) => {
    get({ host: '127.0.0.1', port, path, headers: { 'accept-encoding': 'identity' } }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (text: string) => (body += text));
      response.on('end', () => resolve({ status: response.statusCode!, etag: response.headers.etag ?? '', body }));
    }).on('error', reject);
  });
}

/** Every answer of both versions by question and ETag; `swap` makes the other version the one that is served. */
export async function answersOfBoth(port: number, swap: () => Promise<void>): Promise<ReadonlyMap<string, string>> {
  const right = new Map<string, string>();
  for (let version = 0; version < 2; version++) {
    await swap();
    for (const question of QUESTIONS) {
      const { status, etag, body } = await ask(port, question);
      expect([question, status]).toEqual([question, 200]);
      right.set(`${question} ${etag}`, body);
    }
  }
  // Of each question two answers, told apart by their ETags.
  expect(right.size).toBe(2 * QUESTIONS.length);
  expect(new Set(right.values()).size).toBeGreaterThan(QUESTIONS.length);
  return right;
}
