import { Injectable } from '@nestjs/common';
import { NO_STREAMS } from '#libs/serving';
import { Dataset } from '../dataset/dataset.js';
import { END, firstMember, JsonRows, member, NULL } from '../dataset/json-rows.js';
import { EMPTY_LIST, type Answer } from '../http/answer.js';
import { ProblemError } from '../http/problem.js';
import { ArtistsRepository } from './artists.repository.js';
import type { ArtistQuery } from './artists.schema.js';

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
  async history({ artist, offset, limit, chart }: ArtistQuery): Promise<Answer> {
    const { artists, artistEntries, dayJson, regionJson, titleJson } = this.dataset.current.dictionaries;
    const artistId = artists.find(artist);
    if (artistId === undefined) {
      const shown = JSON.stringify(artist.length > 100 ? `${artist.slice(0, 100)}...` : artist);
      throw new ProblemError('artist-not-found', {
        detail: `No row of the dataset has exactly the artist string ${shown}; /filters lists all of them.`,
      });
    }
    if (offset >= artistEntries[artistId]!) return EMPTY_LIST;
    const entries = await this.repository.history(artistId, offset, limit, chart);
    const rows = this.rows.begin();
    for (let i = 0; i < entries.length; i++) {
      rows.row(TITLE).text(titleJson, entries.trackIds[i]!);
      rows.raw(DATE).text(dayJson, entries.days[i]!);
      rows.raw(REGION).text(regionJson, entries.regionIds[i]!).raw(STREAMS);
      if (entries.streams[i] === NO_STREAMS) rows.raw(NULL);
      else rows.whole(entries.streams[i]!);
      rows.raw(RANK).whole(entries.ranksByRegion[i]!).raw(END);
    }
    return { body: rows.end() };
  }
}
