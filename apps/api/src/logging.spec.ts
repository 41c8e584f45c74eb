import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfigError, readConfig } from './config.js';
import { NestLog, openLog } from './logging.js';

const folder = mkdtempSync(join(tmpdir(), 'log-'));
afterAll(() => rmSync(folder, { recursive: true }));

function open(environment: Record<string, string> = {}) {
  const written: string[] = [];
  const console = { stream: { write: (line: string) => void written.push(line) }, close: () => undefined };
  return {
    log: openLog(readConfig(environment).log, console),
    lines: () => written.map((line) => JSON.parse(line) as Record<string, unknown>),
  };
}

describe('the log', () => {
  it('is JSON with level in words and time in ISO 8601', () => {
    const { log, lines } = open();
    log.logger.warn({ a: 1 }, 'beware');
    expect(lines()).toEqual([
      { level: 'warn', time: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/), a: 1, msg: 'beware' },
    ]);
  });

  it('obeys the level', () => {
    const { log, lines } = open({ LOG_LEVEL: 'error' });
    log.logger.warn('no');
    log.logger.error('yes');
    expect(lines()).toEqual([expect.objectContaining({ msg: 'yes' })]);
  });

  it('never holds credentials', () => {
    const { log, lines } = open();
    log.logger.info({
      authorization: 'x1',
      headers: { cookie: 'x2', authorization: 'x3', 'set-cookie': 'x4', 'x-api-key': 'x5', accept: 'ok' },
    });
    const text = JSON.stringify(lines());
    expect(text).not.toMatch(/x[1-5]/);
    expect(text).toContain('ok');
  });

  it('writes errors with their stack', () => {
    const { log, lines } = open();
    log.logger.error({ err: new Error('broken', { cause: new Error('because') }) });
    expect(lines()[0]).toMatchObject({
      err: { message: expect.stringContaining('broken'), stack: expect.stringContaining('because') },
    });
  });
});

describe('the log file', () => {
  it('gets what the console gets, in a folder made for it', async () => {
    const file = join(folder, 'deep', 'app.log');
    const { log, lines } = open({ LOG_FILE: file });
    log.logger.info('one');
    log.logger.info('two');
    await log.close();
    expect(
      readFileSync(file, 'utf8')
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as Record<string, unknown>),
    ).toEqual(lines());
  });

  it('is rotated by size, and only so many are kept', async () => {
    const file = join(folder, 'rotated.log');
    const { log } = open({ LOG_FILE: file, LOG_FILE_MAX_SIZE: '1K', LOG_FILE_KEEP: '2' });
    for (let i = 0; i < 40; i++) {
      log.logger.info({ padding: 'x'.repeat(200), i });
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    await log.close();
    expect(
      readdirSync(folder)
        .filter((name) => name.startsWith('rotated'))
        .toSorted(),
    ).toEqual(['rotated.log', 'rotated.log.1', 'rotated.log.2']);
    expect(readFileSync(`${file}.1`, 'utf8').length).toBeGreaterThan(1000);
  });

  it('stops the start when it cannot be written', () => {
    const occupied = join(folder, 'occupied');
    writeFileSync(occupied, '');
    expect(() => open({ LOG_FILE: join(occupied, 'app.log') })).toThrow(ConfigError);
    expect(() => open({ LOG_FILE: folder })).toThrow(/LOG_FILE=.*must be a file that can be written/);
  });
});

describe("Nest's own log", () => {
  it('keeps the words on its start to level debug, and all else as it is', () => {
    const { log, lines } = open();
    const nest = new NestLog(log);
    nest.log('Mapped {/rankings, GET}', 'RouterExplorer');
    nest.error(new Error('no dataset'), 'ExceptionHandler');
    nest.log('swapped', 'Dataset');
    nest.error('bad', 'Dataset');
    expect(lines().map((line) => [line['level'], line['context'], line['msg']])).toEqual([
      ['info', 'Dataset', 'swapped'],
      ['error', 'Dataset', 'bad'],
    ]);
  });
});
