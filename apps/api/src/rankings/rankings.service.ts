import { Injectable } from '@nestjs/common';
import { CHARTS } from '#libs/catalog';
import { NO_STREAMS } from '#libs/serving';
import { Dataset } from '../dataset/dataset.js';
import { NO_ARTIST } from '../dataset/dictionaries.js';
import { END, firstMember, JsonRows, member, NULL } from '../dataset/json-rows.js';
import { EMPTY_LIST, type Answer } from '../http/answer.js';
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
  async top({ region, date, chart, limit }: RankingsQuery): Promise<Answer> {
    const { current } = this.dataset;
    const { dictionaries } = current;
    const chartId = CHARTS.indexOf(chart);
    const regionId = dictionaries.regions.find(region);
    if (regionId === undefined) return EMPTY_LIST;
    const dayId = date === 'latest' ? current.lastDay(regionId, [chartId]) : current.days.find(date);
    const key = dayId === undefined ? undefined : current.chart(dayId, regionId, chartId);
    if (dayId === undefined || key === undefined) return EMPTY_LIST;
    const body = await this.encode(key, regionId, limit);
    if (date !== 'latest') return { body };
    const canonical = new URLSearchParams({ region, date: dictionaries.days[dayId]!, limit: String(limit), chart });
    return { body, contentLocation: `/rankings?${canonical.toString()}` };
  }

  private async encode(key: number, regionId: number, limit: number): Promise<Buffer> {
    const { regionJson, titleJson, artistJson, trackArtists } = this.dataset.current.dictionaries;
    const entries = await this.repository.top(key, limit);
    const rows = this.rows.begin();
    for (let i = 0; i < entries.length; i++) {
      const track = entries.trackIds[i]!;
      const artist = trackArtists[track]!;
      rows.row(TITLE).text(titleJson, track).raw(ARTIST);
      if (artist === NO_ARTIST) rows.raw(NULL);
      else rows.text(artistJson, artist);
      rows.raw(REGION).text(regionJson, regionId).raw(STREAMS);
      if (entries.streams[i] === NO_STREAMS) rows.raw(NULL);
      else rows.whole(entries.streams[i]!);
      rows.raw(RANK).whole(entries.ranksByRegion[i]!).raw(END);
    }
    return rows.end();
  }
}
