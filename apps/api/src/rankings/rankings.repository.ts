import { Injectable } from '@nestjs/common';
import type { EntryColumns } from '#libs/serving';
import { Dataset } from '../dataset/dataset.js';

/** Asks the serving file for charts. */
@Injectable()
export class RankingsRepository {
  constructor(private readonly dataset: Dataset) {}

  /** The first entries of a chart by rank by region. */
  top(chartKey: number, limit: number): Promise<EntryColumns> {
    return this.dataset.current.tables.read('chart', [chartKey], undefined, limit);
  }
}
