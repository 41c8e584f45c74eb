import { setTimeout as sleep } from 'node:timers/promises';
import { WorkClock } from './work-clock.js';

/** A clock of work with hands of its own: `work` passes with something to do, `rest` without. */
function clocked() {
  let [ms, idleMs] = [0, 0];
  const clock = new WorkClock({ now: () => ms, idle: () => idleMs });
  const work = (milliseconds: number) => void (ms += milliseconds);
  const rest = (milliseconds: number) => {
    ms += milliseconds;
    idleMs += milliseconds;
  };
  return { clock, work, rest };
}

describe('the clock of work', () => {
  it('stands still while the event loop waits', () => {
    const { clock, work, rest } = clocked();
    work(3);
    rest(100);
    work(4);
    expect(clock.ms).toBe(7);
  });

  it('goes on while one query or several run, whoever waits for them', () => {
    const { clock, work, rest } = clocked();
    clock.queryBegins();
    rest(10);
    expect(clock.ms).toBe(10);
    clock.queryBegins();
    rest(5);
    clock.queryEnds();
    rest(5);
    clock.queryEnds();
    rest(1000);
    work(1);
    expect(clock.ms).toBe(21);
  });

  it('goes by the event loop of the process, unless told otherwise', async () => {
    const clock = new WorkClock();
    const [began, worked] = [performance.now(), clock.ms];
    await sleep(300);
    expect(clock.ms - worked).toBeLessThan(performance.now() - began);
    clock.queryBegins();
    const asked = clock.ms;
    await sleep(100);
    clock.queryEnds();
    expect(clock.ms - asked).toBeGreaterThanOrEqual(99);
  });
});
