import { Admittance } from './admittance.js';

const keys = Array.from({ length: 100 }, (_, i) => `key ${i}`);

describe('admittance', () => {
  it('is given to every key until an eighth of the room is taken, and then to those that were offered before', () => {
    const room = { maxBytes: 800_000, bytes: 99_999 };
    const admittance = new Admittance(room, 8);
    const admitted = () => keys.filter((key) => admittance.admits(key)).length;
    expect(admitted()).toBe(100);
    room.bytes = 100_000;
    // What came while there was room was not looked at. One in ten may be taken for known.
    expect(admitted()).toBeLessThan(20);
    expect(admitted()).toBe(100);
  });

  it('is given to none where there is no room', () => {
    const admittance = new Admittance({ maxBytes: 0, bytes: 0 }, 8);
    expect([admittance.admits('a'), admittance.admits('a')]).toEqual([false, false]);
  });
});
