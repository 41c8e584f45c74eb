import { setTimeout as sleep } from 'node:timers/promises';
import { AnswerCache } from '../cache/answer-cache.js';
import { BY_FRAMEWORK, ListApp } from './testing/list-app.js';

const PATH = '/filters?format=json';
const [TRACE, SPAN] = ['0af7651916cd43dd8448eb211c80319c', 'b7ad6b7169203331'];
const traced = (sampled: boolean) => ({ traceparent: `00-${TRACE}-${SPAN}-0${Number(sampled)}` });
/** From memory, anew and by the framework: each way of an answer writes its line by itself. */
const WAYS = ['memory', 'anew', 'framework'] as const;

let service: ListApp | undefined;
afterEach(() => service?.stop());

type Lines = readonly (readonly [traceId: string | undefined, spanId: string | undefined])[];
const LOGGED: Lines = [[TRACE, SPAN]];
const UNTRACED: Lines = [[undefined, undefined]];

/** A kind of request, and what its lines are to say of the trace. */
interface Asked {
  readonly headers: Readonly<Record<string, string>>;
  readonly lines: Lines;
}

async function expectLines(environment: Readonly<Record<string, string>>, ...asked: readonly Asked[]) {
  service = await ListApp.started(environment);
  const all = asked.flatMap((one, at) => WAYS.map((way) => ({ ...one, way, id: `${at}-${way}` })));
  await service.ask(PATH);
  for (const { headers, way, id } of all) {
    if (way === 'anew') service.app.get(AnswerCache).clear();
    await service.ask(PATH, { ...headers, ...(way === 'framework' && BY_FRAMEWORK), 'X-Request-Id': id });
  }
  for (const { id, lines } of all) await service.linesOf(id, lines.length);
  // Lines are gathered for a fifth of a second: what should not be there has to have had its time.
  await sleep(500);
  const found = await Promise.all(all.map(({ id }) => service!.linesOf(id, 0)));
  expect(all.map(({ id }, i) => [id, found[i]!.map(({ traceId, spanId }) => [traceId, spanId])])).toEqual(
    all.map(({ id, lines }) => [id, lines]),
  );
}

describe('a trace of the caller', () => {
  it('is in the line of its request', () =>
    expectLines({}, { headers: traced(true), lines: LOGGED }, { headers: {}, lines: UNTRACED }));

  it('does not decide whether there is a line', () =>
    expectLines({ LOG_REQUEST_SAMPLE: '0' }, { headers: traced(true), lines: [] }));

  it('that is sampled does with TRACE_CONTEXT=follow, and no other', () =>
    expectLines(
      { LOG_REQUEST_SAMPLE: '0', TRACE_CONTEXT: 'follow' },
      { headers: traced(true), lines: LOGGED },
      { headers: traced(false), lines: [] },
      { headers: {}, lines: [] },
    ));

  it('is ignored with TRACE_CONTEXT=off', () =>
    expectLines({ TRACE_CONTEXT: 'off' }, { headers: traced(true), lines: UNTRACED }));
});
