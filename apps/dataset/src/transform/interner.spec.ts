import fc from 'fast-check';
import { TextInterner, TripleInterner } from './interner.js';

const intern = (texts: TextInterner, bytes: Uint8Array) => texts.intern(bytes, 0, bytes.length);

describe('a text interner', () => {
  it('numbers distinct texts in the order of first sight and gives them back', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 6, max: 3 }), { maxLength: 300 }), (values) => {
        const texts = new TextInterner();
        const known: string[] = [];
        for (const value of values) {
          const text = Buffer.from(value).toString('hex');
          if (!known.includes(text)) known.push(text);
          expect(intern(texts, value)).toBe(known.indexOf(text));
        }
        expect(texts.size).toBe(known.length);
        known.forEach((text, id) => expect(Buffer.from(texts.bytes(id)).toString('hex')).toBe(text));
      }),
    );
  });

  it('tells texts apart that end alike, are a part of each other or share bytes around them', () => {
    const texts = new TextInterner();
    const tail = 'x'.repeat(40);
    const written = ['', 'a', 'aa', `a${tail}`, `b${tail}`, `ab${tail}`, tail];
    expect(written.map((text) => intern(texts, Buffer.from(text)))).toEqual([0, 1, 2, 3, 4, 5, 6]);
    const around = Buffer.from('zzaazz');
    expect(texts.intern(around, 2, 4)).toBe(2);
  });

  it('keeps more texts and bytes than it began with room for', () => {
    const texts = new TextInterner();
    const long = Buffer.alloc(200_000, 'l');
    const ids = Array.from({ length: 20_000 }, (_, i) => intern(texts, Buffer.from(`text ${i}`)));
    expect(intern(texts, long)).toBe(20_000);
    expect(ids).toEqual(ids.map((_, i) => i));
    for (const i of [0, 1, 1023, 1024, 19_999]) {
      expect(Buffer.from(texts.bytes(i)).toString()).toBe(`text ${i}`);
      expect(intern(texts, Buffer.from(`text ${i}`))).toBe(i);
    }
    expect(Buffer.from(texts.bytes(20_000)).equals(long)).toBe(true);
  });
});

describe('a triple interner', () => {
  it('numbers distinct triples in the order of first sight and gives their parts', () => {
    const part = fc.constantFrom(0, 1, 2, 0xffff_ffff);
    fc.assert(
      fc.property(fc.array(fc.tuple(part, part, part), { maxLength: 200 }), (triples) => {
        const interner = new TripleInterner();
        const known: string[] = [];
        for (const triple of triples) {
          if (!known.includes(triple.join())) known.push(triple.join());
          const id = interner.intern(...triple);
          expect(id).toBe(known.indexOf(triple.join()));
          expect([interner.part(id, 0), interner.part(id, 1), interner.part(id, 2)]).toEqual(triple);
        }
        expect(interner.size).toBe(known.length);
      }),
    );
  });

  it('keeps more triples than it began with room for', () => {
    const interner = new TripleInterner();
    for (let i = 0; i < 5000; i++) interner.intern(i, i % 7, i % 11);
    for (let i = 0; i < 5000; i++) expect(interner.intern(i, i % 7, i % 11)).toBe(i);
  });
});

describe('asked whether a text is the one with an id', () => {
  it('says so for texts of every length and at every place', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 40 }), { minLength: 1 }), fc.nat(5), (texts, shift) => {
        const interner = new TextInterner();
        const ids = texts.map((text) => interner.intern(text, 0, text.length));
        const moved = texts.map((text) => Buffer.concat([Buffer.alloc(shift, 1), text, Buffer.of(1)]));
        moved.forEach((bytes, i) => {
          const end = shift + texts[i]!.length;
          expect(interner.holds(ids[i]!, bytes, shift, end)).toBe(true);
          expect(interner.intern(bytes, shift, end)).toBe(ids[i]);
          ids.forEach((id) => expect(interner.holds(id, bytes, shift, end)).toBe(id === ids[i]));
        });
      }),
      { numRuns: 200 },
    );
  });
});
