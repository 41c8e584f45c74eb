import { linePlot, type PlotLine, type PlotPanel } from './line-plot.js';
import type { Moment, Overall } from './merge.js';
import type { ReplicaSample } from './replicas.js';

/**
 * The course of a run as SVG: answers a second, latencies, failures and dropped requests a second, and the replicas where
 * samples were taken. Throws a RangeError when no runner told its course.
 */
export function coursePlot(title: string, { course, startedAtMs }: Overall, samples: readonly ReplicaSample[]): string {
  const line = (label: string, of: (moment: Moment) => number | undefined): PlotLine => ({
    ...{ label, points: course.map((moment) => [moment.second, of(moment)] as const) },
  });
  const ms = (label: string, share: number) =>
    line(label, ({ latency }) => (latency.count === 0 ? undefined : latency.quantile(share) / 1000));
  if (course.length === 0) throw new RangeError('no runner told its course, so there is nothing to plot');
  const panels: PlotPanel[] = [
    { title: 'answers/s', lines: [line('answers', ({ answeredPerSecond }) => answeredPerSecond)] },
    { title: 'latency, ms', logarithmic: true, lines: [ms('p50', 0.5), ms('p99', 0.99), ms('p99.9', 0.999)] },
    {
      title: 'errors/s',
      lines: [
        line('failed', ({ failedPerSecond }) => failedPerSecond),
        line('dropped', ({ droppedPerSecond }) => droppedPerSecond),
      ],
    },
  ];
  const points = replicaPoints(samples, startedAtMs / 1000);
  if (points.length > 0) panels.push({ title: 'replicas', lines: [{ label: 'replicas', points, steps: true }] });
  return linePlot(title, panels);
}

/** Samples from the start on, and the last one before it as what there was at the start. */
function replicaPoints(samples: readonly ReplicaSample[], start: number): readonly (readonly [number, number])[] {
  const before = samples.filter(({ epochSeconds }) => epochSeconds < start).at(-1);
  const during = samples.filter(({ epochSeconds }) => epochSeconds >= start);
  return [
    ...(before ? [[0, before.replicas] as const] : []),
    ...during.map(({ epochSeconds, replicas }) => [epochSeconds - start, replicas] as const),
  ];
}
