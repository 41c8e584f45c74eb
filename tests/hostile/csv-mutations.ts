import fc from 'fast-check';

/** What stands in for a field, or is put between bytes: structure, numbers, dates, encodings, formulas, paths, SQL. */
const TOKENS = [
  ...['', ',', '"', '""', '"""', '\n', '\r', '\r\n', '\n\n', '\0', '\t', '\ufeff', ',,,,,,,,,,,,', '"\n"', '","', ';'],
  ...[
    '0',
    '-1',
    '1e9',
    '4294967295',
    '4294967296',
    '99999999999999999999',
    '1.0',
    ' 1',
    '+1',
    '0x1',
    'NaN',
    '65535',
    '65536',
  ],
  ...[
    '2021-02-30',
    '0000-00-00',
    '9999-12-31',
    '1899-12-31',
    '2021-3-1',
    '20210301',
    '-2021-01-01',
    '2021-03-01T00:00',
  ],
  ...['top200', 'TOP200', 'viral50', 'top', 'Global', 'NEW_ENTRY', 'MOVE_SIDEWAYS', 'null', 'NULL', '\\N'],
  ...[
    '=1+1',
    '=HYPERLINK("http://evil.example")',
    '+cmd|/c',
    '@SUM(A1)',
    '-1+1',
    "'); DROP TABLE entry; --",
    '../../etc/passwd',
  ],
  ...[
    '<script>alert(1)</script>',
    '%s%n',
    '\u202e',
    'e\u0301',
    '\ud83d\ude00',
    '\u2028',
    'a'.repeat(300),
    'a'.repeat(70_000),
    '"'.repeat(999),
  ],
];

/** One change of a file's bytes; places are shares of its length. */
interface Mutation {
  readonly at: number;
  readonly length: number;
  readonly kind: 'replace' | 'insert' | 'remove' | 'repeat' | 'truncate' | 'flip' | 'move';
  readonly token: string | Uint8Array;
}

const mutation: fc.Arbitrary<Mutation> = fc.record({
  // Without fast-check's liking for the ends, where the first row is.
  at: fc.noBias(fc.integer({ min: 0, max: 999_999 })).map((place) => place / 1_000_000),
  length: fc.oneof(fc.integer({ min: 0, max: 8 }), fc.integer({ min: 0, max: 400 })),
  kind: fc.constantFrom('replace', 'replace', 'insert', 'insert', 'remove', 'repeat', 'flip', 'move', 'truncate'),
  token: fc.oneof(fc.constantFrom(...TOKENS), fc.uint8Array({ maxLength: 20 })),
});

/** Files of a header and rows that were sound and were changed at up to 12 places; in one of eight the header as well. */
export function mutatedFiles(header: string, rows: string): fc.Arbitrary<Buffer> {
  return fc
    .tuple(fc.array(mutation, { minLength: 1, maxLength: 12 }), fc.integer({ min: 0, max: 7 }))
    .map(([changes, whole]) => {
      const [kept, start] = whole === 0 ? ['', header + rows] : [header, rows];
      return Buffer.concat([Buffer.from(kept), changes.reduce(mutated, Buffer.from(start))]);
    });
}

/** Files of any bytes after some that are sound, all of it or nothing; bytes of structure come more often. */
export function randomFiles(...starts: readonly string[]): fc.Arbitrary<Buffer> {
  const byte = fc.oneof(fc.integer({ min: 0, max: 255 }), fc.constantFrom(0x22, 0x2c, 0x0a, 0x0d, 0x30, 0x31));
  return fc
    .tuple(fc.constantFrom(...starts), fc.array(byte, { maxLength: 3000, size: 'max' }))
    .map(([start, bytes]) => Buffer.concat([Buffer.from(start), Buffer.from(bytes)]));
}

function mutated(bytes: Buffer, { at, length, kind, token }: Mutation): Buffer {
  const start = Math.floor(at * bytes.length);
  const [before, within, after] = [
    bytes.subarray(0, start),
    bytes.subarray(start, start + length),
    bytes.subarray(start + length),
  ];
  const put = Buffer.from(token as string);
  switch (kind) {
    case 'replace':
      return Buffer.concat([before, put, after]);
    case 'insert':
      return Buffer.concat([before, put, within, after]);
    case 'remove':
      return Buffer.concat([before, after]);
    case 'repeat':
      return Buffer.concat([before, within, within, within, after]);
    case 'truncate':
      // Not of all that was there, or nearly every file would end early.
      return at > 0.5 ? before : bytes;
    case 'flip':
      return Buffer.concat([before, Buffer.from(within.map((byte) => byte ^ 0x80)), after]);
    case 'move':
      break;
  }
  return Buffer.concat([within, before, after]);
}
