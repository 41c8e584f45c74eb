import { Module, type DynamicModule } from '@nestjs/common';
import { LoggerModule } from 'nestjs-pino';
import { CONFIG, type Config } from './config.js';
import { LOG, LOG_LINE, loggerModuleOptions, type Log } from './logging.js';

/** What the process has before there is an application: its settings and its log. Global; all else is imported where it is used. */
@Module({})
export class ProcessModule {
  static with(config: Config, log: Log): DynamicModule {
    return {
      module: ProcessModule,
      global: true,
      imports: [LoggerModule.forRoot(loggerModuleOptions(log))],
      providers: [
        { provide: CONFIG, useValue: config },
        { provide: LOG, useValue: log.logger },
        { provide: LOG_LINE, useValue: log.write },
      ],
      exports: [CONFIG, LOG, LOG_LINE],
    };
  }
}
