import { constants, PerformanceObserver, type PerformanceEntry } from 'node:perf_hooks';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Weight of results after which the young generation is collected: one for each, and one more for so many rows. */
const WEIGHT = 128;
const ROWS_OF_WEIGHT = 8;
/**
 * Such collections without one of everything, by V8 itself or from here, after which everything is collected: a few results
 * always live on into the old generation. It stops the process for some 50 ms, and V8 does most of its own work beside it.
 */
const MINOR_OF_MAJOR = 64;

type Collect = (options: { readonly type: 'minor' | 'major' }) => void;
let collect: Collect | undefined;

/**
 * Frees the memory of results that nobody holds any more. DuckDB's results and chunks are freed when their JavaScript
 * handles are collected, some 100 KB each, but the handles are so small that the collector sees no reason to come: 4,000
 * queries without it took 500 MB, with it 10 MB, at a cost of 1 % of the queries' time or less.
 */
export class NativeGarbage {
  private weight = 0;
  private minor = 0;
  /**
   * Collections by V8 itself, which make those from here needless: two in a row move what is in somebody's hands at both
   * to the old generation, and so make work for a collection of everything.
   */
  private readonly seen = new PerformanceObserver((list) => this.collected(list.getEntries()));

  constructor() {
    this.seen.observe({ entryTypes: ['gc'] });
  }

  /**
   * Counts a result of so many rows that is not needed any more, and collects after some. Rows count because of what is
   * made of them: an answer's bytes lie outside of the heap, too.
   */
  add(rows: number): void {
    this.weight += 1 + rows / ROWS_OF_WEIGHT;
    if (this.weight < WEIGHT) return;
    this.weight = 0;
    void NativeGarbage.collect(++this.minor % MINOR_OF_MAJOR === 0 ? 'major' : 'minor');
  }

  /** Ends the watch over V8's collections. */
  close(): void {
    this.seen.disconnect();
  }

  private collected(entries: readonly PerformanceEntry[]): void {
    this.weight = 0;
    if (entries.some(isMajor)) this.minor = 0;
  }

  /**
   * Collects the young generation, or everything, in a turn of its own: what is still in somebody's hands would be moved
   * to the old generation and stay for long.
   */
  static async collect(type: 'minor' | 'major'): Promise<void> {
    await nextTurn();
    // The function exists from the start of a process only with --expose-gc; a new context gets it when the flag is set.
    if (!collect) {
      setFlagsFromString('--expose-gc');
      collect = runInNewContext('gc') as Collect;
    }
    collect({ type });
  }
}

function isMajor(entry: PerformanceEntry): boolean {
  const { kind } = (entry as PerformanceEntry & { readonly detail: { readonly kind: number } }).detail;
  return kind === constants.NODE_PERFORMANCE_GC_MAJOR;
}
