import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeSection } from '../../loadtest/bench/performance-doc.js';
import { ROOT, filesUnder } from '../setup/tree.js';
import type { RecordedFault } from './fault-record.js';
import { faultTable, readFaults } from './reliability-page.js';

const PAGE = join(ROOT, 'docs/reliability.md');
const COMMAND = /`(?:FAULTS=all )?npm test -- (tests\/\S+) -t '[^']+'`/g;
const specs = filesUnder('tests/faults').filter((path) => /\.(?:e2e|long)-spec\.ts$/.test(path));

describe('docs/reliability.md', () => {
  it('is written from the faults of a run: UPDATE=1 and FAULTS_RECORD, as make test-faults sets them', async () => {
    const { UPDATE, FAULTS_RECORD } = process.env;
    if (UPDATE === '1' && FAULTS_RECORD !== undefined) {
      await writeSection('faults', faultTable(readFaults(FAULTS_RECORD)), join(ROOT, 'docs'), 'reliability.md');
    }
    const commands = [...readFileSync(PAGE, 'utf8').matchAll(COMMAND)].map(([, path]) => path!);
    expect(commands.length).toBeGreaterThan(0);
    const unknown = commands.filter((path) => !specs.some((spec) => spec.startsWith(`${path}.`)));
    expect(unknown).toEqual([]);
  });

  it('has a row of each file of faults', () => {
    const page = readFileSync(PAGE, 'utf8');
    const recording = specs.filter((path) => readFileSync(join(ROOT, path), 'utf8').includes('recordFault('));
    const missing = recording.filter((path) => !page.includes(path.replace(/\.(?:long|e2e)-spec\.ts$/, ' -t ')));
    expect(existsSync(PAGE)).toBe(true);
    expect(missing).toEqual([]);
  });
});

describe('the table of faults', () => {
  const fault: RecordedFault = {
    ...{ door: 'process', fault: 'a | b', sent: 12_000, failed: 1, worstMs: 1234.5, lost: 'nothing', seen: 'it ended' },
    command: "npm test -- tests/faults/x -t 'y'",
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
    expect(text).toContain('1 limits were missed');
    expect(text).toContain('a \\| b');
    expect(text).toContain('12,000');
    expect(text).toContain("`npm test -- tests/faults/x -t 'y'`");
  });
});
