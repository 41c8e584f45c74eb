import { Module, type DynamicModule } from '@nestjs/common';
import { ArtistsModule } from './artists/artists.module.js';
import type { Config } from './config.js';
import { DatasetModule } from './dataset/dataset.module.js';
import { DocsModule } from './docs/docs.module.js';
import { FiltersModule } from './filters/filters.module.js';
import { HealthModule } from './health/health.module.js';
import { AccessGateModule } from './http/access-gate.module.js';
import { HttpModule } from './http/http.module.js';
import { ListingsModule } from './http/listings.module.js';
import type { Log } from './logging.js';
import { LifecycleModule } from './lifecycle/lifecycle.module.js';
import { ProcessModule } from './process.module.js';
import { RankingsModule } from './rankings/rankings.module.js';
import { TracksModule } from './tracks/tracks.module.js';
import { WarmUp } from './warm-up.js';

/** The whole service. */
@Module({
  imports: [
    HttpModule,
    ListingsModule,
    HealthModule,
    DocsModule,
    RankingsModule,
    ArtistsModule,
    TracksModule,
    FiltersModule,
    DatasetModule,
    LifecycleModule,
  ],
  providers: [WarmUp],
})
export class AppModule {
  static with(config: Config, log: Log): DynamicModule {
    const keys = config.access.keysFile === undefined ? [] : [AccessGateModule];
    return { module: AppModule, imports: [ProcessModule.with(config, log), ...keys] };
  }
}
