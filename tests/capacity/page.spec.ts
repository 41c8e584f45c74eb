import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as page from '../../loadtest/capacity/capacity-page.js';
import { MISJUDGEMENTS } from '../../loadtest/capacity/misjudgements.js';
import { ownBoundsRuns } from '../../loadtest/capacity/own-bounds.js';
import { PENDING_SECONDS, type PlannedRun } from '../../loadtest/capacity/plan.js';
import { ROOT } from '../setup/tree.js';
import { RUNS, STEP, chart, costs, measured, playOnce } from './runs.js';

const PAGE = join(ROOT, 'docs/capacity.md');
const PLOT = join(ROOT, 'docs/capacity-step.svg');

describe('docs/capacity.md', () => {
  it('holds what the simulation gives; UPDATE=1 npm test -- tests/capacity writes it anew', async () => {
    const named = async (plan: PlannedRun & { readonly name: string }, madeFor: string) => {
      return { ...plan, madeFor, run: await playOnce(plan) };
    };
    const runs = await Promise.all(RUNS.map((plan) => named(plan, `${plan.preparedShare * 100} %`)));
    const own = await Promise.all((await ownBoundsRuns(chart, costs)).map((plan) => named(plan, 'its own')));
    const newNode = await playOnce({
      ...{ peakPerSecond: 100_000, preparedShare: 0.5, shape: STEP },
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
      carried: await page.ownBoundsTable(chart, measured),
      own: page.runTable(own),
      runs: page.runTable([
        ...runs,
        {
          peakPerSecond: 100_000,
          madeFor: '50 %',
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
