import { Module } from '@nestjs/common';
import { DatasetModule } from '../dataset/dataset.module.js';
import { TracksController } from './tracks.controller.js';
import { TracksRepository } from './tracks.repository.js';
import { TracksService } from './tracks.service.js';

@Module({ imports: [DatasetModule], controllers: [TracksController], providers: [TracksService, TracksRepository] })
export class TracksModule {}
