import { Controller, Get, Query } from '@nestjs/common';
import { presentedAs, type PresentedListing } from '../http/answer.js';
import { ListRoutes } from '../http/list-routes.js';
import { filtersLayout, filtersQuerySchema, type FiltersQuery } from './filters.schema.js';
import { FiltersService } from './filters.service.js';

/** GET /filters: what the other routes can be asked for. */
@Controller('filters')
export class FiltersController {
  constructor(
    private readonly filters: FiltersService,
    routes: ListRoutes,
  ) {
    routes.add('/filters', filtersQuerySchema, (query) => this.all(query));
  }

  @Get()
  all(@Query({ schema: filtersQuerySchema }) query: FiltersQuery): PresentedListing {
    return presentedAs(this.filters.all(), query, filtersLayout);
  }
}
