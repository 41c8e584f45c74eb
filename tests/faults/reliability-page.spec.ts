import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeSection } from '../../loadtest/bench/performance-doc.js';
import { ROOT, filesUnder } from '../setup/tree.js';
import type { RecordedFault } from './fault-record.js';
import { faultTable, mergedTable, readFaults } from './reliability-page.js';

const PAGE = join(ROOT, 'docs/reliability.md');
const COMMAND = /`FAULTS=(?:all|short) (?:HOSTILE_CASES=\d+ )?npm test -- (tests\/[\w/-]+)(?: -t '[^']+')?`/g;
const specs = filesUnder('tests').filter((path) => /\.(?:e2e|long)-spec\.ts$/.test(path));

describe('docs/reliability.md', () => {
  it('is written from the faults of a run: UPDATE=1 and FAULTS_RECORD, as make test-faults sets them', async () => {
    const { UPDATE, FAULTS_RECORD } = process.env;
    if (UPDATE !== undefined && FAULTS_RECORD !== undefined) {
      const faults = readFaults(FAULTS_RECORD);
      const text = UPDATE === 'merge' ? mergedTable(readFileSync(PAGE, 'utf8'), faults) : faultTable(faults);
      await writeSection('faults', text, join(ROOT, 'docs'), 'reliability.md');
    }
    const commands = [...readFileSync(PAGE, 'utf8').matchAll(COMMAND)].map(([, path]) => path!);
    expect(commands.length).toBeGreaterThan(0);
    const unknown = commands.filter((path) => !specs.some((spec) => spec.startsWith(`${path}.`)));
    expect(unknown).toEqual([]);
  });

  it('has a row of each file of faults', () => {
    const page = readFileSync(PAGE, 'utf8');
    const recording = specs.filter((path) =>
      readFileSync(join(ROOT, path), 'utf8').match(/recordFault\(|tally\.record\(/),
    );
    const missing = recording.filter(
      (path) => !new RegExp(`npm test -- ${path.replace(/\.(?:long|e2e)-spec\.ts$/, '')}(?: -t|\u0060)`).test(page),
    );
    expect(existsSync(PAGE)).toBe(true);
    expect(missing).toEqual([]);
  });
});

describe('the table of faults', () => {
  const fault: RecordedFault = {
    ...{ door: 'process', fault: 'a | b', sent: 12_000, failed: 1, worstMs: 1234.5, lost: 'nothing', seen: 'it ended' },
    day: '2026-01-31',
    command: "FAULTS=short npm test -- tests/faults/x -t 'y'",
  };

  it('has the doors in order, and what missed its limit in bold', () => {
    const kept = { name: 'recovery, s', value: 2.345, most: 5 };
    const missed = { name: 'goodput', value: 0.7, least: 0.85 };
    const seen = { name: 'p99, ms', value: 7 };
    const text = faultTable([
      { ...fault, limits: [kept, missed, seen] },
      { ...fault, door: 'Redis', fault: 'killed' },
    ]);
    expect(text.indexOf('| Redis')).toBeLessThan(text.indexOf('| process'));
    expect(text).toContain('recovery, s 2.35 (at most 5); **goodput 0.7 (at least 0.85)**; p99, ms 7 |');
    expect(text).toContain('| 1,235 ');
    expect(text).toContain('Limits missed: 1');
    expect(text).toContain('a \\| b');
    expect(text).toContain('12,000');
    expect(text).toContain("2026-01-31 | `FAULTS=short npm test -- tests/faults/x -t 'y'`");
  });

  it('gets rows of faults that were injected alone in place of the old ones of the same command', () => {
    const other = { ...fault, fault: 'z', command: "FAULTS=all npm test -- tests/faults/z -t 'z'" };
    const bad = { name: 'goodput', value: 0.7, least: 0.85 };
    const page = `# Page\n\n${faultTable([fault, { ...fault, fault: 'another of it' }, { ...other, limits: [bad] }])}\n\n| a | b |`;
    const merged = mergedTable(page, [{ ...fault, door: 'Redis', sent: 7, day: '2026-02-01' }]);
    expect(merged.split('\n').filter((line) => line.startsWith('|'))).toEqual([
      ...faultTable([fault]).split('\n').slice(2, 4),
      expect.stringMatching(/^\| Redis \| a \\\| b \| 7 \|.* 2026-02-01 \|/) as string,
      ...faultTable([{ ...other, limits: [bad] }])
        .split('\n')
        .slice(4),
    ]);
    expect(merged).toContain('Limits missed: 1');
    expect(mergedTable(merged, [])).toBe(merged);
  });
});
