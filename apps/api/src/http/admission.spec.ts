import { jest } from '@jest/globals';
import { readConfig } from '../config.js';
import { Admission } from './admission.js';

function admission(shedWaitMs = 100): Admission {
  return new Admission(readConfig({ SHED_WAIT_MS: String(shedWaitMs) }), {
    work: {
      get ms() {
        return performance.now();
      },
    },
  });
}

/** Takes in questions that are answered from the dataset, as far as they are let in; tells how many were. */
function load(one: Admission, questions: number): number {
  let taken = 0;
  for (; taken < questions && !one.isFull(); taken++) {
    one.begin();
    one.loadBegins();
  }
  return taken;
}

describe('admission', () => {
  beforeEach(() => void jest.useFakeTimers({ now: 0 }));
  afterEach(() => void jest.useRealTimers());
  const answer = (one: Admission, answers: number, msPerAnswer: number) => {
    for (let i = 0; i < answers; i++) {
      jest.advanceTimersByTime(msPerAnswer);
      one.loadEnds();
      one.end();
    }
  };

  it('takes in 500 at once after a rest', () => {
    expect(load(admission(), 500)).toBe(500);
  });

  it('takes in as many as are answered within the limit, once it knows how long that takes', () => {
    const one = admission();
    load(one, 500);
    answer(one, 400, 1);
    const inAll = load(one, 1000) + 100;
    expect(inAll).toBeGreaterThan(90);
    expect(inAll).toBeLessThan(130);
    answer(one, inAll, 1);
    expect(one.isFull()).toBe(false);
  });

  it('takes in a few whatever one takes, fewer in a flood', () => {
    const one = admission(1);
    load(one, 128);
    answer(one, 20, 100);
    expect(one.isFull()).toBe(false);
    answer(one, 108, 100);
    expect(load(one, 1000)).toBe(128);
    // Now that some were refused.
    answer(one, 128, 1);
    expect(load(one, 1000)).toBe(64);
  });

  it('takes in what is answered within a quarter of the limit once that was reached, until a second has passed without', () => {
    const one = admission();
    load(one, 500);
    answer(one, 400, 1);
    const reached = load(one, 1000) + 100;
    answer(one, reached, 1);
    const inFlood = load(one, 1000);
    expect(inFlood).toBeLessThan(70);
    answer(one, inFlood, 1);
    jest.advanceTimersByTime(1000);
    expect(load(one, 1000)).toBeGreaterThan(90);
  });

  it('refuses nothing with a limit of 0', () => {
    const one = admission(0);
    load(one, 10_000);
    answer(one, 1000, 10);
    expect(load(one, 10_000)).toBe(10_000);
  });

  it('counts what is on its way to the dataset, and not what the shared cache keeps waiting', () => {
    const one = admission();
    let taken = 0;
    for (; taken < 5000 && !one.isFull(); taken++) one.begin();
    expect(taken).toBeLessThan(1000);
    jest.advanceTimersByTime(50);
    expect(one.isFull()).toBe(false);
  });
});
