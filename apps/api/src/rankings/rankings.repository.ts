import { Injectable } from '@nestjs/common';
import type { WantedRows } from '../dataset/entry-tables.js';

/** Knows which rows of the serving file are charts. */
@Injectable()
export class RankingsRepository {
  /** The first entries of a chart by rank by region. */
  top(chartKey: number, limit: number): WantedRows {
    return { table: 'chart', keys: [chartKey], firstOfEach: limit };
  }
}
