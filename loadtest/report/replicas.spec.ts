import { readReplicas, replicasDuring, writtenReplicas } from './replicas.js';

const run = { startedAtMs: 1_700_000_000_000, seconds: 60 };
const at = (second: number, replicas: number) => ({ epochSeconds: 1_700_000_000 + second, replicas });

describe('the replicas during a run', () => {
  it('are those from the last count before it to the last within it', () => {
    const samples = [at(-50, 9), at(-2, 3), at(10, 5), at(20, 12), at(59, 8), at(61, 2)];
    expect(replicasDuring(samples, run)).toEqual({ first: 3, most: 12, last: 8 });
    expect(replicasDuring([at(5, 4)], run)).toEqual({ first: 4, most: 4, last: 4 });
  });

  it('are unknown when nothing was counted within it', () => {
    expect(replicasDuring([], run)).toBeUndefined();
    expect(replicasDuring([at(-5, 3), at(100, 3)], run)).toBeUndefined();
  });

  it('are written as they are read', () => {
    const samples = [at(0, 3), at(1.5, 4)];
    expect(readReplicas(writtenReplicas(samples))).toEqual(samples);
  });
});
