import type { Dataset } from '../dataset/dataset.js';
import { BuiltDataset } from '../dataset/testing/built-dataset.js';
import { chartHistory, REGIONS } from '../dataset/testing/chart-history.js';
import { ExpectedAnswers } from '../dataset/testing/expected-answers.js';
import { RankingsRepository } from './rankings.repository.js';
import { rankingsQuerySchema } from './rankings.schema.js';
import { RankingsService } from './rankings.service.js';

const ROWS = chartHistory();
const expected = new ExpectedAnswers(ROWS);

let built: BuiltDataset;
let dataset: Dataset;
let service: RankingsService;
beforeAll(async () => {
  built = await BuiltDataset.of(ROWS);
  dataset = await built.served();
  service = new RankingsService(dataset, new RankingsRepository());
});
afterAll(() => built.remove());

async function top(query: Readonly<Record<string, string>>) {
  const { load, contentLocation } = service.top(rankingsQuerySchema.parse(query));
  return { rows: JSON.parse((await load()).toString()) as unknown[], contentLocation };
}

describe('rankings', () => {
  it('are every chart as it was computed from plain rows', async () => {
    for (const date of expected.filters().dates) {
      for (const region of REGIONS) {
        for (const chart of ['top200', 'viral50']) {
          const { rows } = await top({ region, date, chart, limit: '1000' });
          expect(rows).toEqual(expected.rankings(region, date, chart));
        }
      }
    }
  });

  it('are as many as asked for, of the chart top200 unless said otherwise', async () => {
    const { date } = ROWS.find(({ region }) => region === 'Global')!;
    const all = expected.rankings('Global', date, 'top200');
    expect(all.length).toBeGreaterThan(10);
    expect((await top({ region: 'Global', date })).rows).toEqual(all.slice(0, 10));
    for (const limit of [1, 2, all.length - 1, all.length, all.length + 1]) {
      expect((await top({ region: 'Global', date, limit: String(limit) })).rows).toEqual(all.slice(0, limit));
    }
  });

  it('of the latest day are those of the last one that the region has of the chart, and say which it is', async () => {
    for (const region of REGIONS) {
      for (const chart of ['top200', 'viral50']) {
        const last = ROWS.findLast((row) => row.region === region && row.chart === chart)!.date;
        const { rows, contentLocation } = await top({ region, date: 'latest', chart, limit: '5' });
        expect(rows).toEqual(expected.rankings(region, last, chart).slice(0, 5));
        expect(contentLocation).toBe(
          `/rankings?region=${encodeURIComponent(region)}&date=${last}&limit=5&chart=${chart}`,
        );
      }
    }
    const last = (name: string) => ROWS.findLast(({ region }) => region === name)!.date;
    expect(last('Brazil') < last('Global')).toBe(true);
  });

  it.each([
    ['an unknown region', { region: 'Atlantis', date: '2021-03-01' }],
    ['a region in other letters', { region: 'global', date: 'latest' }],
    ['a day without charts', { region: 'Global', date: '2021-03-11' }],
    ['a day before all', { region: 'Global', date: '1970-01-01' }],
    ['an unknown region on the latest day', { region: '', date: 'latest' }],
  ])('are empty for %s, without a query', async (_, query) => {
    const before = built.queries.length;
    const body = await service.top({ limit: 10, chart: 'top200', ...query }).load();
    expect(body.toString()).toBe('[]');
    expect(built.queries.length).toBe(before);
  });

  it('are empty for a chart that the region does not have on that day, without a query', async () => {
    const days = expected.filters().dates;
    const missing = days.filter((date) => expected.rankings('Brazil', date, 'viral50').length === 0);
    expect(missing.length).toBeGreaterThan(3);
    const before = built.queries.length;
    for (const date of missing) expect((await top({ region: 'Brazil', date, chart: 'viral50' })).rows).toEqual([]);
    expect(built.queries.length).toBe(before);
  });

  it('asked at the same time do not mix', async () => {
    const days = expected.filters().dates.slice(0, 20);
    const answers = await Promise.all(days.map((date) => top({ region: 'Global', date, limit: '1000' })));
    expect(answers.map(({ rows }) => rows)).toEqual(days.map((date) => expected.rankings('Global', date, 'top200')));
  });
});
