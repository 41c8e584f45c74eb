import { Injectable } from '@nestjs/common';
import { NO_STREAMS, type EntryColumns } from '#libs/serving';
import { Dataset } from '../dataset/dataset.js';
import type { OpenDataset } from '../dataset/open-dataset.js';
import { firstMember, JsonRows, member, NULL } from '../dataset/json-rows.js';
import { canonicalUrl, emptyListing, type Listing } from '../http/answer.js';
import { quote } from '../http/params.js';
import { pageLinks } from '../http/formats/links.js';
import { ProblemError } from '../http/problem.js';
import { ArtistsRepository } from './artists.repository.js';
import { MAX_OFFSET, type ArtistQuery } from './artists.schema.js';

const TITLE = firstMember('track_title');
const DATE = member('date');
const REGION = member('region');
const STREAMS = member('track_streams');
const RANK = member('rank_by_region');

/** Answers on which charts an artist was. */
@Injectable()
export class ArtistsService {
  private readonly rows = new JsonRows();

  constructor(
    private readonly dataset: Dataset,
    private readonly repository: ArtistsRepository,
  ) {}

  /** A part of an artist's history. Throws the problem `artist-not-found` when no row has this artist string. */
  history(query: ArtistQuery): Listing {
    const { artist, offset, limit, chart } = query;
    const { current } = this.dataset;
    const { artists, artistEntries } = current.dictionaries;
    const artistId = artists.find(artist);
    if (artistId === undefined) {
      throw new ProblemError('artist-not-found', {
        detail: `No row of the dataset has exactly the artist string ${quote(artist)}; /filters lists all of them.`,
      });
    }
    const canonical = canonicalUrl('/artist', { artist, limit, offset, chart });
    const total = artistEntries[artistId]!;
    // How many entries one chart has is not known without reading them, so there are no links when it is narrowed to one.
    const page = { path: '/artist', query, limit, offset, total, maxOffset: MAX_OFFSET };
    const links = chart === undefined ? pageLinks(page) : undefined;
    if (offset >= total) return emptyListing(canonical, current, links);
    const made = current.made(
      () => this.repository.history(current, artistId, query),
      (entries) => this.encode(current, entries),
    );
    return { canonical, dataset: current, links, keep: true, ...made };
  }

  private encode({ dictionaries }: OpenDataset, entries: EntryColumns): Buffer {
    const { dayJson, regionJson, titleJson } = dictionaries;
    const rows = this.rows.begin();
    for (let i = 0; i < entries.length; i++) {
      rows.row(TITLE).text(titleJson, entries.trackIds[i]!);
      rows.raw(DATE).text(dayJson, entries.days[i]!);
      rows.raw(REGION).text(regionJson, entries.regionIds[i]!).raw(STREAMS);
      if (entries.streams[i] === NO_STREAMS) rows.raw(NULL);
      else rows.whole(entries.streams[i]!);
      rows.raw(RANK).whole(entries.ranksByRegion[i]!);
    }
    return rows.end();
  }
}
