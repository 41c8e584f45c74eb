import type { IncomingMessage, ServerResponse } from 'node:http';
import type { TakeRequest } from '../lifecycle/around-requests.js';
import { TurnBudget } from '../turn-budget.js';
import type { Exchanges } from './exchanges.js';
import { inTurns } from './in-turns.js';

/** Requests that the framework is given in one turn of the event loop: some 4 ms of work. */
const MOST_IN_A_TURN = 16;

/**
 * Gives the framework a few requests in each turn of the event loop, in the order in which they came. Each takes ten times
 * as long as an answer from memory: of a thousand that come in one moment, such as those for paths that do not exist, all
 * others would wait for the last.
 */
export class FrameworkTurns {
  private readonly later = inTurns(MOST_IN_A_TURN);
  private readonly budget = new TurnBudget(MOST_IN_A_TURN);
  private waiting = 0;

  constructor(private readonly exchanges: Exchanges) {}

  /** Gives a request to the framework, in this turn or in one of the next. */
  take(request: IncomingMessage, response: ServerResponse, framework: TakeRequest): void {
    if (this.waiting > 0 || this.budget.isSpent) {
      this.wait(request, response, framework);
      return;
    }
    this.budget.spend(1);
    framework(request, response);
  }

  private wait(request: IncomingMessage, response: ServerResponse, framework: TakeRequest): void {
    const startedAt = performance.now();
    const isThere = this.exchanges.hold(request, response, startedAt);
    this.waiting++;
    this.later(() => {
      this.waiting--;
      if (!isThere()) return;
      this.exchanges.waited(request, startedAt);
      framework(request, response);
    });
  }
}
