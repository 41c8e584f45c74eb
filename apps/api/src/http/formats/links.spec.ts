import fc from 'fast-check';
import { readQuery } from '../params.js';
import { pageLinks, type Page } from './links.js';

const PAGE: Page = {
  path: '/artist',
  query: { artist: 'Ada & the "Commas", <x>', limit: 10, offset: 0, chart: undefined, fields: ['date', 'region'] },
  limit: 10,
  offset: 0,
  total: 25,
  maxOffset: 1000,
};

/** Links by relation, read as RFC 8288 writes them. */
function read(header: string | undefined): Record<string, string> {
  const links = [...(header ?? '').matchAll(/<([^>]*)>; rel="([a-z]+)"(?:, |$)/g)];
  expect(links.map(([whole]) => whole).join('')).toBe(header ?? '');
  return Object.fromEntries(links.map(([, url = '', relation = '']) => [relation, url]));
}

function offsets(page: Partial<Page>): Record<string, number> {
  const links = Object.entries(read(pageLinks({ ...PAGE, ...page })));
  return Object.fromEntries(links.map(([relation, url]) => [relation, Number(/[?&]offset=(\d+)$/.exec(url)?.[1])]));
}

describe('links between pages', () => {
  it('have the parameters in the order of the request', () => {
    const query = { limit: 99, artist: 'a', offset: 7, fields: ['date'] };
    expect(pageLinks({ ...PAGE, query, offset: 10, total: 20 })).toBe(
      '</artist?limit=10&artist=a&offset=0&fields=date>; rel="first", </artist?limit=10&artist=a&offset=0&fields=date>; rel="prev"',
    );
  });

  it.each<[Partial<Page>, Record<string, number>]>([
    [{ offset: 0 }, { next: 10 }],
    [{ offset: 10 }, { first: 0, prev: 0, next: 20 }],
    [{ offset: 20 }, { first: 0, prev: 10 }],
    [{ offset: 4 }, { first: 0, prev: 0, next: 14 }],
    [{ offset: 15 }, { first: 0, prev: 5 }],
    [{ offset: 500 }, { first: 0, prev: 15 }],
    [{ total: 10 }, {}],
    [{ total: 0 }, {}],
    [
      { total: 0, offset: 5 },
      { first: 0, prev: 0 },
    ],
    [
      { total: 5000, offset: 990 },
      { first: 0, prev: 980, next: 1000 },
    ],
    [
      { total: 5000, offset: 991 },
      { first: 0, prev: 981 },
    ],
  ])('of %j lead to %j', (page, expected) => {
    expect(offsets({ query: { limit: 10, offset: 0 }, ...page })).toEqual(expected);
  });

  it('is left out when there is one page', () => {
    expect(pageLinks({ ...PAGE, total: 10 })).toBeUndefined();
  });

  it('keep the other parameters, encoded, and leave out what was not given', () => {
    expect(read(pageLinks(PAGE))).toEqual({
      next: '/artist?artist=Ada%20%26%20the%20%22Commas%22%2C%20%3Cx%3E&limit=10&offset=10&fields=date%2Cregion',
    });
    expect(read(pageLinks({ ...PAGE, path: '' }))['next']).toMatch(/^\?artist=/);
  });

  it('lead over each row once, whatever the page', () => {
    const word = fc.string({ unit: 'grapheme' });
    const sizes = { limit: fc.integer({ min: 1, max: 50 }), total: fc.nat({ max: 400 }) };
    fc.assert(
      fc.property(word, sizes.limit, sizes.total, (artist, limit, total) => {
        const seen: number[] = [];
        for (let offset: number | undefined = 0; offset !== undefined;) {
          for (let row = offset; row < Math.min(total, offset + limit); row++) seen.push(row);
          const page: Page = { ...PAGE, query: { artist, limit, offset }, limit, offset, total };
          const next: string | undefined = read(pageLinks(page))['next'];
          const { values, faults } = readQuery(next?.split('?')[1] ?? '');
          expect(faults).toEqual([]);
          const kept = next === undefined ? [[artist], [String(limit)]] : [values.get('artist'), values.get('limit')];
          expect(kept).toEqual([[artist], [String(limit)]]);
          offset = next === undefined ? undefined : Number(values.get('offset'));
        }
        expect(seen).toEqual(Array.from({ length: total }, (_, row) => row));
      }),
    );
  });
});
