import { alignedTable } from '../report/aligned-table.js';
import { linePlot } from '../report/line-plot.js';
import { autoscalerSpec } from './autoscaler-spec.js';
import type { Misjudgement } from './misjudgements.js';
import type { Outcome } from './outcome.js';
import { DEAREST_SHARES, carriedPerSecond } from './own-bounds.js';
import {
  PEAKS,
  PREPARED_SHARES,
  perPodFor,
  plannedSizing,
  podModel,
  type PlayedRun,
  type RenderChart,
} from './plan.js';
import { meanCostUs, type HitShares, type MeasuredCosts } from './request-cost.js';

const MIXES: readonly (readonly [string, HitShares])[] = [
  ['all from memory', { memory: 1, redis: 0 }],
  ['9 of 10 from memory, 9 of 10 others from Redis', { memory: 0.9, redis: 0.9 }],
  ['planned: half from memory, 4 of 5 others from Redis', { memory: 0.5, redis: 0.8 }],
  ['half from memory, no Redis', { memory: 0.5, redis: 0 }],
  ['nothing is known, no Redis', DEAREST_SHARES],
];

const whole = (value: number) => Math.round(value).toLocaleString('en-US');
const percent = (share: number) => (share === 0 ? '0' : share < 0.0005 ? '< 0.1' : (share * 100).toFixed(1));

/** The measured costs, by way. */
export function costTable({ costs, names }: MeasuredCosts): string {
  return alignedTable(
    ['term', 'row of docs/performance.md', 'CPU, us'],
    [
      ['`cL1`', names.fromMemoryUs, costs.fromMemoryUs.toFixed(1)],
      ['`cL2`', names.fromRedisUs, costs.fromRedisUs.toFixed(1)],
      ['`cDB`', names.fromDatasetUs, costs.fromDatasetUs.toFixed(1)],
    ],
  );
}

/** Requests a second of a pod for several mixes. */
export async function mixTable(render: RenderChart, { costs }: MeasuredCosts): Promise<string> {
  const { autoscaler, deployment } = await render([]);
  const spec = autoscalerSpec(autoscaler);
  const pod = podModel(deployment, costs);
  return alignedTable(
    ['answers', 'c, us', 'R: requests/s of a pod at the target', 'at most'],
    MIXES.map(([name, shares]) => {
      const costUs = meanCostUs(costs, shares);
      const most = (pod.cores * 1e6) / costUs;
      return [name, costUs.toFixed(1), whole(perPodFor(costUs, spec, pod)), whole(most)];
    }),
  );
}

/** What to set for each peak, and what then comes to Redis and to DuckDB. */
export async function valuesTable(render: RenderChart, { costs }: MeasuredCosts): Promise<string> {
  const { autoscaler, deployment } = await render([]);
  const [spec, pod] = [autoscalerSpec(autoscaler), podModel(deployment, costs)];
  return alignedTable(
    [
      'peak, requests/s',
      ...PREPARED_SHARES.map((share) => `minReplicas for ${share * 100} % at once`),
      'maxReplicas',
      'Redis, commands/s',
      'DuckDB, queries/s of a pod',
    ],
    PEAKS.map((peak) => {
      const sizes = PREPARED_SHARES.map((share) => plannedSizing(peak, share, spec, pod));
      const last = sizes.at(-1)!;
      return [
        whole(peak),
        ...sizes.map(({ minReplicas }) => whole(minReplicas)),
        whole(last.maxReplicas),
        whole(last.redisPerSecond),
        whole(last.queriesPerPod),
      ];
    }),
  );
}

/** What the chart's own bounds carry, by mix. */
export async function ownBoundsTable(render: RenderChart, { costs }: MeasuredCosts): Promise<string> {
  const { minReplicas, maxReplicas } = autoscalerSpec((await render([])).autoscaler);
  const carried = await Promise.all(MIXES.map(([, shares]) => carriedPerSecond(render, costs, shares)));
  return alignedTable(
    ['answers', `peak that ${minReplicas} to ${maxReplicas} pods carry, requests/s`],
    MIXES.map(([name], i) => [name, whole(carried[i]!)]),
  );
}

/** Values for the chart, for a peak of 100,000 requests a second of which half can arrive at once. */
export async function exampleValues(render: RenderChart, { costs }: MeasuredCosts): Promise<string> {
  const { autoscaler, deployment } = await render([]);
  const sizing = plannedSizing(100_000, 0.5, autoscalerSpec(autoscaler), podModel(deployment, costs));
  return [
    '```yaml',
    '# 100,000 requests/s, of which half can arrive at once',
    'autoscaling:',
    `  minReplicas: ${sizing.minReplicas}`,
    `  maxReplicas: ${sizing.maxReplicas}`,
    'redis:',
    '  mode: external # and where it is: addresses, auth',
    'logging:',
    '  requestSample: 0.01',
    '```',
  ].join('\n');
}

/** A run and what it is called in a table. */
export interface NamedRun {
  readonly peakPerSecond: number;
  /** What minReplicas is made for, in words. */
  readonly madeFor: string;
  readonly name: string;
  readonly run: PlayedRun;
}

/** How runs went. */
export function runTable(runs: readonly NamedRun[]): string {
  return alignedTable(
    [
      ...['load', 'peak, requests/s', 'min for', 'min', 'max', 'within, s'],
      ...['enough pods after, s', 'not served, %', 'most pods', 'pods at the end', 'turns'],
    ],
    runs.map(({ peakPerSecond, madeFor, name, run: { sizing, outcome, promised } }) => [
      ...[name, whole(peakPerSecond), madeFor, whole(sizing.minReplicas), whole(sizing.maxReplicas)],
      ...[whole(promised().withinSeconds), ...outcomeCells(outcome)],
    ]),
  );
}

/** How runs with wrong settings went, beside the same with the chart's own. */
export function misjudgementTable(
  all: readonly (readonly [Misjudgement, wrong: PlayedRun, right: PlayedRun])[],
): string {
  return alignedTable(
    ['setting', 'enough pods after, s', 'not served, %', 'most pods', 'pods at the end', 'turns'],
    all.flatMap(([{ name }, wrong, right]) => [
      [name, ...outcomeCells(wrong.outcome)],
      ['the same, as the chart has it', ...outcomeCells(right.outcome)],
    ]),
  );
}

function outcomeCells(outcome: Outcome): readonly string[] {
  return [
    outcome.reachedAfterSeconds === undefined ? 'never' : whole(outcome.reachedAfterSeconds),
    percent(outcome.unservedShare),
    whole(outcome.mostReplicas),
    whole(outcome.lastReplicas),
    whole(outcome.turns),
  ];
}

/** The course of a run as SVG: load and what pods could serve, the pods, and how busy they are; a point every five seconds. */
export function capacityPlot(title: string, { course }: PlayedRun): string {
  const points = course.filter(({ second }) => second % 5 === 0);
  const line = (label: string, of: (moment: (typeof points)[number]) => number, steps = false) => ({
    ...{ label, steps, points: points.map((moment) => [moment.second, of(moment)] as const) },
  });
  return linePlot(title, [
    {
      title: 'requests/s',
      lines: [
        line('offered', ({ offeredPerSecond }) => offeredPerSecond),
        line('ready pods could serve', ({ capacityPerSecond }) => capacityPerSecond),
        line('not served', (moment) => moment.offeredPerSecond - moment.servedPerSecond),
      ],
    },
    {
      title: 'pods',
      lines: [line('wished for', ({ replicas }) => replicas, true), line('ready', ({ readyPods }) => readyPods, true)],
    },
    { title: 'use, % of the CPU request', lines: [line('use', ({ usePercent }) => usePercent)] },
  ]);
}

/** A page with what stands between the marks of a section replaced. Throws when it has no such section. */
export function withSection(page: string, name: string, markdown: string): string {
  const [begin, end] = [`<!-- begin ${name} -->`, `<!-- end ${name} -->`];
  const [start, stop] = [page.indexOf(begin), page.indexOf(end)];
  if (start < 0 || stop < start) throw new RangeError(`the page has no section between "${begin}" and "${end}"`);
  return `${page.slice(0, start + begin.length)}\n\n${markdown}\n\n${page.slice(stop)}`;
}
