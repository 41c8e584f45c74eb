/** First in, first out, without moving what is in it at each step. */
export class Queue<T> {
  private values: T[] = [];
  private head = 0;

  get length(): number {
    return this.values.length - this.head;
  }

  push(value: T): void {
    this.values.push(value);
  }

  /** Takes the oldest; undefined when there is none. */
  shift(): T | undefined {
    if (this.head === this.values.length) return undefined;
    const value = this.values[this.head++];
    if (this.head > 1024 && this.head * 2 > this.values.length) {
      this.values = this.values.slice(this.head);
      this.head = 0;
    }
    return value;
  }

  /** Takes the newest; undefined when there is none. */
  pop(): T | undefined {
    return this.length === 0 ? undefined : this.values.pop();
  }
}
