import { createHash, randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { KeyFolder } from '../../apps/api/src/access/testing/key-folder.js';
import { RunningService } from '../setup/running-service.js';
import { converse, type Conversation } from './exchange.js';
import { faultsOf } from './judge.js';
import { Tally } from './tally.js';

/** Cases of a run; `HOSTILE_CASES=50000 npm test -- tests/hostile/api-keys` for a long one. */
const CASES = Number(process.env['HOSTILE_CASES'] ?? 3000);
const SEED = Number(process.env['HOSTILE_SEED'] ?? Date.now() % 2 ** 31);
const AT_ONCE = 8;
/** A request with the key after so many without. */
const EVERY = 20;

const KEY = randomBytes(32).toString('base64url');
const DIGEST = createHash('sha256').update(KEY).digest('hex');

/** The key with one character exchanged. */
const nearlyKey = fc
  .nat(KEY.length - 1)
  .map((at) => KEY.slice(0, at) + (KEY[at] === 'A' ? 'B' : 'A') + KEY.slice(at + 1));
/** What is none of the keys, though near one. */
const wrongKey = fc.oneof(
  fc.constantFrom('', ' ', DIGEST, DIGEST.toUpperCase(), `sha256:${DIGEST}`, 'fuzz', 'null', '*', '%00', '__proto__'),
  fc.constantFrom(KEY.slice(1), KEY.slice(0, -1), `${KEY}=`, `${KEY}A`, `"${KEY}"`, `${KEY},${KEY}`, `${KEY} ${KEY}`),
  fc.constantFrom(
    Buffer.from(KEY).toString('base64'),
    encodeURIComponent(`${KEY}%`),
    KEY.split('').toReversed().join(''),
  ),
  nearlyKey,
  fc.string({ unit: 'binary-ascii', maxLength: 60 }).map((text) => text.replaceAll(/[\r\n]/g, '')),
  fc.integer({ min: 1000, max: 12_000 }).map((length) => 'k'.repeat(length)),
);
const header = fc.oneof(
  wrongKey.map((key) => `Authorization: Bearer ${key}`),
  wrongKey.map((key) => `X-API-Key: ${key}`),
  // The right one, where it is none.
  ...['Basic', 'Bearer:', 'Bearer=', 'Digest', 'BearerX', 'Token'].map((scheme) =>
    fc.constant(`Authorization: ${scheme} ${KEY}`),
  ),
  ...['Cookie: key=', 'X-API-Keys: ', 'X-Api_Key: ', 'Proxy-Authorization: Bearer ', 'Api-Key: '].map((name) =>
    fc.constant(name + KEY),
  ),
);
/** Lists, in spellings that one reader may take for another path than the next; each would be 200 with the key, or nothing. */
const target = fc.constantFrom(
  ...['/rankings?region=Global&date=latest', '/filters', '/tracks', '/artist?artist=x', '/tracks?format=csv'],
  ...['//filters', '/./filters', '/health/../filters', '/%66ilters', '/filters/', '/FILTERS', '/filters;/health'],
  ...[
    `/filters?key=${KEY}`,
    `/filters?api_key=${KEY}`,
    `/filters?access_token=${KEY}`,
    '/filters?/health',
    '/filters#/health',
  ],
  ...['http://x/filters', 'http://x/health/../filters', '/filters%00', '/filters%2f', '/docs/../tracks', '\\filters'],
);

interface Case {
  readonly method: string;
  readonly target: string;
  readonly headers: readonly string[];
}

const hostileCase: fc.Arbitrary<Case> = fc.record({
  method: fc.constantFrom('GET', 'GET', 'GET', 'HEAD', 'POST', 'OPTIONS'),
  target,
  headers: fc.oneof(
    fc.array(header, { maxLength: 3 }),
    // The right one beside a wrong one is two that differ.
    nearlyKey.map((key) => [`X-API-Key: ${KEY}`, `Authorization: Bearer ${key}`]),
    nearlyKey.map((key) => [`X-API-Key: ${key}`, `Authorization: Bearer ${KEY}`]),
  ),
});

const tally = new Tally();
let folder: KeyFolder;
let service: RunningService;
beforeAll(async () => {
  process.stderr.write(`tests/hostile/api-keys: HOSTILE_SEED=${SEED} HOSTILE_CASES=${CASES}\n`);
  folder = new KeyFolder(`fuzz ${DIGEST} 1000000\n`);
  service = await RunningService.start({ API_KEYS_FILE: folder.path });
}, 60_000);
afterAll(async () => {
  await service.stop();
  folder.remove();
});

function ask(method: string, path: string, headers: readonly string[]): Promise<Conversation> {
  const lines = [`${method} ${path} HTTP/1.1`, 'Host: x', 'Connection: close', ...headers, '', ''];
  const bytes = Buffer.from(lines.join('\r\n'), 'latin1');
  return converse(service.port, { bytes, complete: true, closes: true, head: method === 'HEAD' });
}

/** What an answer to who has no key gives away, or is wrong about. */
function faultsWithout(conversation: Conversation, asked: Case): string[] {
  const [reply] = conversation.replies;
  const faults = faultsOf(conversation);
  if (![204, 400, 401, 404, 405, 414, 431].includes(reply?.status ?? 0)) faults.push(`status ${reply?.status}`);
  if (reply && /"(regions|track_title|artists)"|track_title/.test(reply.body.toString())) faults.push('a list');
  // A problem names the URL that it is of.
  const said = `${reply?.head}${reply?.body.toString()}`.replaceAll(asked.target, '');
  if (said.includes(KEY) || said.includes(DIGEST)) faults.push('the key comes back');
  if (reply?.status === 401 && !reply.headers.has('www-authenticate')) faults.push('401 without a challenge');
  return faults;
}

describe('requests without a key, with none that is known, or with several', () => {
  it(
    `(${CASES} of a grammar) get no list, while those with the key do`,
    async () => {
      const cases = fc.sample(hostileCase, { numRuns: CASES, seed: SEED });
      const faults: string[] = [];
      const statuses = new Map<number, number>();
      let next = 0;
      const client = async () => {
        while (next < cases.length) {
          const turn = next++;
          const one = cases[turn]!;
          const conversation = await ask(one.method, one.target, one.headers);
          const found = faultsWithout(conversation, one);
          const status = conversation.replies[0]?.status ?? 0;
          statuses.set(status, (statuses.get(status) ?? 0) + 1);
          if (turn % EVERY === 0) {
            const right = await ask('GET', '/filters', [`Authorization: Bearer ${KEY}`]);
            if (right.replies[0]?.status !== 200) found.push(`${right.replies[0]?.status} with the key`);
          }
          tally.count(found.length === 0, conversation.answeredMs);
          if (found.length > 0) faults.push(`${found.join(', ')}: ${JSON.stringify(one).slice(0, 400)}`);
        }
      };
      await Promise.all(Array.from({ length: AT_ONCE }, client));
      expect(faults.slice(0, 20)).toEqual([]);
      // Most are refused for the key and for nothing else.
      expect(statuses.get(401)).toBeGreaterThan(CASES / 2);
      expect(service.log.join('\n')).not.toContain(KEY);
      expect(service.log.filter((line) => line.includes('"level":"error"'))).toEqual([]);
    },
    60_000 + CASES * 20,
  );
});

it('All of them are refused', () => {
  const seen = `none got a list, one with the key among each ${EVERY} did; no key in the log; seed ${SEED}`;
  tally.record({ fault: 'API keys that are none, nearly one, several or in the wrong place', seen });
});
