import { jest } from '@jest/globals';
import { Silence } from './silence.js';

beforeEach(() => void jest.useFakeTimers({ doNotFake: ['setImmediate'] }));
afterEach(() => void jest.useRealTimers());

/** Time goes on, and the event loop turns once more. */
async function pass(milliseconds: number): Promise<void> {
  for (let i = 0; i < milliseconds; i++) {
    jest.advanceTimersByTime(1);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

describe('a silence', () => {
  it('begins when what was asked has not been answered for a while', async () => {
    const silence = new Silence(10);
    silence.ask();
    await pass(9);
    expect(silence.lasts).toBe(false);
    await pass(1);
    expect(silence.lasts).toBe(true);
  });

  it('is none while nothing is asked, nor for what is asked after a pause', async () => {
    const silence = new Silence(10);
    silence.ask();
    silence.hear();
    await pass(100);
    expect(silence.lasts).toBe(false);
    silence.ask();
    await pass(5);
    silence.hear();
    await pass(4);
    silence.ask();
    await pass(9);
    expect(silence.lasts).toBe(false);
  });

  it('is none while answers come, however many are under way', async () => {
    const silence = new Silence(10);
    for (let i = 0; i < 5; i++) silence.ask();
    for (let i = 0; i < 20; i++) {
      await pass(7);
      silence.ask();
      silence.hear();
      expect(silence.lasts).toBe(false);
    }
  });

  it('ends with an answer and begins again when no more come', async () => {
    const silence = new Silence(10);
    for (let i = 0; i < 3; i++) silence.ask();
    await pass(10);
    silence.hear();
    expect(silence.lasts).toBe(false);
    await pass(20);
    expect(silence.lasts).toBe(true);
  });

  it('goes on when some of what is under way is given up, and ends when all is', async () => {
    const silence = new Silence(10);
    silence.ask();
    silence.ask();
    await pass(10);
    silence.giveUp();
    expect(silence.lasts).toBe(true);
    await pass(100);
    expect(silence.lasts).toBe(true);
    silence.giveUp();
    expect(silence.lasts).toBe(false);
    await pass(100);
    expect([silence.lasts, jest.getTimerCount()]).toEqual([false, 0]);
  });

  it('is looked for once the event loop has turned, so that an answer that is there is read first', async () => {
    const silence = new Silence(10);
    silence.ask();
    setTimeout(() => silence.hear(), 10);
    await pass(11);
    expect(silence.lasts).toBe(false);
  });
});
