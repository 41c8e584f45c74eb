import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { only } from '../kubernetes/objects.js';
import { optionalTool } from '../setup/optional-tool.js';
import { ALERT_CASES, type AlertCase, type Series } from './alert-cases.js';
import { render } from './chart.js';

interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly for: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

const promtool = optionalTool('promtool', 'sh tests/setup/install-tools.sh takes it out of the package of Debian.');
const NAMES = Object.keys(ALERT_CASES);

let folder: string;
let groups: readonly { readonly rules: readonly Rule[] }[];
let rules: readonly Rule[];
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'alerts-'));
  const object = only(await render({ cases: ['monitoring'] }), 'PrometheusRule') as {
    spec?: { groups?: typeof groups };
  };
  ({ groups = [] } = object.spec!);
  rules = groups.flatMap((group) => group.rules);
  writeFileSync(join(folder, 'rules.yaml'), stringify({ groups }));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** The rule of an alert, with its case, the minutes it waits and the last number of its expression. */
function caseOf(name: string) {
  const rule = rules.find(({ alert }) => alert === `SpotifyCharts${name}`)!;
  const waits = Number(/^(\d+)m$/.exec(rule.for)![1]);
  const threshold = Number(/([\d.]+)\s*$/.exec(rule.expr)?.[1] ?? NaN);
  return { rule, waits, threshold, ...(ALERT_CASES[name] as AlertCase) };
}

/** What promtool says of a rule that is told these series: empty when it fires, or does not, as expected. */
function evaluated(rule: Rule, series: readonly Series[], minutes: number, fires: AlertCase['labels'] | false): string {
  const alerts =
    fires === false ? [] : [{ exp_labels: { ...rule.labels, ...fires }, exp_annotations: rule.annotations }];
  const test = {
    rule_files: ['rules.yaml'],
    evaluation_interval: '1m',
    tests: [
      {
        interval: '1m',
        input_series: series.map(([name, values]) => ({ series: name, values })),
        alert_rule_test: [{ eval_time: `${minutes}m`, alertname: rule.alert, exp_alerts: alerts }],
      },
    ],
  };
  writeFileSync(join(folder, 'test.yaml'), stringify(test));
  const { status, stdout, stderr } = spawnSync(promtool!, ['test', 'rules', 'test.yaml'], {
    cwd: folder,
    encoding: 'utf8',
  });
  return status === 0 ? '' : stdout + stderr || `ended with ${status}`;
}

it('The chart has no alert that is not evaluated here, and no other', () => {
  expect(NAMES.map((name) => `SpotifyCharts${name}`).toSorted()).toEqual(rules.map(({ alert }) => alert).toSorted());
});

(promtool === undefined ? describe.skip : describe)('alerts', () => {
  it('are rules that Prometheus reads', () => {
    const { status, stdout, stderr } = spawnSync(promtool!, ['check', 'rules', join(folder, 'rules.yaml')], {
      encoding: 'utf8',
    });
    expect([status, status === 0 ? '' : stdout + stderr]).toEqual([0, '']);
  });

  it.each(NAMES)('SpotifyCharts%s fires when it is bad for long enough, not before', (name) => {
    const { rule, waits, threshold, firing, labels = {}, lookBack = 0 } = caseOf(name);
    const series = firing(threshold);
    expect(evaluated(rule, series, lookBack + waits + 1, labels)).toBe('');
    expect(evaluated(rule, series, waits - 1, false)).toBe('');
  });

  it.each(NAMES)('SpotifyCharts%s does not fire when it is just not bad enough', (name) => {
    const { rule, waits, threshold, quiet, lookBack = 0 } = caseOf(name);
    expect(evaluated(rule, quiet(threshold), lookBack + waits + 10, false)).toBe('');
  });

  it('are found to be wrong when they are', () => {
    const { rule, waits, threshold, quiet } = caseOf('Down');
    expect(evaluated(rule, quiet(threshold), waits + 10, {})).toContain('exp:');
  });
});
