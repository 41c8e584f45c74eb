import { readFileSync } from 'node:fs';
import { describeMachine } from '../../loadtest/bench/machine.js';
import { table } from '../../loadtest/bench/performance-doc.js';
import { isKept, type Limit, type RecordedFault } from './fault-record.js';

/** The order of the doors on the page; others follow. */
const DOORS = ['Redis', 'process', 'dataset', 'overload', 'connections', 'input'];

/** The faults of a run, from the file that FAULTS_RECORD named. Throws when it holds none. */
export function readFaults(file: string): readonly RecordedFault[] {
  const lines = readFileSync(file, 'utf8').trim().split('\n');
  const faults = lines.filter((line) => line !== '').map((line) => JSON.parse(line) as RecordedFault);
  if (faults.length === 0) throw new Error(`${file} holds no fault: run make test-faults`);
  return faults;
}

const HEAD = ['door', 'fault', 'sent', 'failed', 'worst, ms', 'data lost', 'seen', 'day', 'command'];
const SEEN = HEAD.indexOf('seen');

/** Cells of a row as they stand in the table. */
type Row = readonly string[];

/** The table of docs/reliability.md in Markdown: a row for each fault, those of a door together. */
export function faultTable(faults: readonly RecordedFault[]): string {
  return written(faults.map(row));
}

/**
 * The table as it stands in a page, with the rows of these faults in place of those of the same commands: what was
 * injected alone, or is new, comes to the page without all the others.
 */
export function mergedTable(page: string, faults: readonly RecordedFault[]): string {
  const fresh = faults.map(row);
  const anew = new Set(fresh.map((cells) => cells.at(-1)));
  const kept = page
    .split('\n')
    .filter((line) => /^\|.*npm test -- .*\|$/.test(line))
    .map((line) =>
      line
        .slice(1, -1)
        .split(/(?<!\\)\|/, HEAD.length)
        .map((cell) => cell.trim()),
    )
    .filter((cells) => !anew.has(cells.at(-1)));
  return written([...kept, ...fresh]);
}

function written(rows: readonly Row[]): string {
  const place = ([door = '']: Row) => (DOORS.includes(door) ? DOORS.indexOf(door) : DOORS.length);
  const missed = rows.flatMap((cells) => cells[SEEN]?.match(/\*\*[^*]+\*\*/g) ?? []).length;
  const verdict = missed === 0 ? 'All limits were kept.' : `**Limits missed: ${missed}**, set in bold.`;
  const sorted = rows.toSorted((a, b) => place(a) - place(b));
  return `${describeMachine()}; the load shares its cores. ${verdict}\n\n${table(HEAD, sorted)}`;
}

function row({ door, fault, sent, failed, worstMs, lost, seen, limits = [], day, command }: RecordedFault): Row {
  const cells = [
    ...[door, fault, sent.toLocaleString('en-US'), failed.toLocaleString('en-US')],
    ...[worstMs === undefined ? '' : rounded(worstMs), lost],
    [seen, ...limits.map(figure)].filter((text) => text !== '').join('; '),
    day,
  ];
  return [...cells.map((cell) => cell.replaceAll('|', '\\|')), `\`${command.replaceAll('|', '.')}\``];
}

/** A figure beside its limit, if it has one, in bold when that was missed. */
function figure(limit: Limit): string {
  const { name, value, most, least } = limit;
  const bound = most !== undefined ? ` (at most ${most})` : least !== undefined ? ` (at least ${least})` : '';
  const text = `${name} ${rounded(value)}${bound}`;
  return isKept(limit) ? text : `**${text}**`;
}

function rounded(value: number): string {
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  return Number(value.toFixed(digits)).toLocaleString('en-US');
}
