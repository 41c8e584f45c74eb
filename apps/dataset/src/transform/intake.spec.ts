import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { parse } from 'csv-parse/sync';
import { REJECTS_FILE, type DatasetVersion } from '#libs/catalog';
import { UsageError } from '../reporting.js';
import { REJECT_REASONS, type RejectReason } from '../rows.js';
import { BuildFolder } from './testing/build-folder.js';
import { chartCsv, chartDays, chartRow, type ChartRow } from './testing/chart-rows.js';

let folder: BuildFolder;
beforeAll(async () => {
  folder = await BuildFolder.create();
});
afterAll(() => folder.remove());

async function rejectedRows({ folder: version }: DatasetVersion): Promise<Record<string, string>[]> {
  const text = gunzipSync(await readFile(join(version, REJECTS_FILE))).toString();
  return parse(text, { columns: true });
}

describe('a bad row', () => {
  const line = (change: Partial<ChartRow>) => Buffer.from(chartCsv([chartRow(change)]).split('\n')[1]!);
  const BAD: readonly (readonly [RejectReason, Buffer])[] = [
    ['field-count', Buffer.from('Tin Lanterns,1,2021-03-01,Ona Bel,,Global,top200,')],
    ['field-count', Buffer.concat([line({}), Buffer.from(',')])],
    ['quoting', Buffer.from('"Tin" Lanterns,1,2021-03-01,Ona Bel,,Global,top200,,5')],
    ['not-utf8', Buffer.from('Tin \xff,1,2021-03-01,Ona Bel,,Global,top200,,5', 'latin1')],
    ['too-long', line({ title: 'x'.repeat(66_000) })],
    ['no-date', line({ date: '' })],
    ['date', line({ date: '2021-02-29' })],
    ['date', line({ date: '2021-3-1' })],
    ['no-rank', line({ rank: '' })],
    ['rank', line({ rank: '0' })],
    ['rank', line({ rank: '1001' })],
    ['rank', line({ rank: '1.5' })],
    ['no-region', line({ region: '' })],
    ['chart', line({ chart: 'top50' })],
    ['chart', line({ chart: '' })],
    ['streams', line({ streams: '-1' })],
    ['streams', line({ streams: '5.5' })],
    ['streams', line({ streams: '4294967295' })],
  ];

  it('goes to the rejects with file, line and reason, and leaves the others as they are', async () => {
    const good = [chartRow({ title: 'Two\nLines' }), chartRow({ rank: '2', title: 'Low' })];
    const [header, first, , second] = chartCsv(good).split('\n');
    expect(second).toContain('Low');
    const head = chartCsv(good.slice(0, 1)).trimEnd();
    expect(head).toContain(`${header}\n${first}`);
    const lines = [Buffer.from(head), ...BAD.map(([, row]) => row), Buffer.from(second!)];
    const content = Buffer.concat(lines.flatMap((row) => [row, Buffer.from('\n')]));
    const version = await folder.build({ 'bad.csv': content, 'good.csv': chartCsv([]) }, { maxRejects: 1 });

    const expected = BAD.map(([reason], i) => ({
      file: 'bad.csv',
      line: String(i + 4),
      reason: REJECT_REASONS[reason],
    }));
    const found = await rejectedRows(version);
    expect(found.map(({ row: _, ...rest }) => rest)).toEqual(expected);
    expect(found[5]!['row']).toBe(BAD[5]![1].toString());
    const counts: Record<string, number> = {};
    for (const [reason] of BAD) counts[reason] = (counts[reason] ?? 0) + 1;
    expect(version.manifest.rejects).toEqual(counts);
    expect(version.manifest.sources).toMatchObject([
      { name: 'bad.csv', rows: BAD.length + 2, rejected: BAD.length },
      { name: 'good.csv', rows: 0, rejected: 0 },
    ]);
    expect(version.manifest.version).toBe((await folder.build({ 'good.csv': chartCsv(good) })).manifest.version);
  });

  it('of which there are more than allowed fails the build, with counts by reason', async () => {
    const rows = [...chartDays(1, ['Global'], 49), chartRow({ rank: 'x' }), chartRow({ date: '' })];
    const csv = { 'charts.csv': chartCsv(rows) };
    await expect(folder.build(csv, { maxRejects: 0.019 })).rejects.toThrow(UsageError);
    await expect(folder.build(csv, { maxRejects: 0.019 })).rejects.toThrow(
      '2 of 100 rows (2.00 %) are bad, more than --max-rejects 1.9% allows; nothing was published. ' +
        `By reason: 1 × ${REJECT_REASONS['no-date']}; 1 × ${REJECT_REASONS.rank}.`,
    );
    await expect(folder.build(csv, { maxRejects: 0.02 })).resolves.toMatchObject({
      manifest: { rejects: { rank: 1 } },
    });
  });

  it('too many of them leave no manifest that would make the folder a version', async () => {
    const workplace = await BuildFolder.create();
    await expect(workplace.build({ 'a.csv': chartCsv([chartRow({ rank: '' })]) })).rejects.toThrow('100.00 %');
    expect(await readdir(workplace.at('build-1/version'))).toEqual([REJECTS_FILE]);
    await workplace.remove();
  });

  it('is allowed in a share as people write it', async () => {
    const rows = [chartRow(), chartRow({ rank: '' })];
    await expect(folder.build({ 'a.csv': chartCsv(rows) }, { maxRejects: 0.07 })).rejects.toThrow(
      '--max-rejects 7% allows',
    );
  });
});
