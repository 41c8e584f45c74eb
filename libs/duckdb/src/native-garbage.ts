import { setImmediate as nextTurn } from 'node:timers/promises';
import { getHeapStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Weight of results after which the young generation is collected: one for each, and one more for so many rows. */
const WEIGHT = 64;
const ROWS_OF_WEIGHT = 8;
/**
 * Such collections after which everything is collected, or bytes outside of the heap: some always live on into the old
 * generation, where V8 lets 64 MB of them gather before it frees any.
 */
const MINOR_OF_MAJOR = 16;
const EXTERNAL_BYTES = 16 * 2 ** 20;

type Collect = (options: { readonly type: 'minor' | 'major' }) => void;
let collect: Collect | undefined;

/**
 * Frees the memory of results that nobody holds any more. DuckDB's results and chunks are freed when their JavaScript
 * handles are collected, some 100 KB each, but the handles are so small that the collector sees no reason to come: 4,000
 * queries without it took 500 MB, with it 10 MB, at a cost of 1 % of the queries' time or less.
 */
export class NativeGarbage {
  private weight = 0;
  private collections = 0;
  /** Bytes outside of the heap, the least since everything was collected. */
  private leastExternal = Infinity;

  /**
   * Counts a result of so many rows that is not needed any more, and collects after some. Rows count because of what is
   * made of them: an answer's bytes lie outside of the heap, too.
   */
  add(rows: number): void {
    this.weight += 1 + rows / ROWS_OF_WEIGHT;
    if (this.weight < WEIGHT) return;
    this.weight = 0;
    const external = getHeapStatistics().external_memory;
    this.leastExternal = Math.min(this.leastExternal, external);
    const grown = external - this.leastExternal > EXTERNAL_BYTES;
    const type = ++this.collections % MINOR_OF_MAJOR === 0 || grown ? 'major' : 'minor';
    if (type === 'major') this.leastExternal = Infinity;
    void NativeGarbage.collect(type);
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
