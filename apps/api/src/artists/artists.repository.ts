import { Injectable } from '@nestjs/common';
import { CHARTS, type Chart } from '#libs/catalog';
import { EntryColumns } from '#libs/serving';
import { Dataset } from '../dataset/dataset.js';

/** Asks the serving file for an artist's history. */
@Injectable()
export class ArtistsRepository {
  constructor(private readonly dataset: Dataset) {}

  /**
   * The entries `[offset, offset + limit)` of an artist by day, region, chart, rank by region and title, over both
   * charts or over one.
   */
  async history(artistId: number, offset: number, limit: number, chart: Chart | undefined): Promise<EntryColumns> {
    const { pages, tables } = this.dataset.current;
    const before = new Map(pages.range(artistId, offset, limit, chart).map((page) => [page.key, page.before]));
    const chartId = chart === undefined ? undefined : CHARTS.indexOf(chart);
    const history = new EntryColumns();
    await tables.read('artist_page', [...before.keys()], (key, start, end, entries) => {
      let position = before.get(key)!;
      for (let i = start; i < end; i++) {
        if (chartId !== undefined && entries.chartIds[i] !== chartId) continue;
        if (position >= offset && position < offset + limit) history.push(entries, i);
        position++;
      }
    });
    return history;
  }
}
