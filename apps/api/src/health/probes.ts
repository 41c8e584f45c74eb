import { setImmediate as turn } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { HealthCheckService, HealthIndicatorService, type HealthCheckResult } from '@nestjs/terminus';
import { Dataset } from '../dataset/dataset.js';
import { Drain } from '../lifecycle/drain.js';
import { Warmth } from '../lifecycle/warmth.js';

/**
 * The three questions an orchestrator asks. Each resolves with Terminus' result, or throws its ServiceUnavailableException
 * that holds one. No cache is part of any of them: an outage there must not empty the balancer.
 */
@Injectable()
export class Probes {
  constructor(
    private readonly checks: HealthCheckService,
    private readonly indicators: HealthIndicatorService,
    private readonly dataset: Dataset,
    private readonly drain: Drain,
    private readonly warmth: Warmth,
  ) {}

  /** Alive: the event loop turns. */
  live(): Promise<HealthCheckResult> {
    return this.checks.check([
      async () => {
        await turn();
        return this.indicators.check('eventLoop').up();
      },
    ]);
  }

  /** Started: the dataset is open and what is asked for most is at hand. */
  started(): Promise<HealthCheckResult> {
    return this.checks.check([() => this.datasetOpen(), () => this.warm()]);
  }

  /** Ready: started, and not on its way out. */
  ready(): Promise<HealthCheckResult> {
    return this.checks.check([() => this.datasetOpen(), () => this.warm(), () => this.accepting()]);
  }

  private datasetOpen() {
    const check = this.indicators.check('dataset');
    return this.dataset.isOpen ? check.up({ version: this.dataset.manifest.version }) : check.down('not open');
  }

  private warm() {
    const check = this.indicators.check('warmUp');
    return this.warmth.isWarm ? check.up() : check.down('warming up');
  }

  private accepting() {
    const check = this.indicators.check('accepting');
    return this.drain.isDraining ? check.down('shutting down') : check.up();
  }
}
