import { describeShares, isEven, podShares } from './pod-shares.js';
import type { Pod, Release } from './release.js';

const pod = (name: string, ready = true): Pod => ({ name, ip: '', ready });

/** A release whose pods answer so many requests between one look and the next. */
function releaseOf(pods: readonly Pod[], requests: Readonly<Record<string, number>>): Release {
  const looks = new Map<string, number>();
  const metric = ({ name }: Pod) => {
    const look = looks.get(name) ?? 0;
    looks.set(name, look + 1);
    return Promise.resolve(1000 + look * requests[name]!);
  };
  return { pods: () => Promise.resolve(pods), metric } as unknown as Release;
}

describe('podShares', () => {
  it('tells the parts of the pods that were there first from those of pods that were added, and leaves out those not ready', async () => {
    const release = releaseOf([pod('a'), pod('b'), pod('c'), pod('d', false)], { a: 60, b: 30, c: 10 });
    const shares = await podShares(release, [pod('a'), pod('b')], 1);
    expect(shares).toEqual({ first: [0.6, 0.3], added: [0.1] });
    expect(describeShares(shares)).toBe('60 %, 30 %; pods that were added: 10 %');
  });

  it('throws when nothing was asked, or a pod was started anew', async () => {
    await expect(podShares(releaseOf([pod('a')], { a: 0 }), [], 1)).rejects.toThrow('requests by pod: 0');
    await expect(podShares(releaseOf([pod('a'), pod('b')], { a: -900, b: 5 }), [], 1)).rejects.toThrow('-900');
  });
});

describe('isEven', () => {
  it.each([
    [true, [0.5, 0.5], []],
    [true, [0.25, 0.75], []],
    [false, [0.24, 0.76], []],
    [true, [0.3, 0.3], [0.275, 0.125]],
    [false, [0.5, 0.5], [0, 0]],
  ])('is %s for %s and %s', (even, first, added) => {
    expect(isEven({ first, added })).toBe(even);
  });
});
