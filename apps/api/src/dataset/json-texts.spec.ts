import fc from 'fast-check';
import { JsonTexts, JsonUrls } from './json-texts.js';
import { anyText } from './testing/any-text.js';

const parts = (texts: JsonTexts) =>
  Array.from({ length: texts.length }, (_, i) => texts.bytes.subarray(texts.ends[i], texts.ends[i + 1]).toString());

describe('texts as JSON', () => {
  it('are what JSON.stringify makes of each, and together', () => {
    fc.assert(
      fc.property(fc.array(fc.option(anyText), { maxLength: 600 }), fc.boolean(), (values, sealed) => {
        const texts = new JsonTexts();
        values.forEach((value, index) => expect(texts.push(value)).toBe(index));
        if (sealed) texts.seal();
        expect(texts.length).toBe(values.length);
        expect(parts(texts)).toEqual(values.map((value) => JSON.stringify(value)));
        expect(texts.toArray().toString()).toBe(JSON.stringify(values));
      }),
    );
  });

  it('are the same when they come as UTF-8', () => {
    fc.assert(
      fc.property(fc.array(anyText, { maxLength: 300 }), (values) => {
        const texts = new JsonTexts();
        // What comes as UTF-8 has no half of a pair alone.
        const whole = values.map((value) => value.toWellFormed());
        whole.forEach((value, index) => expect(texts.pushUtf8(Buffer.from(value))).toBe(index));
        expect(parts(texts)).toEqual(whole.map((value) => JSON.stringify(value)));
      }),
    );
  });

  it('may be longer than there was room for at first, and added to after sealing', () => {
    const values = ['x'.repeat(5000), '\u{1f3b5}'.repeat(9000), '', 'y'];
    const texts = new JsonTexts();
    for (const value of values) texts.push(value);
    texts.seal();
    values.push('after');
    texts.push('after');
    texts.pushJson('[1,2]');
    expect(JSON.parse(texts.toArray().toString())).toEqual([...values, [1, 2]]);
  });
});

describe('URLs as JSON', () => {
  it('have the beginning that most share left out, whichever way they come', () => {
    const track = 'https://open.spotify.com/track/';
    const addresses = [
      `${track}4uLU6`,
      track,
      'https://example.test/x',
      '',
      `${track}"`,
      `${track}\n`,
      'https://open',
      '"',
    ];
    const [texts, bytes] = [new JsonUrls(), new JsonUrls()];
    for (const url of addresses) {
      texts.push(url);
      bytes.pushUtf8(Buffer.from(url));
    }
    expect(parts(bytes.texts)).toEqual(parts(texts.texts));
    const whole = parts(bytes.texts).map((json, index) =>
      bytes.isShortened(index) ? `${JsonUrls.beginning.toString()}${json}` : json,
    );
    expect(whole).toEqual(addresses.map((url) => JSON.stringify(url)));
    expect(addresses.map((_, index) => bytes.isShortened(index))).toContain(true);
  });
});
