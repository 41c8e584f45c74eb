import fc from 'fast-check';
import { headerOf, ResponseReader } from './response-reader.js';

const answers = fc.record({
  status: fc.constantFrom(200, 404, 304, 204),
  name: fc.constantFrom('Content-Length', 'content-length', 'CONTENT-LENGTH'),
  body: fc.oneof(fc.string({ maxLength: 300 }), fc.constantFrom('\r\n\r\n', 'HTTP/1.1 200 OK\r\n\r\n')),
  id: fc.nat(),
});

function bytesOf({ status, name, body, id }: { status: number; name: string; body: string; id: number }) {
  const empty = status === 304 || status === 204;
  const bytes = Buffer.from(body);
  const head = `HTTP/1.1 ${status} Any Words\r\nX-Id: ${id}\r\n${name}: ${bytes.length}\r\nLast: x\r\n\r\n`;
  return { wire: Buffer.concat([Buffer.from(head), ...(empty ? [] : [bytes])]), bodyBytes: empty ? 0 : bytes.length };
}

function read(packets: readonly Buffer[], method: 'GET' | 'HEAD' = 'GET') {
  const seen: [number, string | undefined, number][] = [];
  const reader = new ResponseReader(
    (status, head, bodyBytes) => seen.push([status, headerOf(head, 'x-id'), bodyBytes]),
    method,
  );
  packets.forEach((packet) => reader.read(packet));
  return seen;
}

describe('ResponseReader', () => {
  it('finds every answer however the bytes are split', () => {
    fc.assert(
      fc.property(
        fc.array(answers, { minLength: 1, maxLength: 6 }),
        fc.infiniteStream(fc.integer({ min: 1, max: 90 })),
        (all, sizes) => {
          const parts = all.map(bytesOf);
          const wire = Buffer.concat(parts.map((part) => part.wire));
          const packets: Buffer[] = [];
          for (let at = 0; at < wire.length;) {
            const size = sizes.next().value as number;
            packets.push(wire.subarray(at, at + size));
            at += size;
          }
          expect(read(packets)).toEqual(all.map(({ status, id }, i) => [status, String(id), parts[i]!.bodyBytes]));
        },
      ),
    );
  });

  it('reads no further than it is told: what lies behind is of an earlier packet', () => {
    const seen: number[] = [];
    const reader = new ResponseReader((status) => seen.push(status));
    const shared = Buffer.from(
      'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\nHTTP/1.1 500 Old\r\nContent-Length: 0\r\n\r\n',
    );
    reader.read(shared, 30);
    expect(seen).toEqual([]);
    reader.read(shared.subarray(30), 9);
    expect(seen).toEqual([200]);
  });

  it('expects no body after HEAD', () => {
    const head = Buffer.from('HTTP/1.1 200 OK\r\nX-Id: 1\r\nContent-Length: 500\r\n\r\n');
    expect(read([head, head], 'HEAD')).toEqual([
      [200, '1', 0],
      [200, '1', 0],
    ]);
  });

  it('passes over what only announces an answer', () => {
    expect(
      read([Buffer.from('HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok')]),
    ).toEqual([[200, undefined, 2]]);
  });

  it.each([
    ['HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n', 'without a Content-Length'],
    ['HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n', 'without a Content-Length'],
    ['HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n', 'not with HTTP/1.1'],
    ['SSH-2.0-OpenSSH\r\n\r\n', 'not with HTTP/1.1'],
    [`HTTP/1.1 200 OK\r\n${'x'.repeat(70_000)}`, 'does not end'],
  ])('refuses %s', (text, message) => {
    expect(() => read([Buffer.from(text)])).toThrow(message);
  });
});
