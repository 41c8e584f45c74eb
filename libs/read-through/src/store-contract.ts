import assert from 'node:assert/strict';
import type { Store } from './store.js';

/** A promise of every sound {@link Store}: rejects with an AssertionError when the store does not keep it. */
export interface StorePromise {
  readonly name: string;
  /** Writes under keys that begin with the prefix. */
  readonly check: (store: Store, prefix: string) => Promise<void>;
}

const TTL_SECONDS = 60;
const EVERY_BYTE = Uint8Array.from({ length: 256 }, (_, byte) => byte);
const POLL_MS = 50;
const MOST_POLLS = 200;

/** What every store has to do; the same questions for each of them. */
export const STORE_CONTRACT: readonly StorePromise[] = [
  {
    name: 'has nothing under a key that nobody wrote',
    check: async (store, prefix) => assert.equal(await store.get(`${prefix}nobody`), undefined),
  },
  {
    name: 'gives back the bytes that were written, whatever they are',
    check: async (store, prefix) => {
      for (const bytes of [new Uint8Array(), EVERY_BYTE, new Uint8Array(1_000_000).fill(0x0d)]) {
        await store.set(`${prefix}bytes`, bytes, TTL_SECONDS);
        assert.deepEqual(await read(store, `${prefix}bytes`), [...bytes]);
      }
    },
  },
  {
    name: 'writes the bytes that a view shows, not the memory behind it',
    check: async (store, prefix) => {
      await store.set(`${prefix}view`, EVERY_BYTE.subarray(10, 13), TTL_SECONDS);
      assert.deepEqual(await read(store, `${prefix}view`), [10, 11, 12]);
    },
  },
  {
    name: 'has its own bytes: changing what was given to it or came from it changes nothing',
    check: async (store, prefix) => {
      const bytes = Uint8Array.of(1, 2, 3);
      await store.set(`${prefix}own`, bytes, TTL_SECONDS);
      bytes.fill(9);
      (await store.get(`${prefix}own`))?.fill(8);
      assert.deepEqual(await read(store, `${prefix}own`), [1, 2, 3]);
    },
  },
  {
    name: 'keeps keys apart, whatever characters are in them',
    check: async (store, prefix) => {
      const keys = ['a', 'A', 'a ', 'a\r\n', 'ä', 'a\u0308', '{a}', '日本', '*', 'a'.repeat(1000)];
      for (const [index, key] of keys.entries()) await store.set(prefix + key, Uint8Array.of(index), TTL_SECONDS);
      for (const [index, key] of keys.entries()) assert.deepEqual(await read(store, prefix + key), [index]);
    },
  },
  {
    name: 'answers many questions at a time, each with its own bytes',
    check: async (store, prefix) => {
      const numbers = Array.from({ length: 200 }, (_, index) => index);
      await Promise.all(numbers.map((index) => store.set(`${prefix}${index}`, Uint8Array.of(index), TTL_SECONDS)));
      const answers = await Promise.all(numbers.map((index) => read(store, `${prefix}${index}`)));
      assert.deepEqual(
        answers,
        numbers.map((index) => [index]),
      );
    },
  },
  {
    name: 'forgets bytes when their time is over',
    check: async (store, prefix) => {
      await store.set(`${prefix}brief`, EVERY_BYTE, 1);
      for (let poll = 0; poll < MOST_POLLS; poll++) {
        if ((await store.get(`${prefix}brief`)) === undefined) return;
        await new Promise((resolve) => setTimeout(resolve, POLL_MS));
      }
      assert.fail(`still there after ${(MOST_POLLS * POLL_MS) / 1000} s`);
    },
  },
];

async function read(store: Store, key: string): Promise<readonly number[] | undefined> {
  const bytes = await store.get(key);
  return bytes && [...bytes];
}
