import { Writable } from 'node:stream';
import { showProgress, type ProgressStyle } from './progress.js';

/** A stream that keeps what is written and a clock that is set by hand. */
function stage(style: ProgressStyle) {
  let text = '';
  let nowMs = 5_000;
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      text += chunk.toString();
      done();
    },
  });
  const progress = showProgress(style, Object.assign(stream, { isTTY: style === 'bar', columns: 120 }), () => nowMs);
  return {
    progress,
    wait: (ms: number) => (nowMs += ms),
    shown: () => text,
    lines: () => text.split('\n').slice(0, -1),
  };
}

describe('progress in lines', () => {
  it('says when a phase begins and ends, with rate and time', () => {
    const { progress, wait, lines } = stage('lines');
    const phase = progress.phase('read files', 2e9, 'bytes');
    wait(4_000);
    phase.advance(2e9);
    phase.done('12 files');
    expect(lines()).toEqual(['read files: 2.0 GB ...', 'read files: 2.0 GB in 4.0s, 500 MB/s (12 files)']);
  });

  it('says at most once in ten seconds how far it is', () => {
    const { progress, wait, lines } = stage('lines');
    const phase = progress.phase('sort', 1_000_000, 'rows');
    for (let i = 0; i < 250; i++) {
      wait(100);
      phase.advance(1_000);
    }
    expect(lines()).toEqual([
      'sort: 1.0M rows ...',
      'sort: 100k rows of 1.0M rows, 10.0k rows/s, 1m 30s left',
      'sort: 200k rows of 1.0M rows, 10.0k rows/s, 1m 20s left',
    ]);
  });

  it('needs no total and no units', () => {
    const { progress, wait, lines } = stage('lines');
    const phase = progress.phase('index');
    wait(1_500);
    phase.done();
    progress.notice('a column is left out');
    expect(lines()).toEqual(['index ...', 'index: 1.5s', 'a column is left out']);
  });
});

describe('progress as JSON', () => {
  it('is an object a line', () => {
    const { progress, wait, lines } = stage('json');
    const phase = progress.phase('sort', 10, 'rows');
    wait(2_000);
    phase.advance(10);
    phase.done();
    progress.notice('so');
    expect(lines().map((line) => JSON.parse(line) as unknown)).toEqual([
      { phase: 'sort', total: 10, unit: 'rows' },
      { phase: 'sort', unit: 'rows', value: 10, seconds: 2, done: true },
      { notice: 'so' },
    ]);
  });
});

describe('quiet progress', () => {
  it('shows nothing', () => {
    const { progress, shown } = stage('quiet');
    progress.phase('sort', 10, 'rows').done();
    progress.notice('so');
    progress.stop();
    expect(shown()).toBe('');
  });
});

describe('progress as a bar', () => {
  it('shows the share, the amount, the rate and the time left', () => {
    const { progress, wait, shown } = stage('bar');
    const phase = progress.phase('sort', 1_000_000, 'rows');
    wait(10_000);
    phase.advance(500_000);
    progress.notice('by the way');
    phase.done('well');
    expect(shown()).toContain(`${'█'.repeat(12)}${'░'.repeat(12)} 500k rows of 1.0M rows, 50.0k rows/s, 10s left`);
    expect(shown()).toContain('by the way\n');
    expect(shown().endsWith('sort             500k rows in 10s, 50.0k rows/s (well)\n')).toBe(true);
  });

  it('draws seldom, however often it advances', () => {
    const { progress, wait, shown } = stage('bar');
    const phase = progress.phase('sort', 1_000_000, 'rows');
    for (let i = 0; i < 100_000; i++) {
      if (i % 1_000 === 0) wait(10);
      phase.advance(10);
    }
    phase.done();
    expect(shown().split('sort').length).toBeLessThan(15);
  });

  it('is off the screen once it is stopped, also in the middle of a phase', () => {
    const { progress, shown } = stage('bar');
    progress.phase('sort', 10, 'rows').advance(1);
    progress.stop();
    const before = shown();
    progress.stop();
    expect(shown()).toBe(before);
    expect(before.endsWith('\u001b[2K')).toBe(true);
  });
});
