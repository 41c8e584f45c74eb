import { constants, PerformanceObserver } from 'node:perf_hooks';
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import { NativeGarbage } from './native-garbage.js';

interface Collection {
  readonly kind: number;
  readonly flags: number;
}

const { NODE_PERFORMANCE_GC_MINOR: MINOR, NODE_PERFORMANCE_GC_MAJOR: MAJOR } = constants;
const FORCED = constants.NODE_PERFORMANCE_GC_FLAGS_FORCED;
let collections: Collection[];
let observer: PerformanceObserver;
let garbage: NativeGarbage;

beforeEach(() => {
  collections = [];
  observer = new PerformanceObserver((list) => {
    for (const entry of list.getEntries())
      collections.push((entry as unknown as { readonly detail: Collection }).detail);
  });
  observer.observe({ entryTypes: ['gc'] });
  garbage = new NativeGarbage();
});
afterEach(() => {
  garbage.close();
  observer.disconnect();
});

const forced = () => collections.filter(({ flags }) => (flags & FORCED) !== 0).map(({ kind }) => kind);
const addResults = (count: number, rows = 0) => {
  for (let i = 0; i < count; i++) garbage.add(rows);
};

/**
 * Lets a collection happen and be told of: each takes a turn or two of the event loop. Not a time, as a process that gets no
 * processor meanwhile finds it over before it has had a turn.
 */
async function someTurns(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await nextTurn();
}

/** Does something until it was not disturbed: V8 may collect by itself at any time, which counts as a collection. */
async function undisturbed(run: () => Promise<void>): Promise<void> {
  const isOurs = ({ kind, flags }: Collection) => kind === MINOR && (flags & FORCED) !== 0;
  for (let tries = 0; tries < 20; tries++) {
    garbage.close();
    garbage = new NativeGarbage();
    collections = [];
    let failure: unknown;
    await run().catch((error: unknown) => (failure = error));
    if (!collections.every(isOurs)) continue;
    if (failure !== undefined) throw failure as Error;
    return;
  }
  throw new Error('something else was collected in every try');
}

describe('garbage outside of the heap', () => {
  it('makes the young generation be collected after some results', async () => {
    await undisturbed(async () => {
      addResults(120);
      await someTurns();
      expect(forced()).toEqual([]);
      addResults(20);
      await someTurns();
      expect(forced()).toEqual([MINOR]);
    });
  });

  it('counts by the rows of its results, too', async () => {
    await undisturbed(async () => {
      addResults(10, 100);
      await someTurns();
      expect(forced()).toEqual([MINOR]);
    });
  });

  it('is left alone where V8 has just collected by itself', async () => {
    addResults(120);
    while (!collections.some(({ flags }) => flags === 0)) {
      Array.from({ length: 200_000 }, (_, i) => ({ i }));
      await sleep(1);
    }
    addResults(120);
    await someTurns();
    expect(forced()).toEqual([]);
  });

  it('makes everything be collected when that has not been done for long', async () => {
    for (let round = 0; round < 300 && !forced().includes(MAJOR); round++) {
      addResults(130);
      await sleep(1);
    }
    expect(forced()).toContain(MAJOR);
    expect(forced().filter((kind) => kind === MINOR).length).toBeGreaterThan(50);
  });
});
