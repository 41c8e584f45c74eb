import fc from 'fast-check';
import { WaitEstimate } from './wait-estimate.js';

/** An estimate with a clock of its own. */
function clocked() {
  let ms = 0;
  let restedMs = 0;
  const estimate = new WaitEstimate(
    () => ms - restedMs,
    () => ms,
  );
  return {
    estimate,
    pass: (milliseconds: number) => void (ms += milliseconds),
    /** Has so many in flight, of which as many end at once after each time without work. */
    gather: (inFlight: number, times: number, restMs: number, msPerAnswer: number) => {
      for (let time = 0; time < times; time++) {
        for (let i = 0; i < inFlight; i++) estimate.begin();
        ms += restMs;
        restedMs += restMs;
        for (let i = 0; i < inFlight; i++) {
          ms += msPerAnswer;
          estimate.end();
        }
      }
    },
    /** Has so many in flight at all times while one after the other ends, a time apart. */
    work: (inFlight: number, answers: number, msPerAnswer: number) => {
      for (let i = 0; i < inFlight; i++) estimate.begin();
      for (let i = 0; i < answers; i++) {
        ms += msPerAnswer;
        estimate.end();
        estimate.begin();
      }
      for (let i = 0; i < inFlight; i++) {
        ms += msPerAnswer;
        estimate.end();
      }
    },
    /** Begins so many at once, keeps all of them waiting for a while, and then ends one after the other. */
    stall: (inFlight: number, stallMs: number, msPerAnswer: number, ended?: () => void) => {
      for (let i = 0; i < inFlight; i++) estimate.begin();
      ms += stallMs;
      for (let i = 0; i < inFlight; i++) {
        ms += msPerAnswer;
        estimate.end();
        ended?.();
      }
    },
  };
}

describe('the wait for an answer', () => {
  it('is short for 500 at once before anything was measured', () => {
    const { estimate } = clocked();
    expect(estimate.waitMs(500)).toBeLessThan(100);
    expect(estimate.waitMs(0)).toBe(0);
  });

  it('is what those before it take one after the other, once there was a queue', () => {
    fc.assert(
      fc.property(fc.double({ min: 0.2, max: 20, noNaN: true }), fc.integer({ min: 32, max: 1000 }), (ms, queue) => {
        const { estimate, work } = clocked();
        work(queue, Math.ceil(2000 / ms) + 50, ms);
        expect(estimate.waitMs(100) / (100 * ms)).toBeGreaterThan(0.9);
        expect(estimate.waitMs(100) / (100 * ms)).toBeLessThan(1.1);
      }),
      { numRuns: 50 },
    );
  });

  it('is not learnt from answers that come one by one: many at a time take a fraction of that each', () => {
    const { estimate, work } = clocked();
    work(1, 1000, 2);
    work(4, 1000, 1);
    expect(estimate.waitMs(500)).toBeLessThan(100);
  });

  it('is not learnt from a time in which they are only gathered', () => {
    const { estimate, gather } = clocked();
    gather(40, 200, 12, 0.2);
    expect(estimate.waitMs(100)).toBeGreaterThan(18);
    expect(estimate.waitMs(100)).toBeLessThan(22);
  });

  it('is not learnt from a pause', () => {
    const { estimate, work, pass } = clocked();
    for (let i = 0; i < 20; i++) {
      work(100, 300, 0.2);
      pass(5000);
    }
    expect(estimate.waitMs(100)).toBeLessThan(25);
  });

  it('grows with a single stall by no more than its share', () => {
    const { estimate, work, stall } = clocked();
    work(64, 2000, 0.2);
    stall(64, 200, 0.2);
    work(64, 250, 0.2);
    expect(estimate.waitMs(64)).toBeLessThan(100);
  });

  it('hardly grows with a short stall: the answer after it is one of many', () => {
    for (let before = 0; before < 300; before++) {
      const { estimate, work, stall } = clocked();
      work(200, before, 0.15);
      stall(200, 60, 0.15, () => expect(estimate.waitMs(200)).toBeLessThan(100));
    }
  });

  it('follows a processor that gets slower and faster within a second', () => {
    const { estimate, work } = clocked();
    work(200, 2000, 0.2);
    work(200, 200, 4);
    expect(estimate.waitMs(100)).toBeGreaterThan(300);
    work(200, 4000, 0.2);
    expect(estimate.waitMs(100)).toBeLessThan(30);
  });

  it('is forgotten by and by when there is nothing to do', () => {
    const { estimate, work, pass } = clocked();
    work(200, 500, 4);
    const then = estimate.waitMs(500);
    pass(3000);
    expect(estimate.waitMs(500)).toBeLessThan(then / 2);
    pass(20_000);
    expect(estimate.waitMs(500)).toBeLessThan(100);
  });
});
