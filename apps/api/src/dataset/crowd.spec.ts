import { Crowd } from './crowd.js';

/** A crowd in which so many questions come, and are answered together, again and again. */
function known(rounds: readonly number[]): Crowd {
  const crowd = new Crowd();
  for (const count of rounds) {
    come(crowd, count);
    crowd.leave(count);
  }
  return crowd;
}

function come(crowd: Crowd, count: number): void {
  for (let i = 0; i < count; i++) crowd.come();
}

/** How many have to come for the crowd to be complete. */
function waitedFor(crowd: Crowd): number {
  let count = 0;
  do {
    crowd.come();
    count++;
  } while (!crowd.isComplete);
  return count;
}

const times = (count: number, value: number) => Array.from({ length: count }, () => value);

describe('a crowd', () => {
  it('of which nothing is known is complete with the first who comes', () => {
    expect(waitedFor(new Crowd())).toBe(1);
  });

  it('of clients that ask again when they are answered is complete with the last of them', () => {
    expect(waitedFor(known([1, 7, 8, 8, 8]))).toBe(8);
  });

  it('that grows is known to be larger at once', () => {
    expect(waitedFor(known([...times(50, 3), 20]))).toBe(20);
  });

  it('that becomes smaller is waited for in vain only for a while', () => {
    expect(waitedFor(known([...times(50, 20), ...times(3, 4)]))).toBeGreaterThan(10);
    expect(waitedFor(known([...times(50, 20), ...times(40, 4)]))).toBe(4);
  });

  it('counts those who came while a query ran', () => {
    const crowd = known(times(20, 4));
    come(crowd, 7);
    crowd.leave(4);
    expect(crowd.isComplete).toBe(false);
    come(crowd, 4);
    expect(crowd.isComplete).toBe(true);
  });

  it('tells when somebody has come with whom all are there', () => {
    const crowd = known(times(20, 3));
    let told = 0;
    crowd.whenComplete(() => told++);
    come(crowd, 2);
    expect(told).toBe(0);
    come(crowd, 1);
    expect(told).toBe(1);
  });

  it('of one client is always complete', () => {
    const crowd = known(times(20, 1));
    for (let i = 0; i < 5; i++) {
      expect(waitedFor(crowd)).toBe(1);
      crowd.leave(1);
    }
  });
});
