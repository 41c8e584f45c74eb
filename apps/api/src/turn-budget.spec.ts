import { setImmediate as nextTurn } from 'node:timers/promises';
import { TurnBudget } from './turn-budget.js';

describe('the budget of a turn', () => {
  it('is spent by what is done in it, the last of which may exceed it', () => {
    const budget = new TurnBudget(10);
    budget.spend(9);
    expect(budget.isSpent).toBe(false);
    budget.spend(5);
    expect(budget.isSpent).toBe(true);
  });

  it('lasts for the turn, also of what follows a promise in it, and is whole in the next', async () => {
    const budget = new TurnBudget(10);
    budget.spend(25);
    await Promise.resolve();
    expect(budget.isSpent).toBe(true);
    await nextTurn();
    expect(budget.isSpent).toBe(false);
    budget.spend(9);
    expect(budget.isSpent).toBe(false);
    budget.spend(1);
    expect(budget.isSpent).toBe(true);
    await nextTurn();
    expect(budget.isSpent).toBe(false);
  });
});
