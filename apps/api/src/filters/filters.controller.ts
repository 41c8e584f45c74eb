import { Controller, Get, Query } from '@nestjs/common';
import type { Answer } from '../http/answer.js';
import { filtersQuerySchema } from './filters.schema.js';
import { FiltersService } from './filters.service.js';

/** GET /filters: what the other routes can be asked for. */
@Controller('filters')
export class FiltersController {
  constructor(private readonly filters: FiltersService) {}

  @Get()
  all(@Query({ schema: filtersQuerySchema }) _query: object): Promise<Answer> | Answer {
    return this.filters.all();
  }
}
