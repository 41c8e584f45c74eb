import { createHash } from 'node:crypto';
import { Agent, request, type IncomingMessage } from 'node:http';
import { buffer, text } from 'node:stream/consumers';

/** Asks `BASE` (with `HOST` as Host header) for each path on standard input and prints status, ETag and a digest of the body of each. */
const [base, host] = process.argv.slice(2) as [string, string];
const agent = new Agent({ keepAlive: true, maxSockets: 4 });

async function ask(path: string): Promise<string> {
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    request(base + path, { agent, headers: { host, 'accept-encoding': 'identity' } }, resolve)
      .on('error', reject)
      .end();
  });
  const body = (await buffer(response)).toString();
  const { etag = '-', 'x-request-id': id = '' } = response.headers;
  // A problem document names its request, which is another each time.
  const digest = createHash('sha256')
    .update(body.replaceAll(String(id), 'ID'))
    .digest('hex');
  return `${response.statusCode} ${etag} ${digest}`;
}

const paths = (await text(process.stdin)).split('\n').filter((line) => line !== '');
for (const answer of await Promise.all(paths.map(ask))) console.log(answer);
agent.destroy();
