import { Injectable } from '@nestjs/common';
import { CHARTS, LISTED_ARTIST_ENTRIES, NO_TREND, TOP_LIST_ENTRIES } from '#libs/catalog';
import { compareByStreams, NO_STREAMS, type EntryColumns } from '#libs/serving';
import { Dataset } from '../dataset/dataset.js';
import { NO_ARTIST } from '../dataset/dictionaries.js';
import type { WantedRows } from '../dataset/entry-tables.js';
import type { OpenDataset } from '../dataset/open-dataset.js';
import { firstMember, JsonRows, member, NULL } from '../dataset/json-rows.js';
import { JsonUrls } from '../dataset/json-texts.js';
import { canonicalUrl, emptyListing, type Listing } from '../http/answer.js';
import { TracksRepository } from './tracks.repository.js';
import type { TracksQuery } from './tracks.schema.js';

const TITLE = firstMember('track_title');
const GLOBAL_RANK = member('global_rank');
const DATE = member('date');
const ARTIST = member('artist');
const URL = member('track_url');
const REGION = member('region');
const CHART = member('chart');
const TREND = member('trend');
const STREAMS = member('track_streams');
const AVERAGE = member('avg_streams');
const RANK = member('rank_by_region');
const ALL_CHARTS = CHARTS.map((_, chartId) => chartId);

/**
 * Pages of an artist that are read for a region and day rather than its charts: of 50 entries each, where a chart has 200.
 * Nine of ten artists have no more of a day.
 */
const MOST_PAGES = 2;

/** Ids of what a query asks for; undefined where it does not care. */
interface Wanted {
  readonly dayId: number | undefined;
  readonly regionId: number | undefined;
  readonly artistId: number | undefined;
}

/** Answers which entries had the most streams. */
@Injectable()
export class TracksService {
  private readonly rows = new JsonRows();

  constructor(
    private readonly dataset: Dataset,
    private readonly repository: TracksRepository,
  ) {}

  /** The matching entries with the most streams; an empty list when the day, region or artist is not in the data. */
  most({ date, region, artist }: TracksQuery): Listing {
    const { current } = this.dataset;
    const { regions, artists, days } = current.dictionaries;
    const regionId = region === undefined ? undefined : regions.find(region);
    const artistId = artist === undefined ? undefined : artists.find(artist);
    const dayId = findDay(current, date, regionId);
    const day = dayId === undefined ? date : days[dayId];
    const canonical = canonicalUrl('/tracks', { date: day, region, artist });
    const unknown = [
      region !== undefined && regionId === undefined,
      artist !== undefined && artistId === undefined,
      date !== undefined && dayId === undefined,
    ];
    if (unknown.includes(true)) return emptyListing(canonical, current);
    const wanted = { dayId, regionId, artistId };
    const made = current.made(
      () => this.rowsOf(current, wanted),
      (entries) => this.encode(current, entries),
    );
    return {
      ...{ canonical, dataset: current, keep: true, ...made },
      ...(date === 'latest' ? { contentLocation: canonical } : {}),
    };
  }

  /** Every combination is either a list that was put in order at build time or a part of a few rows. */
  private rowsOf(dataset: OpenDataset, wanted: Wanted): WantedRows {
    const { dayId, regionId, artistId } = wanted;
    const { lists, pages, dictionaries } = dataset;
    const { repository } = this;
    const narrow = (entries: EntryColumns) => select(dataset, entries, wanted);
    const inRegion = (keys: readonly number[]) => (regionId === undefined ? keys : pages.inRegion(keys, regionId));
    if (dayId !== undefined && artistId !== undefined) {
      const ofDay = inRegion(pages.ofDay(artistId, dayId));
      if (regionId === undefined || ofDay.length <= MOST_PAGES) return { ...repository.pages(ofDay), narrow };
    }
    if (dayId !== undefined && regionId !== undefined) {
      return { ...repository.charts(dataset, dayId, regionId), narrow };
    }
    if (artistId === undefined) {
      if (dayId !== undefined) return repository.list(lists.day(dayId));
      return repository.list(regionId === undefined ? lists.all : lists.region(regionId));
    }
    if (dictionaries.artistEntries[artistId]! > LISTED_ARTIST_ENTRIES) {
      return repository.list(regionId === undefined ? lists.artist(artistId) : lists.artistRegion(artistId, regionId));
    }
    return { ...repository.pages(inRegion(pages.all(artistId))), narrow };
  }

  private encode({ dictionaries: d }: OpenDataset, entries: EntryColumns): Buffer {
    const rows = this.rows.begin();
    for (let i = 0; i < entries.length; i++) {
      const track = entries.trackIds[i]!;
      const region = entries.regionIds[i]!;
      const artist = d.trackArtists[track]!;
      const trend = entries.trendIds[i]!;
      rows.row(TITLE).text(d.titleJson, track);
      rows.raw(GLOBAL_RANK).whole(entries.ranks[i]!);
      rows.raw(DATE).text(d.dayJson, entries.days[i]!).raw(ARTIST);
      if (artist === NO_ARTIST) rows.raw(NULL);
      else rows.text(d.artistJson, artist);
      rows.raw(URL);
      if (d.urls.isShortened(track)) rows.raw(JsonUrls.beginning);
      rows.text(d.urls.texts, track);
      rows.raw(REGION).text(d.regionJson, region);
      rows.raw(CHART).text(d.chartJson, entries.chartIds[i]!);
      rows
        .raw(TREND)
        .text(d.trendJson, trend === NO_TREND ? d.trendCount : trend)
        .raw(STREAMS);
      if (entries.streams[i] === NO_STREAMS) rows.raw(NULL);
      else rows.whole(entries.streams[i]!);
      rows.raw(AVERAGE).text(d.averageJson, region);
      rows.raw(RANK).whole(entries.ranksByRegion[i]!);
    }
    return rows.end();
  }
}

function findDay(dataset: OpenDataset, date: string | undefined, regionId: number | undefined): number | undefined {
  if (date === undefined) return undefined;
  if (date !== 'latest') return dataset.days.find(date);
  return regionId === undefined ? dataset.dictionaries.days.length - 1 : dataset.lastDay(regionId, ALL_CHARTS);
}

/** Leaves the entries that are wanted, those with the most streams. */
function select({ dictionaries }: OpenDataset, entries: EntryColumns, wanted: Wanted): void {
  const { dayId, regionId, artistId } = wanted;
  const kept: number[] = [];
  for (let i = 0; i < entries.length; i++) {
    const matches =
      (dayId === undefined || entries.days[i] === dayId) &&
      (regionId === undefined || entries.regionIds[i] === regionId) &&
      (artistId === undefined || dictionaries.trackArtists[entries.trackIds[i]!] === artistId);
    if (matches) kept.push(i);
  }
  kept.sort((i, j) => compareByStreams(entries, i, entries, j));
  entries.keep(kept.slice(0, TOP_LIST_ENTRIES));
}
