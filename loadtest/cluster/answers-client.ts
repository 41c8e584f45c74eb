import { Agent, request, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { contentDigest, digestOf } from './answer-digest.js';

/**
 * Asks `BASE` (with `HOST` as Host header) for each path on standard input and prints status, ETag, a digest of the body
 * and one of what it says.
 */
const [base, host] = process.argv.slice(2) as [string, string];
const agent = new Agent({ keepAlive: true, maxSockets: 4 });

async function ask(path: string): Promise<string> {
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    request(base + path, { agent, headers: { host, 'accept-encoding': 'identity' } }, resolve)
      .on('error', reject)
      .end();
  });
  const body = await text(response);
  const { etag = '-', 'x-request-id': id = '' } = response.headers;
  // A problem document names its request, which is another each time.
  const bytes = digestOf(body.replaceAll(String(id), 'ID'));
  const json = String(response.headers['content-type']).includes('json');
  return `${response.statusCode} ${etag} ${bytes} ${json ? contentDigest(JSON.parse(body)) : '-'}`;
}

const paths = (await text(process.stdin)).split('\n').filter((line) => line !== '');
for (const answer of await Promise.all(paths.map(ask))) console.log(answer);
agent.destroy();
