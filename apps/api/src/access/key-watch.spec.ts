import { rmSync, writeFileSync } from 'node:fs';
import { until } from '../cache/testing/redis-server.js';
import { ConfigError } from '../config.js';
import { KeyWatch } from './key-watch.js';
import { KeyFolder, keysOf } from './testing/key-folder.js';

const LOOK_MS = 5;

/** A watch of a file with the key `one`, and what it has told. */
function watching() {
  const { keys, text } = keysOf({ one: undefined });
  const folder = new KeyFolder(text);
  const watch = new KeyWatch(folder.path);
  const told: string[] = [];
  const start = () =>
    watch.start(
      {
        replaced: ({ keys: now }) => void told.push(now.map(({ name }) => name).join(' ')),
        failed: ({ message }) => void told.push(message),
      },
      LOOK_MS,
    );
  const end = () => {
    watch.stop();
    folder.remove();
  };
  return { folder, watch, told, start, end, text, key: keys.one };
}

describe('a watch of the file of keys', () => {
  it('takes over what a link leads to next, and what is written into the file', async () => {
    const { folder, watch, told, start, end, text, key } = watching();
    start();
    const two = keysOf({ two: 5 });
    folder.swap(two.text);
    await until('swapped', () => told.length === 1);
    expect([watch.keys.find(key), watch.keys.find(two.keys.two)?.limit]).toEqual([undefined, 5]);
    writeFileSync(folder.path, text);
    await until('written', () => told.length === 2);
    expect(told).toEqual(['two', 'one']);
    end();
  });

  it('keeps the keys of before while the file is gone, empty or faulty, and says each fault once', async () => {
    const { folder, watch, told, start, end, text, key } = watching();
    start();
    rmSync(folder.path);
    await until('gone', () => watch.isFailing);
    await new Promise((resolve) => setTimeout(resolve, 10 * LOOK_MS));
    writeFileSync(folder.path, '');
    await until('empty', () => told.length === 2);
    writeFileSync(folder.path, `${text}?\n`);
    await until('faulty', () => told.length === 3);
    expect(told).toEqual([
      expect.stringContaining('ENOENT'),
      expect.stringContaining('it has no key'),
      'line 2: must be NAME SHA256 or NAME SHA256 LIMIT',
    ]);
    expect([watch.isFailing, watch.keys.find(key)?.name]).toEqual([true, 'one']);
    writeFileSync(folder.path, text);
    await until('sound', () => !watch.isFailing);
    expect(watch.keys.find(key)?.name).toBe('one');
    end();
  });

  it('looks no more when it is stopped', async () => {
    const { folder, watch, told, start, end } = watching();
    start();
    watch.stop();
    folder.swap(keysOf({ two: undefined }).text);
    await new Promise((resolve) => setTimeout(resolve, 10 * LOOK_MS));
    expect(told).toEqual([]);
    end();
  });

  it('does not begin with a file that has faults', () => {
    const folder = new KeyFolder('one\n');
    expect(() => new KeyWatch(folder.path)).toThrow(ConfigError);
    expect(() => new KeyWatch(`${folder.path}-other`)).toThrow(/API_KEYS_FILE=.*ENOENT/);
    folder.remove();
  });
});
