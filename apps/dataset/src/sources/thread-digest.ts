import { once } from 'node:events';
import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';

/** Pieces that may wait to be digested. */
const MOST_PENDING = 16;

/** A sha256 that is computed on another core while the pieces it is of are made. */
export class ThreadDigest {
  // Run from sources, as tests do, the thread is TypeScript too: Node reads that by itself.
  private readonly thread = new Worker(new URL(`./digest-thread${extname(import.meta.url)}`, import.meta.url));
  private readonly free: ArrayBuffer[] = [];
  private pending = 0;
  private failure: Error | undefined;
  private hex: string | undefined;

  constructor() {
    this.thread.on('error', (error: Error) => {
      this.failure = error;
    });
    this.thread.on('message', (message: ArrayBuffer | string) => {
      if (typeof message === 'string') {
        this.hex = message;
        return;
      }
      this.pending--;
      this.free.push(message);
    });
  }

  /** Memory of a piece that was digested, or new memory of so many bytes. */
  memory(bytes: number): Buffer {
    const used = this.free.pop();
    return used?.byteLength === bytes ? Buffer.from(used) : Buffer.allocUnsafeSlow(bytes);
  }

  /** Adds a piece and takes its memory away: it is empty afterwards. Waits when the thread is behind. */
  async update(piece: Buffer<ArrayBuffer>): Promise<void> {
    this.pending++;
    this.thread.postMessage(piece, [piece.buffer]);
    while (this.pending > MOST_PENDING) await once(this.thread, 'message');
  }

  /** The digest in hexadecimal; nothing can be added after it. Throws what ended the thread early. */
  async digest(): Promise<string> {
    const ended = once(this.thread, 'exit');
    this.thread.postMessage(undefined);
    await ended;
    if (this.hex === undefined) throw this.failure ?? new Error('the thread that digests a file ended early');
    return this.hex;
  }

  /** Ends the thread, whatever it does. */
  async close(): Promise<void> {
    await this.thread.terminate();
  }
}
