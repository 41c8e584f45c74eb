import { appendFileSync } from 'node:fs';
import { relative } from 'node:path';
import { ROOT } from '../setup/tree.js';

/** A figure, mostly one that has a limit: `most` it may be, or the `least`. */
export interface Limit {
  /** What is measured, with its unit, such as `p99 against p99 without Redis`. */
  readonly name: string;
  readonly value: number;
  readonly most?: number;
  readonly least?: number;
}

/** What a fault did to the service. */
export interface Fault {
  /** What it came from: `Redis`, `process`, `dataset`, `overload`, `input`. */
  readonly door: string;
  /** What was done to it. */
  readonly fault: string;
  /** Requests that were sent meanwhile, and those of them without a right answer. */
  readonly sent: number;
  readonly failed: number;
  /** The longest that an answer took, milliseconds; undefined where none was waited for. */
  readonly worstMs?: number;
  /** Data that was lost. */
  readonly lost: string;
  /** What was seen, in a few words. */
  readonly seen: string;
  readonly limits?: readonly Limit[];
  /** Whether the counts are of all tests of the file, so that the row's command runs them all. */
  readonly whole?: boolean;
}

/** A fault as it stands in the file of the run: with the command that injects it again, and the day, YYYY-MM-DD. */
export interface RecordedFault extends Fault {
  readonly command: string;
  readonly day: string;
}

/** Whether a figure is within its limit. */
export function isKept({ value, most = Infinity, least = -Infinity }: Limit): boolean {
  return value <= most && value >= least;
}

/**
 * Notes what came of a fault: says it, and appends it to the file that FAULTS_RECORD names. Where FAULTS is set, as
 * `make test-faults` and the command of each row do, the limits are asserted too; elsewhere they are figures only, for a
 * busy machine must not fail a test.
 */
export function recordFault(fault: Fault): void {
  const recorded: RecordedFault = {
    ...fault,
    command: commandOfTest(fault.whole),
    day: new Date().toISOString().slice(0, 10),
  };
  const { door, sent, failed, worstMs, lost, seen, limits = [] } = fault;
  const figures = limits.map(({ name, value }) => `${name} ${Number(value.toPrecision(3))}`);
  const worst = worstMs === undefined ? '' : `, at worst ${worstMs.toFixed(1)} ms`;
  process.stderr.write(
    `${door}, ${fault.fault}: ${sent} sent, ${failed} failed${worst}, lost: ${lost}; ${[seen, ...figures].join('; ')}\n`,
  );
  const { FAULTS, FAULTS_RECORD: file } = process.env;
  if (file !== undefined) appendFileSync(file, `${JSON.stringify(recorded)}\n`);
  if (FAULTS !== undefined) expect(limits.filter((limit) => !isKept(limit))).toEqual([]);
}

/** The command that runs the test that is running, or all of its file, as it is run now. */
function commandOfTest(whole = false): string {
  const { currentTestName = '', testPath = '' } = expect.getState();
  const path = relative(ROOT, testPath).replace(/\.(?:long|e2e)-spec\.ts$/, '');
  const which = testPath.includes('.long-spec.') ? 'all' : 'short';
  const name = currentTestName.replaceAll(/[^\w ,-]/g, '.');
  const cases = process.env['HOSTILE_CASES'];
  const more = cases !== undefined && path.includes('/hostile/') ? `HOSTILE_CASES=${cases} ` : '';
  return `FAULTS=${which} ${more}npm test -- ${path}${whole ? '' : ` -t '${name}'`}`;
}
