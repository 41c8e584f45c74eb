import { Controller, Get, Query } from '@nestjs/common';
import { presentedAs, type PresentedListing } from '../http/answer.js';
import { ListRoutes } from '../http/list-routes.js';
import { artistLayout, artistQuerySchema, type ArtistQuery } from './artists.schema.js';
import { ArtistsService } from './artists.service.js';

/** GET /artist: an artist's entries on the charts. */
@Controller('artist')
export class ArtistsController {
  constructor(
    private readonly artists: ArtistsService,
    routes: ListRoutes,
  ) {
    routes.add('/artist', artistQuerySchema, (query) => this.history(query));
  }

  @Get()
  history(@Query({ schema: artistQuerySchema }) query: ArtistQuery): PresentedListing {
    return presentedAs(this.artists.history(query), query, artistLayout);
  }
}
