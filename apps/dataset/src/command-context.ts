import type { Writable } from 'node:stream';
import { Option, type Command } from 'commander';
import { showProgress, type Progress, type ProgressStyle } from './progress.js';

/** A pattern may stand for thousands of files. */
const LINE_CHARACTERS = 200;

/** The world outside as a command sees it. */
export interface Surroundings {
  readonly stdout: Writable;
  readonly stderr: Writable;
  /** Whether progress may be drawn as a bar. */
  readonly terminal: boolean;
  /** Aborted when the user interrupts. */
  readonly signal: AbortSignal;
}

interface GlobalFlags {
  readonly quiet?: boolean;
  readonly json?: boolean;
}

/** What a running command works with. */
export interface Context {
  readonly progress: Progress;
  readonly signal: AbortSignal;
  /** The command line as others are told of it. */
  readonly line: string;
  /** Prints the result: the text for people, or the object as one line of JSON with --json. */
  print(text: string, result: object): void;
}

/** Adds the options that each command has. */
export function addGlobalOptions(program: Command): void {
  program
    .addOption(new Option('--quiet', 'show no progress and no notices, only the result and errors'))
    .addOption(new Option('--json', 'print the result as one JSON object; progress on stderr as JSON lines'));
}

/** Makes a command's action: gives it its context and takes the progress off the screen whatever happens. */
export function withContext<Args extends readonly unknown[]>(
  around: Surroundings,
  action: (context: Context, ...args: Args) => Promise<void>,
): (this: Command, ...args: [...Args, ...unknown[]]) => Promise<void> {
  return async function (this: Command, ...args) {
    const flags = this.optsWithGlobals<GlobalFlags>();
    const progress = showProgress(styleOf(flags, around.terminal), around.stderr);
    const context: Context = {
      progress,
      signal: around.signal,
      line: `dataset ${[this.name(), ...this.args].join(' ')}`.slice(0, LINE_CHARACTERS),
      print: (text, result) => void around.stdout.write(`${flags.json ? JSON.stringify(result) : text}\n`),
    };
    try {
      await action(context, ...(args as unknown as Args));
    } finally {
      progress.stop();
    }
  };
}

function styleOf({ quiet, json }: GlobalFlags, terminal: boolean): ProgressStyle {
  if (quiet) return 'quiet';
  if (json) return 'json';
  return terminal ? 'bar' : 'lines';
}
