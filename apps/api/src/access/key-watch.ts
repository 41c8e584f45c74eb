import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { ConfigError } from '../config.js';
import { KeyFileError, readKeys } from './key-file.js';
import { KeySet } from './key-set.js';

/** How often the file is looked at. */
export const LOOK_MS = 2000;

/** Told of what a look at the file found. */
export interface KeyWatchObserver {
  /** Other keys than before are in use. */
  readonly replaced: (keys: KeySet) => void;
  /** The file cannot be used; the keys of before stay. Once for each fault. */
  readonly failed: (error: Error) => void;
}

/**
 * The keys of a file, read again when it changes. Its text is compared, for a Secret is swapped by a link and volumes of
 * other machines tell nothing; a file of keys is small.
 */
export class KeyWatch {
  private text: string;
  private set: KeySet;
  private fault: Error | undefined;
  private timer: NodeJS.Timeout | undefined;

  /** Reads the file. Throws {@link ConfigError} with every fault of it. */
  constructor(private readonly path: string) {
    try {
      this.text = readFileSync(path, 'utf8');
      this.set = new KeySet(readKeys(this.text));
    } catch (error) {
      const faults = error instanceof KeyFileError ? error.faults : [(error as Error).message];
      throw new ConfigError(faults.map((fault) => `API_KEYS_FILE=${JSON.stringify(path)}: ${fault}`));
    }
  }

  /** The keys in use. */
  get keys(): KeySet {
    return this.set;
  }

  /** Whether the file, as it was when it was last looked at, cannot be used. */
  get isFailing(): boolean {
    return this.fault !== undefined;
  }

  /** Looks again and again until {@link stop}. */
  start(observer: KeyWatchObserver, everyMs = LOOK_MS): void {
    const again = () => {
      this.timer = setTimeout(() => void this.look(observer).then(() => this.timer && again()), everyMs);
      // The server keeps the process alive, not this.
      this.timer.unref();
    };
    again();
  }

  stop(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
  }

  private async look({ replaced, failed }: KeyWatchObserver): Promise<void> {
    try {
      const text = await readFile(this.path, 'utf8');
      const isNew = text !== this.text;
      // Back to what is in use: there is nothing to read.
      if (!isNew && this.fault === undefined) return;
      const set = isNew ? new KeySet(readKeys(text)) : this.set;
      this.text = text;
      this.fault = undefined;
      this.set = set;
      replaced(set);
    } catch (error) {
      const isSame = this.fault?.message === (error as Error).message;
      this.fault = error as Error;
      if (!isSame) failed(this.fault);
    }
  }
}
