import fc from 'fast-check';
import { Flights, type Flight } from './flights.js';

describe('flights', () => {
  it('are found by their keys from when they begin until they end, however many share a place', () => {
    const flights = new Flights<number>();
    // Five to a place.
    const keys = Array.from({ length: 5120 }, (_, index) => `key ${index}`);
    const begun = keys.map((key) => flights.begin(key));
    expect([flights.size, keys.every((key, index) => flights.get(key) === begun[index])]).toEqual([5120, true]);
    begun.forEach((flight, index) => index % 2 === 0 && flights.end(flight));
    const left = keys.filter((key) => flights.get(key) !== undefined);
    expect([flights.size, left]).toEqual([2560, keys.filter((_, index) => index % 2 === 1)]);
  });

  it('hold on to nothing once they have ended', () => {
    const flights = new Flights<string>();
    const flight = flights.begin('a');
    flight.waiters.push('one', 'two');
    flights.end(flight);
    expect([flight.waiters, flight.next, flights.get('a'), flights.size]).toEqual([[], undefined, undefined, 0]);
  });

  it('are those of a map, in whatever order they begin and end', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 20 }), { maxLength: 200 }), (steps) => {
        const flights = new Flights<number>();
        const model = new Map<string, Flight<number>>();
        for (const step of steps) {
          const key = String(step);
          const known = model.get(key);
          expect(flights.get(key)).toBe(known);
          if (known) {
            flights.end(known);
            model.delete(key);
          } else model.set(key, flights.begin(key));
          expect(flights.size).toBe(model.size);
        }
      }),
    );
  });
});
