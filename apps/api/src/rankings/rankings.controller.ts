import { Controller, Get, Query } from '@nestjs/common';
import { presentedAs, type PresentedListing } from '../http/answer.js';
import { ListRoutes } from '../http/list-routes.js';
import { rankingsLayout, rankingsQuerySchema, type RankingsQuery } from './rankings.schema.js';
import { RankingsService } from './rankings.service.js';

/** GET /rankings: the chart of a region and day. */
@Controller('rankings')
export class RankingsController {
  constructor(
    private readonly rankings: RankingsService,
    routes: ListRoutes,
  ) {
    routes.add('/rankings', rankingsQuerySchema, (query) => this.top(query));
  }

  @Get()
  top(@Query({ schema: rankingsQuerySchema }) query: RankingsQuery): PresentedListing {
    return presentedAs(this.rankings.top(query), query, rankingsLayout);
  }
}
