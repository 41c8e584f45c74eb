import { mkdir, mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatasetError } from '#libs/catalog';
import { DownloadError } from './download/download-error.js';
import { describeFailure } from './exit-codes.js';
import { UsageError } from './reporting.js';
import { LockedError } from './store/lock.js';

const systemError = (fields: object) => Object.assign(new Error('it failed'), fields);

describe('describeFailure', () => {
  it.each([
    ['a refused input', new UsageError('no rows'), 2, 'no rows'],
    ['a dataset that cannot be used', new DatasetError('missing', 'No dataset'), 2, 'No dataset'],
    ['a locked dataset', new LockedError('/d/.lock', undefined), 3, '/d/.lock'],
    ['a failed download', new DownloadError('No answer.'), 5, 'No answer. The dataset is as it was.'],
    [
      'a full disk',
      systemError({ code: 'ENOSPC', syscall: 'write', path: '/d/x' }),
      4,
      'Cannot write /d/x: it failed. The disk is full',
    ],
    [
      'a rename that fails',
      systemError({ code: 'EACCES', syscall: 'rename', path: '/d/x', dest: '/d/y' }),
      4,
      '/d/x to /d/y',
    ],
    ['an unheard-of system fault', systemError({ code: 'EIO', syscall: 'read', path: '/d/x' }), 4, 'Check the disk'],
    [
      'a full disk below DuckDB',
      new Error('Could not write file "/d/x": No space left on device'),
      4,
      'The disk is full',
    ],
    ['an I/O fault of DuckDB', new Error('IO Error: Cannot open file "/d/x"'), 4, '"/d/x"'],
    ['too little memory', new Error('Out of Memory Error: failed to allocate'), 4, 'Raise --memory-limit'],
    [
      'a system fault within another error',
      new Error('x', { cause: systemError({ code: 'EROFS', syscall: 'open', path: '/d' }) }),
      4,
      'read-only',
    ],
    ['anything else', new TypeError('x is not a function'), 70, 'exit-codes.spec'],
    ['what is no error', 'text', 70, 'text'],
  ])('ends %s as documented', (_, error, exitCode, part) => {
    const failure = describeFailure(error, false);
    expect(failure.exitCode).toBe(exitCode);
    expect(failure.message).toContain(part);
  });

  it('takes whatever comes after an interruption for one', () => {
    expect(describeFailure(new Error('connection closed'), true).exitCode).toBe(130);
  });

  it('names the path of a real fault', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'exit-'));
    try {
      await mkdir(join(dir, 'folder'));
      const error = await open(join(dir, 'folder'), 'w').catch((caught: unknown) => caught);
      expect(describeFailure(error, false)).toMatchObject({
        exitCode: 4,
        message: expect.stringContaining(join(dir, 'folder')),
      });
    } finally {
      await rm(dir, { recursive: true, force: true });
    }
  });
});
