import { parseMemory, parseShare, wholeNumber } from './arguments.js';

describe('parseMemory', () => {
  it.each([
    ['512MB', 512e6],
    ['2GB', 2e9],
    ['2GiB', 2 ** 31],
    ['1.5 gb', 1.5e9],
    ['4g', 4e9],
    ['300000000', 3e8],
  ])('reads %s', (text, bytes) => expect(parseMemory(text)).toBe(bytes));

  it.each(['', 'much', '-2GB', '2PB', '2 G B', '1e9', 'GB'])('refuses "%s" and says what is right', (text) =>
    expect(() => parseMemory(text)).toThrow('512MB, 2GB or 2GiB'),
  );

  it('refuses too little', () => expect(() => parseMemory('100MB')).toThrow('at least 256MB'));
});

describe('parseShare', () => {
  it.each([
    ['1%', 0.01],
    ['0.01', 0.01],
    ['.5', 0.5],
    ['0', 0],
    ['0%', 0],
    ['100%', 1],
    ['2.5 %', 0.025],
  ])('reads %s', (text, share) => expect(parseShare(text)).toBe(share));

  it.each([
    ['1', 'for 1 percent write 1%'],
    ['5', 'for 5 percent write 5%'],
    ['101%', 'at most 100%'],
    ['-1%', 'such as 1% or 0.01'],
    ['x', 'such as 1% or 0.01'],
    ['', 'such as 1% or 0.01'],
  ])('refuses "%s" and says what is right', (text, message) => expect(() => parseShare(text)).toThrow(message));
});

describe('wholeNumber', () => {
  const parse = wholeNumber(1, 10);
  it('reads numbers within its bounds', () => expect([parse('1'), parse('10')]).toEqual([1, 10]));
  it.each(['0', '11', '1.5', '-1', '', '1e1', 'two'])('refuses "%s"', (text) =>
    expect(() => parse(text)).toThrow('whole number from 1 to 10'),
  );
});
