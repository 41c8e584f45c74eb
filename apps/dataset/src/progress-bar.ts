import type { Writable } from 'node:stream';
import cliProgress from 'cli-progress';

const DRAWS_PER_SECOND = 8;

/** A bar on a terminal's last line. */
export interface Bar {
  update(value: number): void;
  /** Takes the bar off the screen while something else is written. */
  makeWay(write: () => void): void;
  /** Takes the bar off the screen; without effect the second time. */
  stop(): void;
}

/** Draws a bar until it is stopped; the text around it is asked for at each drawing. Without a total there is only the text. */
export function createBar(stream: Writable, total: number | undefined, text: (bar: string) => string): Bar {
  const bar = new cliProgress.SingleBar({
    stream,
    fps: DRAWS_PER_SECOND,
    barsize: 24,
    barCompleteChar: '█',
    barIncompleteChar: '░',
    clearOnComplete: true,
    format: (options, { progress }) =>
      text(total === undefined ? '' : `${cliProgress.Format.BarFormat(progress, options)} `),
  });
  let value = 0;
  const start = () => bar.start(total ?? 1, value);
  start();
  return {
    update(next) {
      value = next;
      bar.update(value);
    },
    makeWay(write) {
      bar.stop();
      write();
      start();
    },
    stop: () => bar.stop(),
  };
}
