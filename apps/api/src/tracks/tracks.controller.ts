import { Controller, Get, Query } from '@nestjs/common';
import type { Answer } from '../http/answer.js';
import { tracksQuerySchema, type TracksQuery } from './tracks.schema.js';
import { TracksService } from './tracks.service.js';

/** GET /tracks: the rows with the most streams. */
@Controller('tracks')
export class TracksController {
  constructor(private readonly tracks: TracksService) {}

  @Get()
  most(@Query({ schema: tracksQuerySchema }) query: TracksQuery): Promise<Answer> | Answer {
    return this.tracks.most(query);
  }
}
