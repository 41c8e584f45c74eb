import fc from 'fast-check';
import { KeyFileError, MOST_KEYS, readKeys } from './key-file.js';
import { newKey, UsageError } from './new-key.js';
import { KeySet } from './key-set.js';

const A = 'a'.repeat(64);
const B = 'B'.repeat(64);

function faultsOf(text: string): readonly string[] {
  try {
    readKeys(text);
    return [];
  } catch (error) {
    if (error instanceof KeyFileError) return error.faults;
    throw error;
  }
}

describe('a file of keys', () => {
  it('has a line for each key, comments, empty lines and any line ends', () => {
    const text = `\uFEFF# who may ask\r\n\r\nmobile ${A} 600\r\n\t web.v2 \t${B}  \n  # the end`;
    expect(readKeys(text)).toEqual([
      { name: 'mobile', sha256: A, limit: 600 },
      { name: 'web.v2', sha256: B.toLowerCase(), limit: undefined },
    ]);
  });

  it('may have several keys of a name, which share a limit', () => {
    expect(readKeys(`mobile ${A} 5\nmobile ${B} 5`).map(({ name }) => name)).toEqual(['mobile', 'mobile']);
    expect(faultsOf(`mobile ${A} 5\nmobile ${B} 6`)).toEqual([
      'line 2: keys of one name share a limit, so it must be the same',
    ]);
    expect(faultsOf(`mobile ${A} 5\nmobile ${B}`)).toHaveLength(1);
  });

  it('is refused with every fault of it, the line and what would be right', () => {
    const faults = faultsOf(
      [`mobile`, `# fine`, `a/b ${A}`, `web abc`, `web ${A} 0`, `web ${A} ten`, `a ${A}`, `b ${A}`, `c ${B} 1 x`].join(
        '\n',
      ),
    );
    expect(faults).toEqual([
      'line 1: must be NAME SHA256 or NAME SHA256 LIMIT',
      expect.stringMatching(/^line 3: a name has 1 to 64 letters/),
      'line 4: the second word must be the SHA-256 of the key, 64 hexadecimal digits; this has 3 characters',
      expect.stringMatching(/^line 5: the limit must be a whole number of requests per minute from 1/),
      expect.stringMatching(/^line 6: the limit must/),
      'line 8: is the key of line 7 again; each key is one line',
      'line 9: must be NAME SHA256 or NAME SHA256 LIMIT',
    ]);
  });

  it.each(['', '\n\n', '# nobody\n'])('is refused when it has no key: %j', (text) => {
    expect(faultsOf(text)).toEqual([expect.stringMatching(/^it has no key/)]);
  });

  it('is refused when it has too many', () => {
    const line = (_: unknown, i: number) => `k${i} ${i.toString(16).padStart(64, '0')}`;
    const lines = (count: number) => Array.from({ length: count }, line).join('\n');
    expect(faultsOf(lines(MOST_KEYS))).toEqual([]);
    expect(faultsOf(lines(MOST_KEYS + 1))).toEqual([`it has ${MOST_KEYS + 1} keys, there may be ${MOST_KEYS}`]);
  });

  it('never has a word of it repeated: somebody may have put a key into it', () => {
    fc.assert(
      fc.property(fc.array(fc.stringMatching(/^[A-Za-z0-9_-]{12,43}$/), { minLength: 1, maxLength: 5 }), (words) => {
        for (const word of words) expect(faultsOf(words.join(' ')).join('\n')).not.toContain(word);
      }),
    );
  });

  it('is read or refused in words, whatever it holds', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => {
        expect(faultsOf(text).length > 0 || readKeys(text).length > 0).toBe(true);
      }),
    );
  });
});

describe('a new key', () => {
  it('is found under the line that was made for it, and no other key is', () => {
    const made = Array.from({ length: 20 }, (_, i) => newKey(`name-${i}`, i % 2 ? String(i) : undefined));
    const set = new KeySet(readKeys(made.map(({ line }) => line).join('\n')));
    expect(made.map(({ key }) => set.find(key)?.name)).toEqual(made.map((_, i) => `name-${i}`));
    for (const { key, line } of made) {
      expect(key).toMatch(/^[\w-]{43}$/);
      expect(line).not.toContain(key);
      for (const other of [`${key}a`, key.slice(1), key.toLowerCase(), line.split(' ')[1]!, ''])
        expect(set.find(other)).toBeUndefined();
    }
  });

  it('needs a name, and a limit that is one', () => {
    expect(() => newKey(undefined, undefined)).toThrow(UsageError);
    expect(() => newKey('a b', undefined)).toThrow(/^Usage: new-key NAME/);
    expect(() => newKey('a', '1.5')).toThrow(/whole number/);
  });

  it('is told from one whose digest begins alike', () => {
    const { key, line } = newKey('mobile', undefined);
    const sha256 = line.split(' ')[1]!;
    const alike = `${sha256.slice(0, 63)}${sha256.endsWith('0') ? '1' : '0'}`;
    expect(new KeySet([{ name: 'other', sha256: alike, limit: undefined }]).find(key)).toBeUndefined();
    const both = [alike, sha256].map((digest, i) => ({ name: `n${i}`, sha256: digest, limit: undefined }));
    expect(new KeySet(both).find(key)?.name).toBe('n1');
  });
});
