import fc from 'fast-check';
import { barChart } from './chart-svg.js';

const values = fc.double({ min: 0, max: 1e6, noNaN: true });

/** Names of elements in the order of their ends, when every element is closed where it should be; throws otherwise. */
function elementsOf(svg: string): string[] {
  const [open, closed]: string[][] = [[], []];
  const tags = /<(\/?)(\w+)((?:\s+[\w:-]+="[^"<>&]*(?:&#\d+;[^"<>&]*)*")*)\s*(\/?)>/g;
  const rest = svg.replace(tags, (_, end: string, name: string, _attributes, empty: string) => {
    if (end && open!.pop() !== name) throw new Error(`</${name}> closes nothing`);
    if (end || empty) closed!.push(name);
    else open!.push(name);
    return '';
  });
  if (open!.length > 0 || /[<>]|&(?!#\d+;)/.test(rest)) throw new Error(`not well-formed: ${rest}`);
  return closed!;
}

describe('barChart', () => {
  it('is well-formed whatever the words, with a bar for each value, all within the picture', () => {
    const bars = fc.array(
      fc.record({ label: fc.string(), value: values, limit: fc.option(values, { nil: undefined }) }),
      {
        minLength: 1,
        maxLength: 12,
      },
    );
    fc.assert(
      fc.property(fc.string(), bars, (title, all) => {
        const svg = barChart(title, 'us', all);
        const elements = elementsOf(svg);
        expect(elements.filter((name) => name === 'rect')).toHaveLength(all.length);
        expect(elements.filter((name) => name === 'line')).toHaveLength(
          all.filter(({ limit }) => limit !== undefined).length,
        );
        expect(elements.at(-1)).toBe('svg');
        for (const [, x, width] of svg.matchAll(/<rect [^>]*x="([\d.]+)"[^>]*width="([\d.]+)"/g))
          expect(Number(x) + Number(width)).toBeLessThanOrEqual(760);
      }),
    );
  });

  it('draws lengths in proportion', () => {
    const svg = barChart('t', 'us', [
      { label: 'a', value: 10 },
      { label: 'b', value: 40, reference: true },
    ]);
    const [a, b] = [...svg.matchAll(/<rect class="(\w+)"[^>]*width="([\d.]+)"/g)];
    expect([a?.[1], b?.[1]]).toEqual(['bar', 'reference']);
    expect(Number(b?.[2]) / Number(a?.[2])).toBeCloseTo(4);
  });

  it('has colours for light and for dark pages, and needs nothing from elsewhere', () => {
    const svg = barChart('t', 'us', [{ label: 'a', value: 1 }]);
    expect(svg).toContain('@media (prefers-color-scheme:dark)');
    expect(svg.match(/https?:[^"]*/g)).toEqual(['http://www.w3.org/2000/svg']);
    expect(svg).not.toContain('<script');
  });

  it.each([
    [[]],
    [[{ label: 'a', value: NaN }]],
    [[{ label: 'a', value: -1 }]],
    [[{ label: 'a', value: 1, limit: Infinity }]],
  ])('refuses %j', (bars) => {
    expect(() => barChart('t', 'us', bars)).toThrow('bars with values');
  });
});
