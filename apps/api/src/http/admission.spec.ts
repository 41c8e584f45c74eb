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
  for (; taken < questions && !one.isFull; taken++) {
    one.begin();
    one.loadBegins();
  }
  if (taken < questions) one.refuse();
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
    expect(one.isFull).toBe(false);
  });

  /** Takes in all that is let in for a time, at each answer, and tells how many wait in the end of those that waited before. */
  const saturate = (one: Admission, waiting: number, ms: number, msPerAnswer: number) => {
    for (let passed = 0; passed < ms; passed += msPerAnswer) {
      answer(one, 1, msPerAnswer);
      waiting += load(one, 1000) - 1;
    }
    return waiting;
  };

  it('takes in a few whatever one takes, half as many once they were refused for a while', () => {
    const one = admission(1);
    const waiting = saturate(one, load(one, 128), 50, 10);
    expect(waiting).toBe(128);
    expect(saturate(one, waiting, 1000, 10)).toBe(64);
  });

  it('takes in what is answered within a quarter of the limit once some were refused for 50 ms, for a second after the last', () => {
    const one = admission(400);
    load(one, 500);
    answer(one, 400, 1);
    const standstill = saturate(one, 100, 40, 1);
    expect(standstill).toBeGreaterThan(390);
    const flood = saturate(one, standstill, 1000, 1);
    expect(flood).toBeGreaterThan(90);
    expect(flood).toBeLessThan(130);
    answer(one, flood, 1);
    jest.advanceTimersByTime(1000);
    expect(load(one, 1000)).toBeGreaterThan(390);
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
    for (; taken < 5000 && !one.isFull; taken++) one.begin();
    expect(taken).toBeLessThan(1000);
    jest.advanceTimersByTime(50);
    expect(one.isFull).toBe(false);
  });
});
