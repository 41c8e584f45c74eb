import { Module } from '@nestjs/common';
import { DatasetModule } from '../dataset/dataset.module.js';
import { ListingsModule } from '../http/listings.module.js';
import { FiltersController } from './filters.controller.js';
import { FiltersService } from './filters.service.js';

@Module({ imports: [DatasetModule, ListingsModule], controllers: [FiltersController], providers: [FiltersService] })
export class FiltersModule {}
