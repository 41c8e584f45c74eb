import { setImmediate as turn } from 'node:timers/promises';
import { inTurns } from './in-turns.js';

describe('things that are done in turns', () => {
  it('are done a few in each turn, in order', async () => {
    const done: number[] = [];
    const later = inTurns(3);
    for (let i = 0; i < 8; i++) later(() => done.push(i));
    const after: number[] = [done.length];
    for (let i = 0; i < 4; i++) {
      await turn();
      after.push(done.length);
    }
    expect(after).toEqual([0, 3, 6, 8, 8]);
    expect(done).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  });

  it('may give more to do', async () => {
    const done: string[] = [];
    const later = inTurns(1);
    later(() => {
      done.push('first');
      later(() => done.push('second'));
    });
    await turn();
    expect(done).toEqual(['first']);
    await turn();
    expect(done).toEqual(['first', 'second']);
  });
});
