import { MISJUDGEMENTS } from '../../loadtest/capacity/misjudgements.js';
import { ownBoundsRuns } from '../../loadtest/capacity/own-bounds.js';
import {
  PENDING_SECONDS,
  PREPARED_SHARES,
  play,
  type PlannedRun,
  type PlayedRun,
} from '../../loadtest/capacity/plan.js';
import { LASTING, RAMP, RUNS, STEP, TOO_SHORT, chart, costs, playOnce } from './runs.js';

/**
 * Seconds within which there are enough pods, by the share of the peak that minReplicas was made for: tighter than the formula's,
 * which takes every wait at its longest.
 */
const WITHIN: Readonly<Record<number, number>> = { 0.1: 420, 0.5: 90, 0.9: 0 };
/** A ramp meets pods that grow with it. */
const within = ({ shape, preparedShare }: PlannedRun) =>
  Math.min(WITHIN[preparedShare]!, shape === RAMP ? [300, 60, 0][PREPARED_SHARES.indexOf(preparedShare)]! : Infinity);

/** What new pods cannot answer in the second in which their memory is cold. */
const COLD = 0.001;

/** What holds of every run: bounds, no going to and fro, and the share that the formula leaves unserved. */
function expectOrderly({ sizing, outcome, course, changes, promised }: PlayedRun) {
  expect(outcome.mostReplicas).toBeLessThanOrEqual(sizing.maxReplicas);
  expect(Math.min(...course.map(({ replicas }) => replicas))).toBeGreaterThanOrEqual(sizing.minReplicas);
  expect(outcome.turns).toBeLessThanOrEqual(changes.length);
  expect(outcome.unservedShare).toBeLessThanOrEqual(promised().unservedShare + COLD);
}

describe('the chart’s autoscaler in virtual time', () => {
  it.each(LASTING)('$name of $peakPerSecond/s, minReplicas for a share of $preparedShare', async (plan) => {
    const run = await playOnce(plan);
    const seconds = run.outcome.reachedAfterSeconds ?? NaN;
    expect(seconds).toBeLessThanOrEqual(within(plan));
    expect(seconds).toBeLessThanOrEqual(run.promised().withinSeconds);
    expectOrderly(run);
  });

  it.each(TOO_SHORT)('$name of $peakPerSecond/s, $preparedShare: is over before the formula has pods', async (plan) => {
    const run = await playOnce(plan);
    expect(run.promised().withinSeconds).toBeGreaterThan(run.changes[1]! - run.changes[0]!);
    expectOrderly(run);
  });

  it.each(RUNS)('$name of $peakPerSecond/s, $preparedShare: ends with the pods that its load needs', async (plan) => {
    const { sizing, outcome, course } = await playOnce(plan);
    const last = plan.shape.load(plan.peakPerSecond).at(course.length - 1);
    // The target is held within a tenth, and the load swings.
    const pods = (factor: number) => Math.max(sizing.minReplicas, Math.ceil((last * factor) / sizing.perPod));
    expect(outcome.lastReplicas).toBeGreaterThanOrEqual(pods(0.85));
    expect(outcome.lastReplicas).toBeLessThanOrEqual(pods(1.2));
  });

  it.each([
    [0.5, 0.13],
    [0.9, 0.001],
  ])('leaves few requests unserved when minReplicas is made for a share of %d', async (preparedShare, most) => {
    const plans = RUNS.filter((plan) => plan.preparedShare === preparedShare);
    const runs = await Promise.all(plans.map((plan) => playOnce(plan)));
    expect(Math.max(...runs.map(({ outcome }) => outcome.unservedShare))).toBeLessThan(most);
  });

  it('takes longer where nodes have to be added first, and gets there', async () => {
    const plan = { peakPerSecond: 100_000, preparedShare: 0.5, shape: STEP };
    const [room, newNode] = await Promise.all([
      playOnce(plan),
      playOnce({ ...plan, pod: { pendingSeconds: PENDING_SECONDS.newNode } }),
    ]);
    expect(newNode.outcome.reachedAfterSeconds).toBeGreaterThan(room.outcome.reachedAfterSeconds!);
    expect(newNode.outcome.reachedAfterSeconds).toBeLessThanOrEqual(240);
    expect(newNode.outcome.turns).toBeLessThanOrEqual(2);
  });

  it.each([0.3, 3])('keeps its word when a request costs %d of what was measured', async (factor) => {
    const other = {
      fromMemoryUs: costs.fromMemoryUs * factor,
      fromRedisUs: costs.fromRedisUs * factor,
      fromDatasetUs: costs.fromDatasetUs * factor,
    };
    const { outcome, sizing } = await play(chart, other, {
      ...{ peakPerSecond: 100_000, preparedShare: 0.5, shape: STEP },
    });
    expect(outcome.reachedAfterSeconds).toBeLessThanOrEqual(90);
    expect(outcome.mostReplicas).toBeLessThanOrEqual(sizing.maxReplicas);
    expect(outcome.turns).toBeLessThanOrEqual(2);
  });
});

describe('the chart’s own 3 to 30 pods', () => {
  const runs = async () => {
    const plans = await ownBoundsRuns(chart, costs);
    return Promise.all(plans.map(async (plan) => ({ ...plan, run: await playOnce(plan) })));
  };

  it('reach what each load needs within the time of the formula, within their bounds, without going to and fro', async () => {
    const all = await runs();
    const inTime = ({ run }: (typeof all)[number]) =>
      (run.outcome.reachedAfterSeconds ?? Infinity) <= run.promised().withinSeconds;
    expect(all.filter((one) => !inTime(one)).map(({ name, peakPerSecond }) => [name, peakPerSecond])).toEqual([]);
    for (const { run } of all) expectOrderly(run);
  });

  it('are the bounds that the chart renders, and enough for 10,000 requests/s without one more, whatever the mix', async () => {
    const all = await runs();
    const own = all.filter(({ set }) => set === undefined).map(({ run }) => run.sizing);
    expect(own.map(({ minReplicas, maxReplicas }) => [minReplicas, maxReplicas])).toEqual(own.map(() => [3, 30]));
    const first = all.filter((one) => one.peakPerSecond === 10_000 && one.set === undefined);
    expect(first.map(({ run }) => [run.outcome.reachedAfterSeconds, run.outcome.mostReplicas])).toEqual(
      first.map(() => [0, 3]),
    );
  });

  it('grow for more, and from one pod for 10,000 as well, and shrink again', async () => {
    const growing = (await runs()).filter((one) => one.peakPerSecond > 10_000 || one.set !== undefined);
    expect(growing).toHaveLength(5);
    for (const { run } of growing) {
      expect(run.outcome.mostReplicas).toBeGreaterThan(run.sizing.minReplicas);
      expect(run.outcome.lastReplicas).toBeLessThan(run.outcome.mostReplicas);
    }
  });
});

describe('settings that go wrong', () => {
  const outcomes = async (start: string) => {
    const one = MISJUDGEMENTS.find(({ name }) => name.startsWith(start));
    if (!one) throw new Error(`no misjudgement begins with "${start}"`);
    return Promise.all([playOnce(one.wrong), playOnce(one.right)]);
  };

  it.each(['a CPU limit below', 'a request that one event loop'])('%s: no pod is ever added', async (start) => {
    const [wrong, right] = await outcomes(start);
    expect([wrong.outcome.mostReplicas, wrong.outcome.reachedAfterSeconds]).toEqual([
      wrong.sizing.minReplicas,
      undefined,
    ]);
    expect(right.outcome.reachedAfterSeconds).toBeDefined();
  });

  it('no window for scaling in: pods come and go with each wave', async () => {
    const [wrong, right] = await outcomes('no window');
    expect(wrong.outcome.turns).toBeGreaterThan(2 * wrong.changes.length);
    expect(right.outcome.turns).toBeLessThanOrEqual(right.changes.length);
  });

  it('connections that stay: new pods get nothing to do', async () => {
    const [wrong, right] = await outcomes('connections');
    expect(wrong.outcome.reachedAfterSeconds).toBeUndefined();
    expect(wrong.outcome.unservedShare).toBeGreaterThan(5 * right.outcome.unservedShare);
  });

  it('a metric that is not delivered: pods are added, and never removed', async () => {
    const [wrong, right] = await outcomes('a metric that no adapter');
    expect(wrong.outcome.reachedAfterSeconds).toBe(right.outcome.reachedAfterSeconds);
    expect(wrong.outcome.lastReplicas).toBe(wrong.outcome.mostReplicas);
    expect(right.outcome.lastReplicas).toBe(right.sizing.minReplicas);
  });
});
