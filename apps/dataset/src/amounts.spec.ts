import { counted, shortAmount, shortBytes, shortCount, shortTime } from './amounts.js';

describe('amounts', () => {
  it.each([
    [0, '0'],
    [950, '950'],
    [999, '999'],
    [999.7, '1.0k'],
    [12_345, '12.3k'],
    [123_456, '123k'],
    [999_600, '1.0M'],
    [26_059_153, '26.1M'],
    [3.2e12, '3.2T'],
    [5e15, '5000T'],
  ])('writes the count %d as %s', (count, text) => expect(shortCount(count)).toBe(text));

  it.each([
    [512, '512 B'],
    [1_500, '1.5 kB'],
    [3_542_315_931, '3.5 GB'],
  ])('writes %d bytes as %s', (bytes, text) => expect(shortBytes(bytes)).toBe(text));

  it.each([
    [0, '0.0s'],
    [9.94, '9.9s'],
    [9.96, '10s'],
    [59.6, '1m 00s'],
    [185, '3m 05s'],
    [7_800, '2h 10m'],
  ])('writes %d seconds as %s', (seconds, text) => expect(shortTime(seconds)).toBe(text));

  it('names the unit', () => {
    expect(shortAmount(1_234_567, 'rows')).toBe('1.2M rows');
    expect(shortAmount(2e9, 'bytes')).toBe('2.0 GB');
    expect(shortAmount(7, undefined)).toBe('7');
    expect([counted(1, 'day'), counted(1826, 'day')]).toEqual(['1 day', '1,826 days']);
  });
});
