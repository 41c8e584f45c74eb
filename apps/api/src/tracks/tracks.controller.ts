import { Controller, Get, Query } from '@nestjs/common';
import { presentedAs, type PresentedListing } from '../http/answer.js';
import { ListRoutes } from '../http/list-routes.js';
import { tracksLayout, tracksQuerySchema, type TracksQuery } from './tracks.schema.js';
import { TracksService } from './tracks.service.js';

/** GET /tracks: the rows with the most streams. */
@Controller('tracks')
export class TracksController {
  constructor(
    private readonly tracks: TracksService,
    routes: ListRoutes,
  ) {
    routes.add('/tracks', tracksQuerySchema, (query) => this.most(query));
  }

  @Get()
  most(@Query({ schema: tracksQuerySchema }) query: TracksQuery): PresentedListing {
    return presentedAs(this.tracks.most(query), query, tracksLayout);
  }
}
