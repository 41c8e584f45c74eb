import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { FORMATS } from '../http/formats/formats.js';
import { answerCodec, STORED_TYPES, type CachedAnswer } from './cached-answer.js';

const JSON_TYPE = 'application/json; charset=utf-8';
const KEY = 'charts:0123456789abcdef:2:regions';

/** Texts of as many bytes, in rows like those of an answer, so that they pack well. */
function rows(bytes: number): Buffer {
  const row = '{"rank":1,"title":"La la","artist":"Nobody"},';
  return Buffer.from(row.repeat(Math.ceil(bytes / row.length)).slice(0, bytes));
}

async function encode(body: Buffer, contentType = JSON_TYPE, key = KEY): Promise<Buffer> {
  return Buffer.from(await answerCodec.encode({ body, contentType }, key));
}

async function refused(bytes: Uint8Array, key = KEY): Promise<boolean> {
  try {
    await answerCodec.decode(bytes, key);
    return false;
  } catch {
    return true;
  }
}

/** The same with one byte changed, as if whoever wrote it had meant that. */
function resealed(bytes: Buffer, at: number, value: number): Buffer {
  const changed = Buffer.from(bytes);
  changed[at] = value;
  return sealed(changed);
}

/** With the checksum that belongs to what is there now. */
function sealed(bytes: Buffer): Buffer {
  bytes.writeUInt32LE(crc32(bytes.subarray(8), crc32(bytes.subarray(0, 4), crc32(KEY))), 4);
  return bytes;
}

describe('an answer in a store', () => {
  it('is the same after it was written and read, whatever its bytes, its type and its key', async () => {
    const anyBody = fc.uint8Array({ maxLength: 3000, size: 'max' }).map((bytes) => Buffer.from(bytes));
    const anyType = fc.constantFrom(...STORED_TYPES);
    const anyKey = fc.string({ unit: 'binary' });
    await fc.assert(
      fc.asyncProperty(anyBody, anyType, anyKey, async (body, contentType, key) => {
        const read = await answerCodec.decode(await encode(body, contentType, key), key);
        expect(read.contentType).toBe(contentType);
        expect(Buffer.compare(read.body, body)).toBe(0);
      }),
    );
  });

  it.each([0, 1, 16_383, 16_384, 16_385, 65_535, 65_536, 65_537, 3_000_000])(
    'is the same with %d bytes',
    async (bytes) => {
      const body = rows(bytes);
      const read = await answerCodec.decode(await encode(body), KEY);
      expect(read).toEqual({ contentType: JSON_TYPE, body: expect.any(Buffer) });
      expect(Buffer.compare(read.body, body)).toBe(0);
    },
  );

  it('has one of the types in which lists are sent, and no other', async () => {
    expect([...STORED_TYPES].toSorted()).toEqual(
      Object.values(FORMATS)
        .map(({ contentType }) => contentType)
        .toSorted(),
    );
    await expect(encode(rows(60), 'text/html; charset=utf-8')).rejects.toThrow('no type of a stored answer: text/html');
  });

  it('takes less room than its body when that is worth the while', async () => {
    expect((await encode(rows(20_000))).length).toBeLessThan(2000);
    expect((await encode(rows(300))).length).toBeLessThan(300 + JSON_TYPE.length + 16);
  });

  it('leaves out its other codings, which are made where somebody asks for them', async () => {
    const answer: CachedAnswer = { body: rows(10), contentType: JSON_TYPE, gzip: rows(20), brotli: rows(30) };
    expect(await answerCodec.decode(await answerCodec.encode(answer, KEY), KEY)).toEqual({
      body: rows(10),
      contentType: JSON_TYPE,
    });
  });
});

describe.each([
  ['no body', 0],
  ['a body as it is', 60],
  ['a packed body', 16_384],
])('an answer with %s', (_, bytes) => {
  it('is refused when any bit of it is another', async () => {
    const encoded = await encode(rows(bytes));
    const accepted: string[] = [];
    for (let at = 0; at < encoded.length; at++) {
      for (let bit = 0; bit < 8; bit++) {
        const flipped = Buffer.from(encoded);
        flipped[at] = flipped[at]! ^ (1 << bit);
        if (!(await refused(flipped))) accepted.push(`byte ${at}, bit ${bit}`);
      }
    }
    expect(accepted).toEqual([]);
  });

  it('is refused when a byte of it is anything else', async () => {
    const encoded = await encode(rows(bytes));
    await fc.assert(
      fc.asyncProperty(fc.nat(encoded.length - 1), fc.integer({ min: 1, max: 255 }), async (at, change) => {
        const changed = Buffer.from(encoded);
        changed[at] = changed[at]! ^ change;
        expect(await refused(changed)).toBe(true);
      }),
    );
  });

  it('is refused when it ends anywhere before its end, or after it', async () => {
    const encoded = await encode(rows(bytes));
    for (let end = 0; end < encoded.length; end++) expect(await refused(encoded.subarray(0, end))).toBe(true);
    expect(await refused(Buffer.concat([encoded, Buffer.alloc(1)]))).toBe(true);
    expect(await refused(encoded)).toBe(false);
  });
});

describe('bytes that are no answer', () => {
  it('are refused, whatever they are', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), async (bytes) => expect(await refused(bytes)).toBe(true)),
    );
  });

  it('are refused when they say that they unpack to another length', async () => {
    const encoded = await encode(rows(16_500));
    const [low, high] = [encoded[8]!, encoded[11]!];
    expect(await refused(resealed(encoded, 8, low))).toBe(false);
    for (const [at, value] of [
      [8, low + 1],
      [8, low - 1],
      [11, high + 1],
      [11, 0xff],
    ] as const)
      expect(await refused(resealed(encoded, at, value))).toBe(true);
  });

  it('are refused when they are the answer of another key', async () => {
    const anyKey = fc.string();
    const encoded = await encode(rows(60));
    await fc.assert(fc.asyncProperty(anyKey, async (key) => expect(await refused(encoded, key)).toBe(key !== KEY)));
    expect(await refused(encoded, KEY.replace('regions', 'region'))).toBe(true);
    expect(await refused(encoded)).toBe(false);
  });

  it('are refused when their type is none of ours, whoever sealed them', async () => {
    const encoded = await encode(rows(60));
    expect(await refused(sealed(Buffer.from(encoded)))).toBe(false);
    const page = Buffer.from('text/html; charset=utf-8;  abcd');
    expect(page.length).toBe(JSON_TYPE.length);
    page.copy(encoded, 12);
    expect(await refused(sealed(encoded))).toBe(true);
  });

  it('are refused when they are not packed as they say', async () => {
    const encoded = await encode(rows(60));
    expect(await refused(resealed(encoded, 1, 1))).toBe(true);
    expect(await refused(resealed(encoded, 1, 2))).toBe(true);
  });
});
