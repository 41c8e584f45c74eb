import { Controller, Get, Query } from '@nestjs/common';
import type { Answer } from '../http/answer.js';
import { rankingsQuerySchema, type RankingsQuery } from './rankings.schema.js';
import { RankingsService } from './rankings.service.js';

/** GET /rankings: the chart of a region and day. */
@Controller('rankings')
export class RankingsController {
  constructor(private readonly rankings: RankingsService) {}

  @Get()
  top(@Query({ schema: rankingsQuerySchema }) query: RankingsQuery): Promise<Answer> | Answer {
    return this.rankings.top(query);
  }
}
