import { Injectable } from '@nestjs/common';
import type { EntryColumns } from '#libs/serving';
import { Dataset } from '../dataset/dataset.js';

/** Asks the serving file for charts. */
@Injectable()
export class RankingsRepository {
  constructor(private readonly dataset: Dataset) {}

  /** What `use` makes of the first entries of a chart by rank by region. */
  top<T>(chartKey: number, limit: number, use: (entries: EntryColumns) => T): Promise<T> {
    return this.dataset.current.tables.read('chart', [chartKey], use, limit);
  }
}
