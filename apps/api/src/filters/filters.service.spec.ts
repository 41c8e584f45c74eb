import { BuiltDataset } from '../dataset/testing/built-dataset.js';
import { chartHistory } from '../dataset/testing/chart-history.js';
import { ExpectedAnswers } from '../dataset/testing/expected-answers.js';
import { FiltersService } from './filters.service.js';

let built: BuiltDataset;
beforeAll(async () => {
  built = await BuiltDataset.of(chartHistory());
});
afterAll(() => built.remove());

describe('filters', () => {
  it('are all regions, artists and dates, each once and in order, without a query', async () => {
    const body = await new FiltersService(await built.served()).all().load();
    expect(JSON.parse(body.toString())).toEqual(new ExpectedAnswers(chartHistory()).filters());
    expect(built.queries).toEqual([]);
  });

  it('are prepared once for a version of the dataset', async () => {
    const dataset = await built.served();
    const service = new FiltersService(dataset);
    const first = service.all().load();
    expect(service.all().load()).toBe(first);
    Object.assign(dataset, { current: await built.open() });
    expect(service.all().load()).not.toBe(first);
    expect(service.all().load()).toEqual(first);
  });
});
