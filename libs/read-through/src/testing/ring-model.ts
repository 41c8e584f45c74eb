import { recordBytes } from './text-layout.js';

interface Kept {
  readonly key: string;
  readonly value: string;
  readonly bytes: number;
  uses: number;
}

/** What ByteRing holds, in the plainest way: a queue, the oldest first. Where its records lie, and what has to go for that, it does not know. */
export class RingModel {
  queue: Kept[] = [];

  constructor(private readonly maxBytes: number) {}

  get bytes(): number {
    return this.queue.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  find(key: string): Kept | undefined {
    return this.queue.find((one) => one.key === key);
  }

  get(key: string): string | undefined {
    const found = this.find(key);
    if (found) found.uses = Math.min(3, found.uses + 1);
    return found?.value;
  }

  set(key: string, value: string): void {
    const uses = this.find(key)?.uses ?? 0;
    this.remove(key);
    const bytes = recordBytes(key, value);
    if (bytes * 2 <= this.maxBytes) this.queue.push({ key, value, bytes, uses });
  }

  remove(key: string): void {
    this.queue = this.queue.filter((one) => one.key !== key);
  }
}
