import fc from 'fast-check';
import { ResponseReader } from './response-reader.js';

const HEAD = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n';

function sizesOf(text: string, packetBytes: number): readonly number[] {
  const seen: number[] = [];
  const reader = new ResponseReader((_status, _head, bodyBytes) => seen.push(bodyBytes));
  const bytes = Buffer.from(text, 'latin1');
  for (let at = 0; at < bytes.length; at += packetBytes) reader.read(bytes.subarray(at, at + packetBytes));
  return seen;
}

describe('a chunked answer', () => {
  it('is counted without its framing, however it is split, and the next one is found', () => {
    const chunks = fc.array(fc.string({ minLength: 1, maxLength: 40, unit: 'binary-ascii' }), { maxLength: 5 });
    fc.assert(
      fc.property(fc.array(chunks, { minLength: 1, maxLength: 4 }), fc.integer({ min: 1, max: 50 }), (all, packet) => {
        const wire = all.map(
          (one) => `${HEAD}${one.map((text) => `${text.length.toString(16)};x=y\r\n${text}\r\n`).join('')}0\r\n\r\n`,
        );
        expect(sizesOf(wire.join(''), packet)).toEqual(all.map((one) => one.join('').length));
      }),
    );
  });

  it('may end with trailers', () => {
    expect(sizesOf(`${HEAD}2\r\nok\r\n0\r\nDigest: x\r\nOther: y\r\n\r\n${HEAD}0\r\n\r\n`, 7)).toEqual([2, 0]);
  });

  it.each([['zz\r\n'], ['\r\n'], ['-1\r\n'], ['123456789\r\n'], ['a'.repeat(9000)]])(
    'is refused when a chunk begins with %j',
    (text) => {
      expect(() => sizesOf(HEAD + text, 10_000)).toThrow('chunk');
    },
  );
});
