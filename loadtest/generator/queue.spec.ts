import fc from 'fast-check';
import { Queue } from './queue.js';

const steps = fc.array(fc.oneof(fc.nat(), fc.constantFrom('shift' as const, 'pop' as const)), { maxLength: 200 });

function taken(from: Pick<number[], 'push' | 'shift' | 'pop' | 'length'>, all: readonly (number | 'shift' | 'pop')[]) {
  return all.map((step) => {
    const value = typeof step === 'number' ? void from.push(step) : from[step]();
    return [value, from.length];
  });
}

describe('Queue', () => {
  it('gives what an array would, oldest or newest first', () => {
    fc.assert(
      fc.property(steps, (all) => {
        expect(taken(new Queue() as unknown as number[], all)).toEqual(taken([], all));
      }),
    );
  });

  it('lets go of what was taken, however long it is used', () => {
    const queue = new Queue<number>();
    const seen = Array.from({ length: 10_000 }, (_, i) => {
      queue.push(i);
      return i < 10 ? undefined : queue.shift();
    });
    expect(seen.slice(10)).toEqual(Array.from({ length: 9990 }, (_, i) => i));
    expect(queue.length).toBe(10);
  });
});
