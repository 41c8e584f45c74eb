import type { OutgoingHttpHeaders } from 'node:http';
import { fullCount } from '../amounts.js';
import type { Phase } from '../reporting.js';
import { fromAny } from './attempts.js';
import type { Bounds } from './bounds.js';
import { DownloadError } from './download-error.js';
import { get, type Answer } from './http-get.js';
import { PartialFile } from './partial-file.js';
import type { Place } from './place.js';

/** A file to download. */
export interface FileRequest {
  /** Where it is to be had; the bytes of all are the same. */
  readonly places: readonly Place[];
  /** Where it is put; what is there already is taken for its beginning when its digest is known. */
  readonly path: string;
  /** What is known of it. */
  readonly expected: { readonly bytes?: number; readonly sha256?: string | undefined };
  readonly bounds: Bounds;
  /** Begins a phase in which the bytes are counted, of so many bytes if that is known. */
  readonly begin: (totalBytes: number | undefined) => Phase;
}

/** What was downloaded. */
export interface Downloaded {
  readonly bytes: number;
  /** Bytes that were there already. */
  readonly resumedBytes: number;
}

/**
 * Downloads a file, size and digest checked. After a broken connection it goes on where that broke: under the same ETag,
 * or, when the digest is known and so decides in the end, in any case. What it has when it gives up stays for the next
 * time. Throws {@link DownloadError}.
 */
export async function downloadFile(request: FileRequest): Promise<Downloaded> {
  const file = await PartialFile.open(request.path);
  let complete = false;
  try {
    const download = new FileDownload(file, request);
    const { places, bounds } = request;
    const done = await fromAny(
      { places, attempt: (place) => download.attempt(place), bytes: () => file.bytes },
      bounds,
    );
    complete = true;
    return done;
  } finally {
    await file.close({ keepEmpty: complete });
  }
}

/** A file on its way. */
class FileDownload {
  private phase: Phase | undefined;
  /** Bytes of the file that were there before. */
  private resumedBytes: number;
  /** Answers (or earlier runs) that the file is put together from. */
  private parts: number;
  private validator: { readonly place: Place; readonly etag: string } | undefined;

  constructor(
    private readonly file: PartialFile,
    private readonly request: FileRequest,
  ) {
    this.resumedBytes = file.bytes;
    this.parts = file.bytes > 0 ? 1 : 0;
  }

  /** Gets what is missing from a place and checks the whole. */
  async attempt(place: Place): Promise<Downloaded> {
    const { bytes, sha256 } = this.request.expected;
    const complete = bytes === undefined ? this.file.sha256 === sha256 : this.file.bytes === bytes;
    if (!complete) await this.getRest(place);
    this.begin(bytes);
    if (sha256 !== undefined && this.file.sha256 !== sha256) {
      const [found, passing] = [this.file.sha256, this.parts > 1 || this.resumedBytes > 0];
      await this.restart();
      throw new DownloadError(`${place.shown} is not what it should be: its sha256 is ${found}, not ${sha256}.`, {
        passing,
      });
    }
    return { bytes: this.file.bytes, resumedBytes: this.resumedBytes };
  }

  private async getRest(place: Place): Promise<void> {
    const { expected, bounds } = this.request;
    const answer = await get(place, await this.rangeHeaders(place), bounds);
    try {
      const total = await this.placeAnswer(answer, place);
      this.begin(total);
      for await (const piece of answer.body()) {
        if (expected.bytes !== undefined && this.file.bytes + piece.length > expected.bytes) {
          await this.restart();
          throw wrongSize(place, `more than ${fullCount(expected.bytes)}`, expected.bytes);
        }
        await this.file.append(piece);
        this.phase?.advance(piece.length);
      }
      if (total !== undefined && this.file.bytes < total) {
        const part = `${fullCount(this.file.bytes)} of ${fullCount(total)} bytes`;
        throw new DownloadError(`${place.shown} ended after ${part}.`, { passing: true });
      }
    } finally {
      answer.discard();
    }
  }

  private async rangeHeaders(place: Place): Promise<OutgoingHttpHeaders> {
    const { bytes, sha256 } = this.request.expected;
    const etag = this.validator?.place === place ? this.validator.etag : undefined;
    const mayResume = (etag !== undefined || sha256 !== undefined) && !(bytes !== undefined && this.file.bytes > bytes);
    if (!mayResume) await this.restart();
    if (this.file.bytes === 0) return {};
    const range = `bytes=${this.file.bytes}-`;
    return etag === undefined ? { range } : { range, 'if-range': etag };
  }

  /** Makes the file ready for the body of an answer; returns how long the whole is, if that is known. */
  private async placeAnswer({ status, headers }: Answer, place: Place): Promise<number | undefined> {
    const { expected } = this.request;
    const [, start, size] = /^bytes (?:(\d+)-\d+|\*)\/(\d+)$/.exec(headers['content-range'] ?? '') ?? [];
    const length = status === 200 ? headers['content-length'] : size;
    const total = length === undefined ? undefined : Number(length);
    // Before anything is thrown away: another place may go on with what is here.
    if (expected.bytes !== undefined && total !== undefined && total !== expected.bytes) {
      throw wrongSize(place, fullCount(total), expected.bytes);
    }
    if (status === 200) await this.restart();
    else if (status === 416 || Number(start) !== this.file.bytes) {
      await this.restart();
      throw new DownloadError(`${place.shown} is not the file that was begun: it is begun again.`, { passing: true });
    }
    const { sha256, bytes } = expected;
    if ([sha256, bytes, total, headers['transfer-encoding']].every((known) => known === undefined)) {
      throw new DownloadError(`${place.shown} does not say how long it is: add its digest as #sha256=HEX.`);
    }
    this.parts++;
    const { etag } = headers;
    this.validator = etag?.startsWith('"') ? { place, etag } : undefined;
    return total ?? bytes;
  }

  private begin(totalBytes: number | undefined): void {
    if (this.phase !== undefined) return;
    this.phase = this.request.begin(totalBytes);
    this.phase.advance(this.file.bytes);
  }

  private async restart(): Promise<void> {
    if (this.file.bytes > 0) this.phase?.advance(-this.file.bytes);
    await this.file.restart();
    this.resumedBytes = 0;
    this.parts = 0;
    this.validator = undefined;
  }
}

function wrongSize({ shown }: Place, found: string, expected: number): DownloadError {
  return new DownloadError(`${shown} is not what it should be: it has ${found} bytes, not ${fullCount(expected)}.`);
}
