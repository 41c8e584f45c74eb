import fc from 'fast-check';
import { millisecondsText } from './milliseconds.js';

describe('the text of a duration', () => {
  it.each([
    [0, '0'],
    [0.0004, '0'],
    [0.001, '0.001'],
    [0.25, '0.25'],
    [1, '1'],
    [1.9999, '2'],
    [12.34, '12.34'],
    [999.9996, '1000'],
    [1234.5, '1234.5'],
  ])('of %d ms is %s', (milliseconds, text) => {
    expect(millisecondsText(milliseconds)).toBe(text);
  });

  it('is that of the number of milliseconds, to the microsecond', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 3_000_000 }), (microseconds) => {
        expect(millisecondsText(microseconds / 1000)).toBe(String(microseconds / 1000));
      }),
    );
  });
});
