import { open, rename, rm } from 'node:fs/promises';
import type { Writable } from 'node:stream';
import { finished, pipeline } from 'node:stream/promises';
import { constants, createGzip, createZstdCompress } from 'node:zlib';
import { UsageError } from '../reporting.js';
import { COLUMNS, type RejectReason, type RowSink } from '../rows.js';
import { streamRows, type SampleOptions } from './generate.js';

const BUFFER_BYTES = 4 << 20;
const COMMA = 0x2c;
const QUOTE = 0x22;
const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/**
 * Writes the sample's rows as CSV in the export's schema, compressed if the name ends in .gz or .zst; the file has its
 * name only when it is complete. Throws {@link UsageError} on another ending; returns the number of rows.
 */
export async function writeSampleCsv(
  options: SampleOptions,
  file: string,
  onRows: (rows: number) => void,
  signal: AbortSignal,
): Promise<number> {
  const compressor = compressorOf(file);
  const part = `${file}.part`;
  const handle = await open(part, 'w');
  const target = handle.createWriteStream({ highWaterMark: BUFFER_BYTES });
  const input: Writable = compressor ?? target;
  let fault: Error | undefined;
  const written = (compressor === undefined ? finished(target) : pipeline(compressor, target)).catch(
    (error: unknown) => (fault ??= error as Error),
  );
  try {
    const rows = await writeRows(options, input, onRows, signal);
    await written;
    if (fault !== undefined) throw fault;
    await rename(part, file);
    return rows;
  } catch (error) {
    // A stream that has failed says at the next write only that it is closed.
    const first = fault ?? error;
    input.destroy();
    target.destroy();
    await rm(part, { force: true });
    // The system does not name the file when it is a write that fails.
    if (Error.isError(first) && 'syscall' in first) Object.assign(first, { path: file });
    throw Error.isError(first) ? first : new Error(String(first));
  }
}

async function writeRows(
  options: SampleOptions,
  input: Writable,
  onRows: (rows: number) => void,
  signal: AbortSignal,
): Promise<number> {
  const text = new CsvText();
  let rows = 0;
  const onDay = async (count: number) => {
    rows += count;
    onRows(count);
    if (text.length >= BUFFER_BYTES) await write(input, text.take());
  };
  await streamRows(options, text, onDay, signal);
  input.end(text.take());
  return rows;
}

function compressorOf(file: string) {
  if (file.endsWith('.csv')) return undefined;
  if (file.endsWith('.csv.gz')) return createGzip({ level: 3, chunkSize: 1 << 18 });
  if (file.endsWith('.csv.zst')) {
    return createZstdCompress({ params: { [constants.ZSTD_c_compressionLevel]: 3 }, chunkSize: 1 << 18 });
  }
  throw new UsageError(`--csv ${file}: expected a name that ends in .csv, .csv.gz or .csv.zst.`);
}

function write(stream: Writable, bytes: Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    stream.write(bytes, (error) => (error ? reject(error) : resolve()));
  });
}

/** Rows as lines of CSV, gathered until they are taken; quotes a field only where it must be. */
export class CsvText implements RowSink {
  private bytes = new Uint8Array(BUFFER_BYTES + (1 << 20));
  private used = new TextEncoder().encodeInto(`${COLUMNS.join(',')}\n`, this.bytes).written;

  /** Bytes gathered. */
  get length(): number {
    return this.used;
  }

  open(): void {
    // The rows say everything themselves.
  }

  accept(bytes: Uint8Array, starts: Int32Array, ends: Int32Array): RejectReason | undefined {
    let longest = COLUMNS.length + 1;
    for (let i = 0; i < COLUMNS.length; i++) longest += 2 + 2 * ((ends[i] ?? 0) - (starts[i] ?? 0));
    this.makeRoom(longest);
    let at = this.used;
    for (let i = 0; i < COLUMNS.length; i++) {
      at = this.field(at, bytes, starts[i] ?? 0, ends[i] ?? 0);
      this.bytes[at++] = COMMA;
    }
    this.bytes[at - 1] = LINE_FEED;
    this.used = at;
    return undefined;
  }

  /** The bytes gathered since the last call; they are the caller's. */
  take(): Uint8Array {
    const taken = this.bytes.subarray(0, this.used);
    this.bytes = new Uint8Array(this.bytes.length);
    this.used = 0;
    return taken;
  }

  private field(to: number, from: Uint8Array, start: number, end: number): number {
    const { bytes } = this;
    let at = to;
    for (let i = start; i < end; i++) {
      const byte = from[i] ?? 0;
      if (byte === COMMA || byte === QUOTE || byte === LINE_FEED || byte === CARRIAGE_RETURN) {
        return this.quoted(to, from, start, end);
      }
      bytes[at++] = byte;
    }
    return at;
  }

  private quoted(to: number, from: Uint8Array, start: number, end: number): number {
    const { bytes } = this;
    let at = to;
    bytes[at++] = QUOTE;
    for (let i = start; i < end; i++) {
      const byte = from[i] ?? 0;
      if (byte === QUOTE) bytes[at++] = QUOTE;
      bytes[at++] = byte;
    }
    bytes[at++] = QUOTE;
    return at;
  }

  private makeRoom(bytes: number): void {
    if (this.used + bytes <= this.bytes.length) return;
    const larger = new Uint8Array(this.bytes.length * 2 + bytes);
    larger.set(this.bytes.subarray(0, this.used));
    this.bytes = larger;
  }
}
