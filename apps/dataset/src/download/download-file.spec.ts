import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { breakAfter, etagOf, FileServer, status } from './testing/file-server.js';
import { CONTENT, HALF, KNOWN, PATH, TestDownload } from './testing/test-download.js';

let test: TestDownload;
beforeEach(async () => {
  test = await TestDownload.create();
});
afterEach(() => test.remove());

describe('a download', () => {
  it('brings the file, with one request and without test.notices', async () => {
    expect(await test.run()).toEqual({ bytes: CONTENT.length, resumedBytes: 0 });
    expect(await test.holds(CONTENT)).toBe(true);
    expect(test.server.requests).toEqual([{ path: PATH }]);
    expect(test.notices).toEqual([]);
  });

  it('brings an empty file, too', async () => {
    test.server.put(PATH, '');
    await test.run({ bytes: 0, sha256: createHash('sha256').digest('hex') });
    expect(await readFile(test.path, 'utf8')).toBe('');
  });

  it('goes on where the connection broke, as often as it does, if the file is still the same', async () => {
    // What was read and not yet written is lost with a connection; far more than that has to be gained to be forgiven.
    test.server.plan(PATH, breakAfter(HALF), breakAfter(250_000));
    await test.run({}, { retries: 1 });
    expect(await test.holds(CONTENT)).toBe(true);
    const [first, second, third] = test.server.requests;
    expect(first).toMatchObject({ range: undefined, ifRange: undefined });
    for (const request of [second, third]) {
      expect(request?.range).toMatch(/^bytes=[1-9]\d*-$/);
      expect(request?.ifRange).toBe(etagOf(CONTENT));
    }
    expect(test.notices[0]).toMatch(/charts\.duckdb cannot be downloaded: the connection broke\. Trying again in \d/);
  });

  it('begins again when the file has changed in between', async () => {
    const other = Buffer.from(CONTENT.map((byte) => byte ^ 1));
    test.server.plan(PATH, (request, response, content) => {
      breakAfter(HALF)(request, response, content);
      test.server.put(PATH, other);
    });
    expect(await test.run({})).toEqual({ bytes: other.length, resumedBytes: 0 });
    expect(test.server.requests[1]).toMatchObject({ range: expect.any(String), ifRange: etagOf(CONTENT) });
    expect(await test.holds(other)).toBe(true);
  });

  it('goes on with what an earlier run left, and asks for nothing when that is all', async () => {
    await writeFile(test.path, CONTENT.subarray(0, HALF));
    expect(await test.run()).toEqual({ bytes: CONTENT.length, resumedBytes: HALF });
    expect(test.server.requests).toEqual([{ path: PATH, range: `bytes=${HALF}-` }]);
    test.counted = 0;
    expect(await test.run()).toEqual({ bytes: CONTENT.length, resumedBytes: CONTENT.length });
    expect(test.server.requests).toHaveLength(1);
  });

  it.each([
    ['other bytes', Buffer.alloc(HALF, 'x')],
    ['as many other bytes as the file has', Buffer.alloc(CONTENT.length, 'x')],
    ['more bytes than the file has', Buffer.alloc(CONTENT.length + 1, 'x')],
  ])('begins again when what was left is %s', async (_, left) => {
    await writeFile(test.path, left);
    expect(await test.run()).toEqual({ bytes: CONTENT.length, resumedBytes: 0 });
    expect(await test.holds(CONTENT)).toBe(true);
  });

  it('does not go on with what was left when nothing is known of the file', async () => {
    await writeFile(test.path, CONTENT.subarray(0, HALF));
    await test.run({});
    expect(test.server.requests).toEqual([{ path: PATH }]);
  });

  it('goes on at a mirror, with or without ranges there', async () => {
    test.server.put('/mirror', CONTENT);
    test.server.plan(PATH, breakAfter(HALF), status(503));
    test.server.plan('/mirror', status(500), (request, response, content) => {
      delete request.headers.range;
      breakAfter(10)(request, response, content);
    });
    await test.run(KNOWN, { urls: [test.server.url(PATH), test.server.url('/mirror')] });
    expect(await test.holds(CONTENT)).toBe(true);
    expect(test.server.of('/mirror')[0]?.range).toMatch(/^bytes=[1-9]/);
    expect(test.server.of('/mirror')[0]?.ifRange).toBeUndefined();
  });

  it('keeps what it has when a mirror has another file', async () => {
    test.server.put('/mirror', 'something else');
    test.server.plan(PATH, breakAfter(HALF));
    await test.run(KNOWN, { urls: [test.server.url(PATH), test.server.url('/mirror')] });
    expect(test.server.of('/mirror')).toHaveLength(1);
    expect(test.server.of(PATH)[1]?.range).toMatch(/^bytes=[1-9]/);
  });

  it('waits and tries again when the server is busy', async () => {
    test.server.plan(PATH, status(503), status(429, { 'retry-after': '1' }), status(502));
    await test.run();
    expect(test.server.requests).toHaveLength(4);
    expect(test.notices[0]).toContain('is answered with status 503. Trying again');
    expect(test.notices[1]).toContain('Trying again in 1.0s.');
  });

  it('does not take an answer of a part that was not asked for', async () => {
    test.server.plan(PATH, breakAfter(HALF), (_request, response) => {
      response.writeHead(206, { 'content-range': `bytes 0-9/${CONTENT.length}`, 'content-length': '10' });
      response.end(CONTENT.subarray(0, 10));
    });
    await test.run();
    expect(await test.holds(CONTENT)).toBe(true);
    expect(test.notices[1]).toContain('is not the file that was begun');
  });

  it('takes the bytes as they are when the server calls them encoded', async () => {
    test.server.plan(PATH, (_request, response) =>
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(CONTENT),
    );
    await test.run();
    expect(await test.holds(CONTENT)).toBe(true);
  });

  it('follows redirects and leaves the credentials with the server they are for', async () => {
    const other = await FileServer.start();
    try {
      other.put('/there', CONTENT);
      test.server.plan('/1', status(302, { location: '/2' }));
      test.server.plan('/2', status(307, { location: other.url('/there') }));
      await test.run(KNOWN, { urls: [test.server.url('/1').replace('//', '//ona:bel@')] });
      expect(test.server.requests.map(({ authorization }) => authorization)).toEqual([
        expect.stringMatching(/^Basic /),
        expect.stringMatching(/^Basic /),
      ]);
      expect(other.requests).toEqual([{ path: '/there' }]);
    } finally {
      await other.stop();
    }
  });
});

describe('the progress of a download', () => {
  it('tells what is on the disk, however often a part is begun again', async () => {
    const other = Buffer.alloc(CONTENT.length, 'x');
    await writeFile(test.path, other.subarray(0, HALF));
    test.server.plan(PATH, breakAfter(HALF / 2), (_request, response) => void response.end(other), status(503));
    await test.run(KNOWN, { urls: [test.server.url(PATH), test.server.url(`${PATH}?mirror`)] });
    expect(test.counted).toBe(CONTENT.length);
    expect(await test.holds(CONTENT)).toBe(true);
  });
});
