import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { mostConnections, openFilesLimit } from './open-files.js';

describe('the limit on open files', () => {
  it('is the one that the system tells a shell', () => {
    // Node raises its own to the most that it is allowed, and passes it on.
    const told = execFileSync('sh', ['-c', 'ulimit -n'], { encoding: 'utf8' }).trim();
    expect(openFilesLimit()).toBe(told === 'unlimited' ? Infinity : Number(told));
  });

  it('leaves files for all else, and at least one connection', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2 ** 30 }), (limit) => {
        const most = mostConnections(limit);
        expect(most).toBeGreaterThanOrEqual(1);
        expect(most).toBeLessThanOrEqual(limit);
        expect(limit - most).toBe(limit === 1 ? 0 : Math.min(128, Math.ceil(limit / 2)));
      }),
    );
  });

  it('that there is none of bounds no connections', () => {
    expect(mostConnections(Infinity)).toBe(Infinity);
  });
});
