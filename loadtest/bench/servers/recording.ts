import { readFileSync } from 'node:fs';

/** An answer of the service, for others to give in the same form. */
export interface Recording {
  readonly status: number;
  /** Names and values in turn, without those that node:http adds itself. */
  readonly headers: string[];
  readonly body: Buffer;
}

/** A recording as it lies in a file. */
export interface RecordingFile {
  readonly status: number;
  readonly headers: readonly string[];
  readonly bodyBase64: string;
}

/** Port from the command line of a server to compare with. */
export const port = Number(process.argv[2]);

/** Reads the recording whose file is named second on the command line. */
export function readRecording(): Recording {
  const { status, headers, bodyBase64 } = JSON.parse(readFileSync(process.argv[3]!, 'utf8')) as RecordingFile;
  return { status, headers: [...headers], body: Buffer.from(bodyBase64, 'base64') };
}
