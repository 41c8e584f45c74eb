import fc from 'fast-check';
import { Breaker } from './breaker.js';

function breakerAt(random = 0.5): { readonly breaker: Breaker; readonly clock: { ms: number } } {
  const clock = { ms: 1000 };
  return {
    clock,
    breaker: new Breaker({ failures: 3, retryMs: 100, now: () => clock.ms, random: () => random }),
  };
}

/** As many failures of calls that were let through as open it. */
function open(breaker: Breaker): void {
  for (let i = 0; i < 3; i++) {
    expect(breaker.admits()).toBe(true);
    breaker.fail();
  }
}

describe('a breaker', () => {
  it('opens after some failures in a row', () => {
    const { breaker } = breakerAt();
    open(breaker);
    expect([breaker.state, breaker.admits()]).toEqual(['open', false]);
  });

  it('does not count failures from before a success', () => {
    const { breaker } = breakerAt();
    for (let i = 0; i < 10; i++) {
      breaker.fail();
      breaker.fail();
      breaker.succeed();
    }
    expect([breaker.state, breaker.admits()]).toEqual(['closed', true]);
  });

  it('lets one call through after a while, and no other before that one has ended', () => {
    const { breaker, clock } = breakerAt();
    open(breaker);
    clock.ms += 99;
    expect([breaker.state, breaker.admits()]).toEqual(['open', false]);
    clock.ms += 1;
    expect(breaker.state).toBe('half-open');
    expect([breaker.admits(), breaker.admits(), breaker.state]).toEqual([true, false, 'half-open']);
  });

  it('closes when that call succeeds', () => {
    const { breaker, clock } = breakerAt();
    open(breaker);
    clock.ms += 100;
    breaker.admits();
    breaker.succeed();
    expect([breaker.state, breaker.admits(), breaker.admits()]).toEqual(['closed', true, true]);
    open(breaker);
    expect(breaker.state).toBe('open');
  });

  it('is open for as long again when that call fails', () => {
    const { breaker, clock } = breakerAt();
    open(breaker);
    for (let round = 0; round < 3; round++) {
      clock.ms += 100;
      expect(breaker.admits()).toBe(true);
      breaker.fail();
      clock.ms += 99;
      expect([breaker.state, breaker.admits()]).toEqual(['open', false]);
      clock.ms += 1;
      expect(breaker.state).toBe('half-open');
    }
  });

  it('comes back within a fifth of its time, not all at once', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (random) => {
        const { breaker, clock } = breakerAt(random);
        open(breaker);
        clock.ms += 79.9;
        expect(breaker.state).toBe('open');
        clock.ms += 40.2;
        expect(breaker.state).toBe('half-open');
      }),
    );
    const early = breakerAt(0);
    open(early.breaker);
    early.clock.ms += 81;
    expect(early.breaker.admits()).toBe(true);
    const late = breakerAt(0.999);
    open(late.breaker);
    late.clock.ms += 119;
    expect(late.breaker.admits()).toBe(false);
  });
});
