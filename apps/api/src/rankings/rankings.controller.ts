import { Controller, Get, Query } from '@nestjs/common';
import { presentedAs, type PresentedListing } from '../http/answer.js';
import { rankingsLayout, rankingsQuerySchema, type RankingsQuery } from './rankings.schema.js';
import { RankingsService } from './rankings.service.js';

/** GET /rankings: the chart of a region and day. */
@Controller('rankings')
export class RankingsController {
  constructor(private readonly rankings: RankingsService) {}

  @Get()
  top(@Query({ schema: rankingsQuerySchema }) query: RankingsQuery): PresentedListing {
    return presentedAs(this.rankings.top(query), query, rankingsLayout);
  }
}
