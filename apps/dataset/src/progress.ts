import type { Writable } from 'node:stream';
import { shortAmount, shortTime } from './amounts.js';
import { createBar, type Bar } from './progress-bar.js';
import { silent, type Phase, type Reporter } from './reporting.js';

/** A reporter that may hold a timer and a line of the screen until it is stopped. */
export interface Progress extends Reporter {
  stop(): void;
}

/** How progress is shown: a bar that moves, a line now and then, a JSON object a line, or not at all. */
export type ProgressStyle = 'bar' | 'lines' | 'json' | 'quiet';

/** Milliseconds on a clock that only goes forward. */
export type Clock = () => number;

const BETWEEN_LINES_MS = 10_000;
const BETWEEN_DRAWS_MS = 125;
const LABEL_WIDTH = 16;

/** Shows progress on the stream; nothing is written more than ten times a second, lines not more than once in ten seconds within a phase. */
export function showProgress(style: ProgressStyle, stream: Writable, clock: Clock = () => performance.now()): Progress {
  if (style === 'quiet') return { phase: silent.phase, notice: silent.notice, stop: () => undefined };
  if (style === 'bar') return barProgress(stream, clock);
  const say = style === 'json' ? jsonLines(stream) : textLines(stream);
  return {
    phase: (name, total, unit) => linePhase(say, { name, total, unit }, clock),
    notice: (text) => say.notice(text),
    stop: () => undefined,
  };
}

/** What is known of a phase from its beginning. */
export interface PhaseFacts {
  readonly name: string;
  readonly total: number | undefined;
  readonly unit: string | undefined;
}

/** How far a phase is. */
interface Stage {
  readonly value: number;
  readonly seconds: number;
}

interface Lines {
  begin(facts: PhaseFacts): void;
  progress(facts: PhaseFacts, stage: Stage): void;
  done(facts: PhaseFacts, stage: Stage, detail: string | undefined): void;
  notice(text: string): void;
}

function linePhase(say: Lines, facts: PhaseFacts, clock: Clock): Phase {
  const start = clock();
  let value = 0;
  let next = start + BETWEEN_LINES_MS;
  say.begin(facts);
  return {
    advance(units) {
      value += units;
      const now = clock();
      if (now < next) return;
      next = now + BETWEEN_LINES_MS;
      say.progress(facts, { value, seconds: (now - start) / 1000 });
    },
    done: (detail) => say.done(facts, { value, seconds: (clock() - start) / 1000 }, detail),
  };
}

function textLines(stream: Writable): Lines {
  const line = (text: string) => void stream.write(`${text}\n`);
  return {
    begin: ({ name, total, unit }) => line(`${name}${total === undefined ? '' : `: ${shortAmount(total, unit)}`} ...`),
    progress: (facts, stage) => line(`${facts.name}: ${describeProgress(facts, stage)}`),
    done: (facts, stage, detail) => line(`${facts.name}: ${describeEnd(facts, stage, detail)}`),
    notice: (text) => line(text),
  };
}

function inMilliseconds({ value, seconds }: Stage): Stage {
  return { value, seconds: Math.round(seconds * 1000) / 1000 };
}

function jsonLines(stream: Writable): Lines {
  const line = (value: object) => void stream.write(`${JSON.stringify(value)}\n`);
  return {
    begin: ({ name, total, unit }) => line({ phase: name, total, unit }),
    progress: ({ name, total, unit }, stage) => line({ phase: name, total, unit, ...inMilliseconds(stage) }),
    done: ({ name, unit }, stage, detail) => line({ phase: name, unit, ...inMilliseconds(stage), done: true, detail }),
    notice: (text) => line({ notice: text }),
  };
}

function barProgress(stream: Writable, clock: Clock): Progress {
  let active: Bar | undefined;
  const stop = () => {
    active?.stop();
    active = undefined;
  };
  return {
    phase(name, total, unit) {
      stop();
      const facts: PhaseFacts = { name, total, unit };
      const label = name.padEnd(LABEL_WIDTH);
      const start = clock();
      let value = 0;
      let next = start;
      const stage = () => ({ value, seconds: (clock() - start) / 1000 });
      const bar = createBar(stream, total, (drawn) => `${label} ${drawn}${describeProgress(facts, stage())}`);
      active = bar;
      return {
        advance(units) {
          value += units;
          const now = clock();
          if (now < next) return;
          next = now + BETWEEN_DRAWS_MS;
          bar.update(value);
        },
        done(detail) {
          stop();
          stream.write(`${label} ${describeEnd(facts, stage(), detail)}\n`);
        },
      };
    },
    notice(text) {
      const write = () => void stream.write(`${text}\n`);
      if (active === undefined) write();
      else active.makeWay(write);
    },
    stop,
  };
}

/** Part done, rate and time left, as far as they are known: `12.3M of 26.1M rows, 1.2M rows/s, 12s left`. */
export function describeProgress({ total, unit }: PhaseFacts, { value, seconds }: Stage): string {
  if (value === 0) return shortTime(seconds);
  const rate = `${shortAmount(value / seconds, unit)}/s`;
  if (total === undefined || total <= 0) return `${shortAmount(value, unit)}, ${rate}`;
  const left = shortTime(Math.max(0, ((total - value) / value) * seconds));
  return `${shortAmount(value, unit)} of ${shortAmount(total, unit)}, ${rate}, ${left} left`;
}

function describeEnd({ unit }: PhaseFacts, { value, seconds }: Stage, detail: string | undefined): string {
  const amount = value === 0 ? '' : `${shortAmount(value, unit)} in `;
  const rate = value === 0 || seconds < 0.1 ? '' : `, ${shortAmount(value / seconds, unit)}/s`;
  return `${amount}${shortTime(seconds)}${rate}${detail === undefined ? '' : ` (${detail})`}`;
}
