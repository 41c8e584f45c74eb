import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silent, type Phase } from '../../reporting.js';
import { startBounds, type Patience } from '../bounds.js';
import { downloadFile, type Downloaded, type FileRequest } from '../download-file.js';
import { parsePlace } from '../place.js';
import { FileServer } from './file-server.js';

/** Path of the file on the server of a {@link TestDownload}. */
export const PATH = '/charts.duckdb';
/** Its content: enough of it that a part counts as progress. */
export const CONTENT = Buffer.from(Array.from({ length: 100_000 }, (_, index) => `row ${index}\n`).join(''));
/** What a manifest says of it. */
export const KNOWN = { bytes: CONTENT.length, sha256: createHash('sha256').update(CONTENT).digest('hex') };
/** Half of its length. */
export const HALF = CONTENT.length / 2;

/** What a test does otherwise than {@link TestDownload.run} does by itself. */
export interface DownloadChange extends Partial<Patience> {
  readonly urls?: readonly string[];
  readonly signal?: AbortSignal;
}

/** A server with a file, and a folder that it is downloaded to. */
export class TestDownload {
  readonly notices: string[] = [];
  /** Bytes that the progress tells of. */
  counted = 0;
  readonly path: string;

  private constructor(
    readonly folder: string,
    readonly server: FileServer,
  ) {
    this.path = join(folder, 'file');
    server.put(PATH, CONTENT);
  }

  static async create(): Promise<TestDownload> {
    return new TestDownload(await mkdtemp(join(tmpdir(), 'download-')), await FileServer.start());
  }

  /** Downloads the file, as downloadFile does. */
  async run(
    expected: FileRequest['expected'] = KNOWN,
    { urls = [this.server.url(PATH)], signal = new AbortController().signal, ...patience }: DownloadChange = {},
  ): Promise<Downloaded> {
    const calm = { retries: 3, timeoutMs: 60_000, stallMs: 30_000, backoffMs: 1, ...patience };
    using bounds = startBounds(calm, signal, (text) => this.notices.push(text));
    const phase: Phase = { ...silent.phase(''), advance: (bytes) => (this.counted += bytes) };
    return await downloadFile({
      places: urls.map(parsePlace),
      path: this.path,
      expected,
      bounds,
      begin: () => phase,
    });
  }

  /** Whether the file on the disk is this. Buffers of this size are compared slowly by what compares them deeply. */
  async holds(content: Buffer): Promise<boolean> {
    return content.equals(await readFile(this.path));
  }

  async remove(): Promise<void> {
    await this.server.stop();
    await rm(this.folder, { recursive: true, force: true });
  }
}
