import fc from 'fast-check';
import { firstMember, JsonRows, member, NULL } from './json-rows.js';
import { JsonTexts } from './json-texts.js';

const [A, B, C] = [firstMember('a'), member('b "quoted"'), member('c')];
const row = fc.record({
  a: fc.string({ unit: 'binary', maxLength: 200 }),
  'b "quoted"': fc.oneof(fc.nat(100), fc.integer({ min: 0, max: 0xffff_ffff })),
  c: fc.constant(null),
});

function write(rows: JsonRows, values: readonly { readonly a: string; readonly 'b "quoted"': number }[]): string {
  const texts = new JsonTexts();
  rows.begin();
  values.forEach((value) => {
    const index = texts.push(value.a);
    rows.row(A).text(texts, index).raw(B).whole(value['b "quoted"']).raw(C).raw(NULL);
  });
  return rows.end().toString();
}

describe('rows of JSON', () => {
  it('are what JSON.stringify makes of the objects, one answer after the other', () => {
    const writer = new JsonRows();
    fc.assert(
      fc.property(fc.array(row, { maxLength: 60 }), (values) => {
        expect(write(writer, values)).toBe(JSON.stringify(values));
      }),
    );
  });

  it('grow beyond what there was room for', () => {
    const values = Array.from({ length: 3000 }, (_, i) => ({ a: 'x'.repeat(i % 100), 'b "quoted"': i, c: null }));
    expect(write(new JsonRows(), values)).toBe(JSON.stringify(values));
    const long = [{ a: 'y'.repeat(200_000), 'b "quoted"': 1, c: null }];
    expect(write(new JsonRows(), long)).toBe(JSON.stringify(long));
  });

  it('have whole numbers of any length', () => {
    const edges = Array.from({ length: 10 }, (_, digits) => [10 ** digits - 1, 10 ** digits, 10 ** digits + 1]).flat();
    for (const value of [...edges, 2 ** 31 - 1, 2 ** 31, 4_294_967_294, 4_294_967_295]) {
      expect(new JsonRows().begin().whole(value).end().toString()).toBe(`[${value}]`);
    }
  });

  it('are a copy that the next answer does not change', () => {
    const writer = new JsonRows();
    const first = writer.begin().whole(11).end();
    writer.begin().whole(99).end();
    expect(first.toString()).toBe('[11]');
    expect(writer.begin().end().toString()).toBe('[]');
  });

  it('fit at whatever length the room ends', () => {
    for (let length = 32_700; length < 32_800; length++) {
      const values = [
        { a: 'z'.repeat(length), 'b "quoted"': 1, c: null },
        { a: '', 'b "quoted"': 4_294_967_295, c: null },
      ];
      expect(write(new JsonRows(), values)).toBe(JSON.stringify(values));
    }
  });
});
