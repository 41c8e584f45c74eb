import fc from 'fast-check';
import { weightOf, readAccept, readMediaType } from './accept.js';
import { chooseFormat, FORMAT_NAMES, FORMATS, mediaTypeOf, type Format } from './formats.js';

/** What browsers, curl, Java's and Python's own clients and axios send. */
const KNOWN_CLIENTS = [
  'text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8',
  '*/*',
  'text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2',
  'application/json, text/plain, */*',
];

const NEGOTIATED: readonly (readonly [string | undefined, Format | undefined])[] = [
  [undefined, 'json'],
  ...KNOWN_CLIENTS.map((accept) => [accept, 'json'] as const),
  ['application/json', 'json'],
  ['APPLICATION/JSON; Charset=UTF-8', 'json'],
  ['application/json; charset="utf-8"', 'json'],
  ['application/json; charset=latin1', undefined],
  ['text/csv', 'csv'],
  ['text/csv; header=present', 'csv'],
  ['text/csv;charset=utf-8;header=present', 'csv'],
  ['text/csv; header=absent', undefined],
  ['text/*', 'csv'],
  ['application/x-ndjson', 'ndjson'],
  ['application/vnd.apache.arrow.stream', 'arrow'],
  ['application/*', 'json'],
  ['application/*, application/json;q=0.5', 'ndjson'],
  ['application/*;q=0.9, application/json;q=0, application/x-ndjson;q=0', 'arrow'],
  ['text/csv, */*;q=0.1', 'csv'],
  ['text/csv;q=0.5, application/x-ndjson;q=0.6', 'ndjson'],
  ['text/csv;q=0.5, application/json;q=0.5', 'json'],
  ['text/csv;q=0.500, application/json;q=0.499', 'csv'],
  ['*/*, text/csv;q=0', 'json'],
  ['*/*, application/json;q=0', 'ndjson'],
  ['*/*;q=0', undefined],
  ['application/json;q=0', undefined],
  ['application/json;q=0.0', undefined],
  ['text/csv;q=0.2, text/csv;header=present;q=0.9, application/json;q=0.5', 'csv'],
  ['text/csv, text/csv;header=present;q=0.1, application/json;q=0.5', 'json'],
  ['text/csv;q=0, text/csv', 'csv'],
  ['text/html', undefined],
  ['application/xml, image/*', undefined],
  ['application/json;q=0.5;ext=1;q=0', 'json'],
  ['text/csv;x="a,application/json;b"', undefined],
  ['text/csv;x="a\\",application/json;b"', undefined],
  ['', 'json'],
  [', ,', 'json'],
  ['rubbish', 'json'],
  ['application/json/x', 'json'],
  ['*/csv', 'json'],
  ['text/csv;q=high', 'json'],
  ['text/csv;q=high, text/html', undefined],
  ['text/csv;broken, application/x-ndjson', 'ndjson'],
];

describe('the choice of a format', () => {
  it.each(NEGOTIATED)('for Accept: %s is %s', (accept, format) => {
    expect(chooseFormat(undefined, accept)).toBe(format);
    // The second time it comes from memory.
    expect(chooseFormat(undefined, accept)).toBe(format);
  });

  it('is that of the parameter, whatever Accept says', () => {
    for (const format of FORMAT_NAMES) {
      for (const [accept] of NEGOTIATED) expect(chooseFormat(format, accept)).toBe(format);
    }
  });

  it('gives each format to who asks for its media type, also with the parameters that are sent with it', () => {
    for (const format of FORMAT_NAMES) {
      expect(chooseFormat(undefined, mediaTypeOf(format))).toBe(format);
      expect(chooseFormat(undefined, FORMATS[format].contentType)).toBe(format);
    }
  });

  it('never throws, and takes time as the length of the header', () => {
    const piece = fc.constantFrom('*', '/', ',', ';', '"', '\\', '=', 'q', 'text', 'csv', 'application/json', '0', ' ');
    fc.assert(
      fc.property(
        fc.array(piece).map((pieces) => pieces.join('')),
        (accept) => {
          expect([...FORMAT_NAMES, undefined]).toContain(chooseFormat(undefined, accept));
        },
      ),
    );
    expect(chooseFormat(undefined, `"${'\\"'.repeat(100_000)}`)).toBe('json');
  });

  it('goes by the weights, whatever the order in the header', () => {
    const thousandths = fc.integer({ min: 0, max: 1000 });
    fc.assert(
      fc.property(fc.tuple(thousandths, thousandths, thousandths, thousandths), fc.nat(), (weights, turn) => {
        const parts = FORMAT_NAMES.map((name, i) => `${mediaTypeOf(name)};q=${(weights[i]! / 1000).toFixed(3)}`);
        const turned = [...parts.slice(turn % 4), ...parts.slice(0, turn % 4)].join(', ');
        const most = Math.max(...weights);
        expect(chooseFormat(undefined, turned)).toBe(most === 0 ? undefined : FORMAT_NAMES[weights.indexOf(most)]);
      }),
    );
  });
});

describe('media types', () => {
  it('are covered by the most particular range, of equal ones by the heavier', () => {
    const offer = readMediaType('text/csv; charset=utf-8; header=present');
    const weight = (accept: string) => weightOf(offer, readAccept(accept));
    expect(weight('*/*;q=0.1')).toBe(0.1);
    expect(weight('*/*;q=0.9, text/*;q=0.2')).toBe(0.2);
    expect(weight('text/csv;header=present;charset=utf-8;q=0.3, text/csv;charset=utf-8;q=0.9')).toBe(0.3);
    expect(weight('text/csv;q=0.2, text/csv;q=0.7, text/csv;q=0.4')).toBe(0.7);
    expect(weight('text/html')).toBe(0);
    expect(weight('text/csv;q=7')).toBe(1);
  });

  it.each(['', 'csv', 'text/*', '*/*', 'text/csv;x'])('%j is none', (text) => {
    expect(() => readMediaType(text)).toThrow(`${text} is not a media type`);
  });
});
