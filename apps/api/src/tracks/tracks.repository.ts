import { Injectable } from '@nestjs/common';
import { CHARTS } from '#libs/catalog';
import type { EntryColumns } from '#libs/serving';
import type { OpenDataset } from '../dataset/open-dataset.js';

type UseEntries<T> = (entries: EntryColumns) => T;

/** Asks the serving file for entries with all their fields; each answer is what `use` makes of the entries. */
@Injectable()
export class TracksRepository {
  /** The entries of a list that was put in order when the dataset was built; none when the list does not exist. */
  list<T>({ tables }: OpenDataset, listKey: number, use: UseEntries<T>): Promise<T> {
    return tables.read('top_list', [listKey], use);
  }

  /** The entries of all charts of a region on a day, chart by chart. */
  charts<T>(dataset: OpenDataset, dayId: number, regionId: number, use: UseEntries<T>): Promise<T> {
    const keys = CHARTS.map((_, chartId) => dataset.chart(dayId, regionId, chartId)).filter((key) => key !== undefined);
    return dataset.tables.read('chart', keys, use);
  }

  /** All entries on these pages of an artist. */
  pages<T>({ tables }: OpenDataset, pageKeys: readonly number[], use: UseEntries<T>): Promise<T> {
    return tables.read('artist_page', pageKeys, use);
  }
}
