import fc from 'fast-check';
import { Arrivals } from './arrivals.js';
import { StagedArrivals, type StagedLoad } from './staged-arrivals.js';

const stages = fc.array(fc.record({ seconds: fc.constantFrom(0, 1, 2, 5), toShare: fc.constantFrom(0, 0.1, 0.5, 1) }), {
  minLength: 1,
  maxLength: 6,
});
const loads = fc
  .record({ peakPerSecond: fc.integer({ min: 20, max: 500 }), fromShare: fc.constantFrom(0, 0.2, 1), stages })
  .filter(({ stages: all, fromShare }) => {
    const shares = [fromShare, ...all.map(({ toShare }) => toShare)];
    return all.some(({ seconds }, i) => seconds > 0 && shares[i]! + shares[i + 1]! > 0);
  });

function timesOf(load: Omit<StagedLoad, 'runner' | 'runners'>, runner = 0, runners = 1): readonly number[] {
  const arrivals = new StagedArrivals({ ...load, runner, runners });
  return Array.from({ length: arrivals.total }, (_, i) => arrivals.dueAtMs(i));
}

const constant = { peakPerSecond: 200, fromShare: 1, stages: [{ seconds: 3, toShare: 1 }] };

describe('StagedArrivals', () => {
  it('are those of a constant rate where all shares are 1', () => {
    const [staged, plain] = [timesOf(constant), new Arrivals(200, 600)];
    expect(staged).toHaveLength(600);
    staged.forEach((ms, i) => expect(ms).toBeCloseTo(plain.dueAtMs(i), 6));
  });

  it('come in order, within the time, as many as the area under the rate', () => {
    fc.assert(
      fc.property(loads, (load) => {
        const times = timesOf(load);
        const seconds = load.stages.reduce((sum, stage) => sum + stage.seconds, 0);
        let area = 0;
        let share: number = load.fromShare;
        for (const stage of load.stages) {
          area += ((share + stage.toShare) / 2) * stage.seconds * load.peakPerSecond;
          share = stage.toShare;
        }
        expect(Math.abs(times.length - area)).toBeLessThan(1);
        expect(times).toEqual([...times].sort((a, b) => a - b));
        expect(times[0]).toBeGreaterThanOrEqual(0);
        expect(times.at(-1)).toBeLessThanOrEqual(seconds * 1000);
      }),
    );
  });

  it('of several runners are together those of one', () => {
    fc.assert(
      fc.property(loads, fc.integer({ min: 1, max: 7 }), (load, runners) => {
        const split = Array.from({ length: runners }, (_, runner) => timesOf(load, runner, runners)).flat();
        expect(split.sort((a, b) => a - b)).toEqual(timesOf(load));
      }),
    );
  });

  it('are due when their time has come, and not before', () => {
    fc.assert(
      fc.property(loads, fc.double({ min: -1, max: 20_000, noNaN: true }), (load, elapsedMs) => {
        const arrivals = new StagedArrivals({ ...load, runner: 0, runners: 1 });
        expect(arrivals.dueBy(elapsedMs)).toBe(timesOf(load).filter((ms) => ms <= elapsedMs).length);
      }),
    );
  });

  it('follow a jump at once and a ramp evenly', () => {
    const count = (times: readonly number[], from: number, to: number) =>
      times.filter((ms) => ms >= from * 1000 && ms < to * 1000).length;
    const spike = timesOf({
      ...{ peakPerSecond: 100, fromShare: 0.1 },
      stages: [
        { seconds: 2, toShare: 0.1 },
        { seconds: 0, toShare: 1 },
        { seconds: 2, toShare: 1 },
      ],
    });
    expect([count(spike, 0, 2), count(spike, 2, 4)]).toEqual([20, 200]);
    const ramp = timesOf({ peakPerSecond: 100, fromShare: 0, stages: [{ seconds: 4, toShare: 1 }] });
    expect([1, 2, 3].map((second) => count(ramp, 0, second) / ramp.length)).toEqual([
      expect.closeTo(1 / 16, 1),
      expect.closeTo(4 / 16, 1),
      expect.closeTo(9 / 16, 1),
    ]);
  });

  it('refuse a load without a request', () => {
    const load = { peakPerSecond: 0.1, fromShare: 1, stages: [{ seconds: 1, toShare: 1 }], runner: 0, runners: 1 };
    expect(() => new StagedArrivals(load)).toThrow('has none');
  });
});
