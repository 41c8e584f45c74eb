/** A value that says how large it is, and may grow. */
export interface Sized {
  readonly id: number;
  bytes: number;
}

/** What ByteSieve does in the plainest way: a list of what is kept, the oldest first, and the hand as a position in it. */
export class SieveModel {
  list: { readonly key: string; readonly value: Sized; bytes: number; visited: boolean }[] = [];
  hand = 0;
  evictions = 0;

  constructor(private readonly maxBytes: number) {}

  get bytes(): number {
    return this.list.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  find(one: string) {
    return this.list.find((entry) => entry.key === one);
  }

  get(one: string): Sized | undefined {
    const found = this.find(one);
    if (found) found.visited = true;
    return found?.value;
  }

  set(one: string, value: Sized): void {
    const visited = this.find(one)?.visited ?? false;
    this.remove(one);
    if (value.bytes * 2 > this.maxBytes) return;
    this.makeRoom(value.bytes);
    this.list.push({ key: one, value, bytes: value.bytes, visited });
  }

  grow(one: string, bytes: number): void {
    const found = this.find(one);
    if (!found) return;
    found.bytes = bytes;
    if (bytes * 2 > this.maxBytes) {
      this.remove(one);
      this.evictions++;
    }
    this.makeRoom(0);
  }

  remove(one: string): void {
    const at = this.list.findIndex((entry) => entry.key === one);
    if (at < 0) return;
    this.list.splice(at, 1);
    if (at < this.hand) this.hand--;
    this.hand %= this.list.length || 1;
  }

  clear(): void {
    this.list = [];
    this.hand = 0;
  }

  private makeRoom(bytes: number): void {
    for (; this.bytes + bytes > this.maxBytes; this.evictions++) {
      for (; this.list[this.hand]!.visited; this.hand = (this.hand + 1) % this.list.length)
        this.list[this.hand]!.visited = false;
      this.remove(this.list[this.hand]!.key);
    }
  }
}
