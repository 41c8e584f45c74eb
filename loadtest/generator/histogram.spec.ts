import fc from 'fast-check';
import { Histogram } from './histogram.js';

const durations = fc.oneof(fc.nat(300), fc.nat(100_000), fc.nat(2 ** 31 - 1));
const shares = fc.constantFrom(0, 0.01, 0.5, 0.9, 0.99, 0.999, 1);

function exact(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(1, Math.ceil(share * sorted.length)) - 1]!;
}

describe('Histogram', () => {
  it('gives quantiles that are never too small and at most 0.8 % too great', () => {
    fc.assert(
      fc.property(fc.array(durations, { minLength: 1, maxLength: 500 }), shares, (values, share) => {
        const histogram = new Histogram();
        values.forEach((value) => histogram.record(value));
        const [found, right] = [histogram.quantile(share), exact(values, share)];
        expect(found).toBeGreaterThanOrEqual(right);
        expect(found).toBeLessThanOrEqual(right * (1 + 1 / 128));
        expect(histogram.quantile(1)).toBe(histogram.maxUs);
      }),
    );
  });

  it('holds the same after a way through JSON, and the sum when two are added', () => {
    fc.assert(
      fc.property(fc.array(durations), fc.array(durations), shares, (some, others, share) => {
        const [a, b, all] = [new Histogram(), new Histogram(), new Histogram()];
        some.forEach((value) => [a, all].forEach((one) => one.record(value)));
        others.forEach((value) => [b, all].forEach((one) => one.record(value)));
        const parse = (one: Histogram) => JSON.parse(JSON.stringify(one)) as ReturnType<Histogram['toJSON']>;
        const sum = new Histogram().add(parse(a)).add(parse(b));
        expect(parse(sum)).toEqual(parse(all));
        expect(sum.count).toBe(some.length + others.length);
        expect(sum.quantile(share)).toBe(all.quantile(share));
      }),
    );
  });

  it('takes what is out of range at its end', () => {
    const histogram = new Histogram();
    [-5, 1e12].forEach((value) => histogram.record(value));
    expect([histogram.quantile(0), histogram.quantile(1)]).toEqual([0, 2 ** 31 - 1]);
  });

  it('has a mean within the width of its buckets', () => {
    fc.assert(
      fc.property(fc.array(durations, { minLength: 1 }), (values) => {
        const histogram = new Histogram();
        values.forEach((value) => histogram.record(value));
        const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
        expect(histogram.meanUs).toBeGreaterThanOrEqual(mean * (1 - 1e-9));
        expect(histogram.meanUs).toBeLessThanOrEqual(mean * (1 + 1 / 128) + 1e-9);
      }),
    );
  });

  it('has no quantile when it is empty', () => {
    expect(new Histogram().quantile(0.5)).toBeNaN();
  });
});
