import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inspect } from 'node:util';
import * as page from '../loadtest/capacity/capacity-page.js';
import { MISJUDGEMENTS } from '../loadtest/capacity/misjudgements.js';
import {
  PEAKS,
  PENDING_SECONDS,
  PREPARED_SHARES,
  SHAPES,
  play,
  type PlannedRun,
  type PlayedRun,
  type RenderChart,
} from '../loadtest/capacity/plan.js';
import { measuredCosts } from '../loadtest/capacity/request-cost.js';
import { render } from './helm/chart.js';
import { only } from './kubernetes/objects.js';
import { ROOT } from './setup/tree.js';

const PAGE = join(ROOT, 'docs/capacity.md');
const PLOT = join(ROOT, 'docs/capacity-step.svg');
const measured = measuredCosts(JSON.parse(readFileSync(join(ROOT, 'docs/performance.json'), 'utf8')));
const { costs } = measured;

/** The one place that knows where the HPA comes from: the chart, each set of values rendered once. */
const rendered = new Map<string, ReturnType<RenderChart>>();
const chart: RenderChart = (set) => {
  const key = set.join(' ');
  const known =
    rendered.get(key) ??
    render({ set }).then((objects) => ({
      autoscaler: only(objects, 'HorizontalPodAutoscaler'),
      deployment: only(objects, 'Deployment'),
    }));
  rendered.set(key, known);
  return known;
};

/** Seconds within which there are enough pods, by the share of the peak that minReplicas was made for. */
const WITHIN: Readonly<Record<string, readonly (readonly [preparedShare: number, seconds: number])[]>> = {
  [SHAPES[0]!.name]: [
    [0.1, 420],
    [0.5, 90],
    [0.9, 0],
  ],
  // Pods that are made for a tenth come too late for two minutes of load: that is what the page says.
  [SHAPES[1]!.name]: [
    [0.1, Infinity],
    [0.5, 90],
    [0.9, 0],
  ],
  [SHAPES[2]!.name]: [
    [0.1, 300],
    [0.5, 60],
    [0.9, 0],
  ],
};
const within = (name: string, preparedShare: number) => WITHIN[name]?.find(([share]) => share === preparedShare)?.[1];

const RUNS = SHAPES.flatMap((shape) =>
  PREPARED_SHARES.flatMap((preparedShare) =>
    PEAKS.map((peakPerSecond) => ({ peakPerSecond, preparedShare, shape, name: shape.name })),
  ),
);

/** Each plan is played once, whatever is asked of it. */
const played = new Map<string, Promise<PlayedRun>>();
const playOnce = (plan: PlannedRun): Promise<PlayedRun> => {
  const key = inspect([plan.shape.name, plan.peakPerSecond, plan.preparedShare, plan.set, plan.pod, plan.swing]);
  const run = played.get(key) ?? play(chart, costs, plan);
  played.set(key, run);
  return run;
};

describe('the chart’s autoscaler in virtual time', () => {
  it.each(RUNS)('$name of $peakPerSecond/s, minReplicas for a share of $preparedShare', async (plan) => {
    const { sizing, outcome, course, changes } = await playOnce(plan);
    expect(outcome.reachedAfterSeconds ?? Infinity).toBeLessThanOrEqual(within(plan.name, plan.preparedShare)!);
    expect(outcome.mostReplicas).toBeLessThanOrEqual(sizing.maxReplicas);
    expect(Math.min(...course.map(({ replicas }) => replicas))).toBeGreaterThanOrEqual(sizing.minReplicas);
    expect(outcome.turns).toBeLessThanOrEqual(changes.length);
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
    const plan = { peakPerSecond: 100_000, preparedShare: 0.5, shape: SHAPES[0]! };
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
      ...{ peakPerSecond: 100_000, preparedShare: 0.5, shape: SHAPES[0]! },
    });
    expect(outcome.reachedAfterSeconds).toBeLessThanOrEqual(90);
    expect(outcome.mostReplicas).toBeLessThanOrEqual(sizing.maxReplicas);
    expect(outcome.turns).toBeLessThanOrEqual(2);
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

describe('docs/capacity.md', () => {
  it('holds what the simulation gives; UPDATE=1 npm test -- tests/capacity writes it anew', async () => {
    const runs = await Promise.all(RUNS.map(async (plan) => ({ ...plan, run: await playOnce(plan) })));
    const newNode = await playOnce({
      ...{ peakPerSecond: 100_000, preparedShare: 0.5, shape: SHAPES[0]! },
      pod: { pendingSeconds: PENDING_SECONDS.newNode },
    });
    const wrong = await Promise.all(
      MISJUDGEMENTS.map(async (one) => [one, await playOnce(one.wrong), await playOnce(one.right)] as const),
    );
    const sections = {
      machine: `${measured.machine}.`,
      costs: page.costTable(measured),
      mixes: await page.mixTable(chart, measured),
      values: await page.valuesTable(chart, measured),
      example: await page.exampleValues(chart, measured),
      runs: page.runTable([
        ...runs,
        {
          peakPerSecond: 100_000,
          preparedShare: 0.5,
          name: 'the same step, on nodes that are added first',
          run: newNode,
        },
      ]),
      wrong: page.misjudgementTable(wrong),
    };
    const plotted = runs.find(({ peakPerSecond, preparedShare }) => peakPerSecond === 100_000 && preparedShare === 0.1);
    const plot = page.capacityPlot('10,000 to 100,000 requests/s at once, minReplicas for 10 %', plotted!.run);
    const whole = (text: string) =>
      Object.entries(sections).reduce((all, [name, section]) => page.withSection(all, name, section), text);
    if (process.env['UPDATE'] === '1') {
      writeFileSync(PAGE, whole(readFileSync(PAGE, 'utf8')));
      writeFileSync(PLOT, plot);
    }
    const text = readFileSync(PAGE, 'utf8');
    expect(text).toBe(whole(text));
    expect(readFileSync(PLOT, 'utf8')).toBe(plot);
  });
});
