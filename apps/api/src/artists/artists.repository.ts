import { Injectable } from '@nestjs/common';
import { CHARTS, type Chart } from '#libs/catalog';
import type { EntryColumns } from '#libs/serving';
import type { WantedRows } from '../dataset/entry-tables.js';
import type { OpenDataset } from '../dataset/open-dataset.js';

/** Which part of an artist's history. */
export interface HistoryRange {
  readonly offset: number;
  readonly limit: number;
  readonly chart?: Chart | undefined;
}

/** Knows which rows of the serving file are an artist's history. */
@Injectable()
export class ArtistsRepository {
  /**
   * The entries `[offset, offset + limit)` of an artist by day, region, chart, rank by region and title, over both charts or
   * over one.
   */
  history({ pages }: OpenDataset, artistId: number, { offset, limit, chart }: HistoryRange): WantedRows {
    const range = pages.range(artistId, offset, limit, chart);
    const chartId = chart === undefined ? undefined : CHARTS.indexOf(chart);
    const narrow = (entries: EntryColumns) => {
      let position = range[0]?.before ?? 0;
      let kept = 0;
      for (let i = 0; i < entries.length; i++) {
        if (chartId !== undefined && entries.chartIds[i] !== chartId) continue;
        // Moved together: what is kept comes before what is looked at.
        if (position >= offset && position < offset + limit) entries.put(kept++, entries, i);
        position++;
      }
      entries.length = kept;
    };
    return { table: 'artist_page', keys: range.map(({ key }) => key), narrow };
  }
}
