import { Injectable } from '@nestjs/common';
import { CHARTS } from '#libs/catalog';
import { NO_STREAMS, type EntryColumns } from '#libs/serving';
import { Dataset } from '../dataset/dataset.js';
import { NO_ARTIST } from '../dataset/dictionaries.js';
import type { OpenDataset } from '../dataset/open-dataset.js';
import { firstMember, JsonRows, member, NULL } from '../dataset/json-rows.js';
import { canonicalUrl, emptyListing, type Listing } from '../http/answer.js';
import { RankingsRepository } from './rankings.repository.js';
import type { RankingsQuery } from './rankings.schema.js';

const TITLE = firstMember('track_title');
const ARTIST = member('artist');
const REGION = member('region');
const STREAMS = member('track_streams');
const RANK = member('rank_by_region');

/** Answers which tracks led a region's chart on a day. */
@Injectable()
export class RankingsService {
  private readonly rows = new JsonRows();

  constructor(
    private readonly dataset: Dataset,
    private readonly repository: RankingsRepository,
  ) {}

  /** The first entries of a chart; an empty list when the region or the day is not in the data. */
  top({ region, date, chart, limit }: RankingsQuery): Listing {
    const { current } = this.dataset;
    const { dictionaries } = current;
    const chartId = CHARTS.indexOf(chart);
    const regionId = dictionaries.regions.find(region);
    const dayId = findDay(current, date, regionId, chartId);
    const key = regionId === undefined || dayId === undefined ? undefined : current.chart(dayId, regionId, chartId);
    const day = dayId === undefined ? date : dictionaries.days[dayId]!;
    const canonical = canonicalUrl('/rankings', { region, date: day, limit, chart });
    if (regionId === undefined || key === undefined) return emptyListing(canonical, current);
    const contentLocation = date === 'latest' ? { contentLocation: canonical } : {};
    const made = current.made(
      () => this.repository.top(key, limit),
      (entries) => this.encode(current, entries, regionId),
    );
    return { canonical, dataset: current, keep: true, ...made, ...contentLocation };
  }

  private encode({ dictionaries }: OpenDataset, entries: EntryColumns, regionId: number): Buffer {
    const { regionJson, titleJson, artistJson, trackArtists } = dictionaries;
    // The same in each row.
    const place = Buffer.concat([REGION, regionJson.json(regionId), STREAMS]);
    const rows = this.rows.begin();
    for (let i = 0; i < entries.length; i++) {
      const track = entries.trackIds[i]!;
      const artist = trackArtists[track]!;
      rows.row(TITLE).text(titleJson, track).raw(ARTIST);
      if (artist === NO_ARTIST) rows.raw(NULL);
      else rows.text(artistJson, artist);
      rows.raw(place);
      if (entries.streams[i] === NO_STREAMS) rows.raw(NULL);
      else rows.whole(entries.streams[i]!);
      rows.raw(RANK).whole(entries.ranksByRegion[i]!);
    }
    return rows.end();
  }
}

function findDay(
  dataset: OpenDataset,
  date: string,
  regionId: number | undefined,
  chartId: number,
): number | undefined {
  if (date !== 'latest') return dataset.days.find(date);
  return regionId === undefined ? undefined : dataset.lastDay(regionId, [chartId]);
}
