/**
 * A place for bytes that outlives the process or is shared with others. Its methods may fail, hang or return anything;
 * what a sound one does is in {@link STORE_CONTRACT}.
 */
export interface Store {
  /** The bytes under a key, undefined when there are none. */
  get(key: string): Promise<Uint8Array | undefined>;
  /** Keeps bytes under a key for some seconds, in place of what was there. */
  set(key: string, bytes: Uint8Array, ttlSeconds: number): Promise<void>;
  /** Lets go of connections; what is under way may be lost. */
  close(): Promise<void>;
}

/** Turns values into a store's bytes and back. */
export interface Codec<T> {
  /** The bytes of a value for a key. Throws when it is no value to be kept. */
  encode(value: T, key: string): Promise<Uint8Array> | Uint8Array;
  /** Throws when the bytes are none that {@link encode} made for the key. */
  decode(bytes: Uint8Array, key: string): Promise<T> | T;
}

/** Why a store did not help: it failed, did not answer in time, was given or held what is no value, or was not asked at all. */
export type StoreFault = 'error' | 'timeout' | 'wrong' | 'open' | 'busy';
