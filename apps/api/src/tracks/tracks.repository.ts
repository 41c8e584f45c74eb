import { Injectable } from '@nestjs/common';
import { CHARTS } from '#libs/catalog';
import type { WantedRows } from '../dataset/entry-tables.js';
import type { OpenDataset } from '../dataset/open-dataset.js';

/** Knows which rows of the serving file hold the entries with the most streams. */
@Injectable()
export class TracksRepository {
  /** A list that was put in order when the dataset was built; without entries when it does not exist. */
  list(listKey: number): WantedRows {
    return { table: 'top_list', keys: [listKey] };
  }

  /** The entries of all charts of a region on a day, chart by chart. */
  charts(dataset: OpenDataset, dayId: number, regionId: number): WantedRows {
    const keys = CHARTS.map((_, chartId) => dataset.chart(dayId, regionId, chartId)).filter((key) => key !== undefined);
    return { table: 'chart', keys };
  }

  /** All entries on these pages of an artist. */
  pages(pageKeys: readonly number[]): WantedRows {
    return { table: 'artist_page', keys: pageKeys };
  }
}
