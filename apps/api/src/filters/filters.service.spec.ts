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
    const { body } = new FiltersService(await built.served()).all();
    expect(JSON.parse(body.toString())).toEqual(new ExpectedAnswers(chartHistory()).filters());
    expect(built.queries).toEqual([]);
  });

  it('are prepared once for a version of the dataset', async () => {
    const dataset = await built.served();
    const service = new FiltersService(dataset);
    const first = service.all();
    expect(service.all()).toBe(first);
    Object.assign(dataset, { current: await built.open() });
    expect(service.all()).not.toBe(first);
    expect(service.all()).toEqual(first);
  });
});
