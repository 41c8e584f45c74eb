import { Injectable } from '@nestjs/common';
import { CHARTS } from '#libs/catalog';
import type { EntryColumns } from '#libs/serving';
import { Dataset } from '../dataset/dataset.js';

/** Asks the serving file for entries with all their fields. */
@Injectable()
export class TracksRepository {
  constructor(private readonly dataset: Dataset) {}

  /** The entries of a list that was put in order when the dataset was built; none when the list does not exist. */
  list(listKey: number): Promise<EntryColumns> {
    return this.dataset.current.tables.read('top_list', [listKey]);
  }

  /** The entries of all charts of a region on a day, chart by chart. */
  charts(dayId: number, regionId: number): Promise<EntryColumns> {
    const { current } = this.dataset;
    const keys = CHARTS.map((_, chartId) => current.chart(dayId, regionId, chartId)).filter((key) => key !== undefined);
    return current.tables.read('chart', keys);
  }

  /** All entries on these pages of an artist. */
  pages(pageKeys: readonly number[]): Promise<EntryColumns> {
    return this.dataset.current.tables.read('artist_page', pageKeys);
  }
}
