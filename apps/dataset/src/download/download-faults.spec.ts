import { readdir, readFile } from 'node:fs/promises';
import { DownloadError } from './download-error.js';
import { chunked, FileServer, hangAfter, status, untilClose, type Behaviour } from './testing/file-server.js';
import { CONTENT, HALF, KNOWN, PATH, TestDownload, type DownloadChange } from './testing/test-download.js';

let test: TestDownload;
beforeEach(async () => {
  test = await TestDownload.create();
});
afterEach(() => test.remove());

type Fault = readonly [string, Behaviour, RegExp, number];

async function fault(...args: Parameters<TestDownload['run']>): Promise<string> {
  const error = await test.run(...args).then(
    () => undefined,
    (caught: unknown) => caught,
  );
  expect(error).toBeInstanceOf(DownloadError);
  return (error as DownloadError).message;
}

/** What a download fails with from a server that behaves so, again and again. */
async function faultOf(behaviour: Behaviour, patience?: DownloadChange): Promise<string> {
  test.server.plan(PATH, ...Array.from({ length: 10 }, () => behaviour));
  return fault(KNOWN, patience);
}

describe('a download fails', () => {
  it.each([
    ['404', status(404), /status 404\.$/, 1],
    ['403', status(403), /status 403: check the user info or the signature/, 1],
    ['503 again and again', status(503), /status 503\. Given up after 4 attempts\.$/, 4],
    ['a redirect to itself', status(302, { location: PATH }), /is redirected more than 5 times\.$/, 6],
    ['a redirect without encryption', status(302, { location: 'http://data.example/' }), /it is not encrypted/, 1],
    ['a file that is too small', chunked(CONTENT.subarray(1)), /ended after .* bytes\. Given up/, 4],
    ['a file said to be too small', (_, r) => void r.end('small'), /it has 5 bytes, not 988,890\.$/, 1],
    ['a file that is too large', chunked(Buffer.concat([CONTENT, CONTENT])), /has more than 988,890 bytes/, 1],
    ['wrong bytes', (_, r) => void r.end(Buffer.alloc(CONTENT.length)), /its sha256 is \w{64}, not \w{64}\.$/, 1],
    ['a broken answer', (_, r) => void r.socket?.end('HTTP/1.1 nonsense\r\n\r\n'), /cannot be downloaded: Parse/, 4],
  ] as readonly Fault[])('for %s', async (_, behaviour, message, requests) => {
    expect(await faultOf(behaviour)).toMatch(message);
    expect(test.server.requests).toHaveLength(requests);
  });

  it.each([
    ['nothing at all', hangAfter(0), /sent nothing for 0\.1 seconds\. Given up after 4 attempts\.$/, 4],
    ['no more after a while', hangAfter(10), /sent nothing for 0\.1 seconds/, 4],
  ] as readonly Fault[])('for %s', async (_, behaviour, message, requests) => {
    expect(await faultOf(behaviour, { stallMs: 100 })).toMatch(message);
    expect(test.server.requests).toHaveLength(requests);
  });

  it('when nobody listens', async () => {
    const gone = await FileServer.start();
    const url = gone.url(PATH);
    await gone.stop();
    expect(await fault(KNOWN, { urls: [url], retries: 0 })).toMatch(/cannot be downloaded: connect ECONNREFUSED/);
  });

  it('when all mirrors fail, and says why each did', async () => {
    test.server.plan('/a', status(500), status(500));
    const message = await fault(KNOWN, { urls: [test.server.url('/a'), test.server.url('/b')], retries: 1 });
    expect(message).toMatch(/\/a is answered with status 500\. .*\/b is answered with status 404\. Given up after 3/);
  });

  it('when its time is over, and keeps what it has for the next time', async () => {
    test.server.plan(PATH, hangAfter(HALF));
    expect(await fault(KNOWN, { timeoutMs: 2_000 })).toContain('took longer than --timeout-seconds 2 allows');
    expect((await readFile(test.path)).length).toBeGreaterThan(0);
  });

  it('when the length of the file is not known in any way, unless its digest is', async () => {
    test.server.plan(PATH, untilClose(CONTENT), untilClose(CONTENT));
    expect(await fault({})).toContain('does not say how long it is: add its digest as #sha256=HEX');
    await test.run({ sha256: KNOWN.sha256 });
    expect(await test.holds(CONTENT)).toBe(true);
  });

  it('without leaving an empty file', async () => {
    test.server.plan(PATH, status(404));
    await fault();
    expect(await readdir(test.folder)).toEqual([]);
  });
});

describe('a download that is interrupted', () => {
  it('ends at once with the reason and keeps what it has', async () => {
    const controller = new AbortController();
    test.server.plan(PATH, hangAfter(HALF));
    const check = setInterval(() => test.counted > 0 && controller.abort(new Error('enough')), 10);
    await expect(test.run(KNOWN, { signal: controller.signal })).rejects.toThrow('enough');
    clearInterval(check);
    expect((await readFile(test.path)).length).toBeGreaterThan(0);
  });

  it('does not wait for a pause to end', async () => {
    const controller = new AbortController();
    test.server.plan(PATH, status(503, { 'retry-after': '60' }));
    const running = test.run(KNOWN, { signal: controller.signal });
    const check = setInterval(() => test.notices.length > 0 && controller.abort(new Error('enough')), 10);
    await expect(running).rejects.toThrow('enough');
    clearInterval(check);
  });
});
