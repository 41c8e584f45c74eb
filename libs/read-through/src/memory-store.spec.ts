import { AssertionError } from 'node:assert';
import { MemoryStore } from './memory-store.js';
import { STORE_CONTRACT } from './store-contract.js';
import type { Store } from './store.js';
import { ChaosStore } from './testing/chaos-store.js';

describe.each<readonly [string, () => Store]>([
  ['a store in memory', () => new MemoryStore()],
  ['a chaos store without chaos', () => new ChaosStore(new MemoryStore())],
])('%s', (_, create) => {
  it.each(STORE_CONTRACT)('$name', ({ check }) => expect(check(create(), 'prefix:')).resolves.toBeUndefined());
});

describe('a store in memory', () => {
  it('keeps a value until its time is over and not longer', async () => {
    const clock = { ms: 5 };
    const store = new MemoryStore(() => clock.ms);
    await store.set('a', Uint8Array.of(1), 10);
    clock.ms = 10_004;
    expect(await store.get('a')).toEqual(Uint8Array.of(1));
    clock.ms = 10_005;
    expect(await store.get('a')).toBeUndefined();
  });

  it('counts the time of a value anew when it is written again', async () => {
    const clock = { ms: 0 };
    const store = new MemoryStore(() => clock.ms);
    await store.set('a', Uint8Array.of(1), 10);
    clock.ms = 9000;
    await store.set('a', Uint8Array.of(2), 10);
    clock.ms = 18_000;
    expect(await store.get('a')).toEqual(Uint8Array.of(2));
  });

  it('is empty once it was closed', async () => {
    const store = new MemoryStore();
    await store.set('a', Uint8Array.of(1), 10);
    await store.close();
    expect(await store.get('a')).toBeUndefined();
  });
});

const EVERY_BYTE = Uint8Array.from({ length: 256 }, (_, byte) => byte);

/** Stores that break one promise each: [what is wrong, the promise by a part of its name, the store]. */
const UNSOUND: readonly (readonly [string, string, (sound: MemoryStore) => Partial<Store>])[] = [
  [
    'has something everywhere',
    'nobody wrote',
    (sound) => ({ get: async (key) => (await sound.get(key)) ?? EVERY_BYTE }),
  ],
  [
    'takes empty for nothing',
    'bytes that were written',
    (sound) => ({ get: async (key) => ((await sound.get(key))?.length ? sound.get(key) : undefined) }),
  ],
  [
    'writes what is behind a view',
    'a view shows',
    (sound) => ({ set: (key, bytes, ttlSeconds) => sound.set(key, new Uint8Array(bytes.buffer), ttlSeconds) }),
  ],
  [
    'ignores case',
    'keys apart',
    (sound) => ({
      get: (key) => sound.get(key.toLowerCase()),
      set: (key, bytes, ttl) => sound.set(key.toLowerCase(), bytes, ttl),
    }),
  ],
  [
    'gives the bytes it holds',
    'its own bytes',
    () => {
      const held = new Map<string, Uint8Array>();
      return {
        get: async (key) => held.get(key),
        set: async (key, bytes) => {
          held.set(key, bytes);
        },
      };
    },
  ],
];

describe('the contract of stores', () => {
  it.each(UNSOUND)('finds a store that %s', async (_, part, unsound) => {
    const sound = new MemoryStore();
    const store: Store = {
      get: (key) => sound.get(key),
      set: (key, bytes, ttlSeconds) => sound.set(key, bytes, ttlSeconds),
      close: () => sound.close(),
      ...unsound(sound),
    };
    const { check } = STORE_CONTRACT.find(({ name }) => name.includes(part))!;
    await expect(check(store, 'prefix:')).rejects.toBeInstanceOf(AssertionError);
  });
});
