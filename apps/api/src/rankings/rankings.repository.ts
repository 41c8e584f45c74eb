import { Injectable } from '@nestjs/common';
import type { EntryColumns } from '#libs/serving';
import type { OpenDataset } from '../dataset/open-dataset.js';

/** Asks the serving file for charts. */
@Injectable()
export class RankingsRepository {
  /** What `use` makes of the first entries of a chart by rank by region. */
  top<T>({ tables }: OpenDataset, chartKey: number, limit: number, use: (entries: EntryColumns) => T): Promise<T> {
    return tables.read('chart', [chartKey], use, limit);
  }
}
