import fc from 'fast-check';
import { z } from 'zod';
import { readQuery } from '../params.js';
import { ProblemError } from '../problem.js';
import { checkQuery } from '../validation.js';
import { FORMAT_NAMES } from './formats.js';
import type { Layout } from './layout.js';
import {
  canonicalPresentation,
  choosePresentation,
  presentationParameters,
  presentedUrl,
  type PresentationQuery,
} from './presentation.js';
import { anyFields, LISTS, ROWS } from './testing/lists.js';

function read(query: string, layout: Layout = ROWS): PresentationQuery {
  return checkQuery(z.object(presentationParameters(layout)), readQuery(query));
}

function faultsOf(query: string, layout: Layout): readonly string[] {
  try {
    read(query, layout);
  } catch (error) {
    if (!(error instanceof ProblemError) || error.code !== 'invalid-parameter') throw error;
    return (error.details.errors ?? []).map(({ parameter, message }) => `${parameter} ${message}`);
  }
  return [];
}

function canonical(query: string, accept?: string, layout: Layout = ROWS): string | undefined {
  const presentation = choosePresentation(read(query, layout), accept, layout);
  return presentation && canonicalPresentation(presentation);
}

const ROW_MEMBERS = 'the members are title, day, streams, movement, mean, rank';
const LIST_MEMBERS = 'the members are regions, artists, dates';

describe('the parameters of the presentation', () => {
  it('can all be left out', () => {
    expect(read('')).toEqual({});
  });

  it.each([
    ['format=csv', { format: 'csv' }],
    ['fields=title', { fields: ['title'] }],
    ['fields=rank,title', { fields: ['rank', 'title'] }],
    ['fields=rank%2Ctitle', { fields: ['rank', 'title'] }],
    ['formulas=defused&format=arrow', { format: 'arrow', formulas: 'defused' }],
  ])('are read from %s', (query, expected) => {
    expect(read(query)).toEqual(expected);
  });

  it.each<[string, Layout, string[]]>([
    ['format=xml', ROWS, ['format must be "json" or "ndjson" or "csv" or "arrow", got "xml"']],
    ['format=CSV', ROWS, ['format must be "json" or "ndjson" or "csv" or "arrow", got "CSV"']],
    ['format=', ROWS, ['format must be "json" or "ndjson" or "csv" or "arrow", got ""']],
    ['format=csv&format=csv', ROWS, ['format must be given once, got it 2 times']],
    ['formulas=yes', ROWS, ['formulas must be "kept" or "defused", got "yes"']],
    ['fields=artist', ROWS, [`fields names "artist", which is not known here, ${ROW_MEMBERS}`]],
    ['fields=', ROWS, [`fields names "", which is not known here, ${ROW_MEMBERS}`]],
    ['fields=title,', ROWS, [`fields names "", which is not known here, ${ROW_MEMBERS}`]],
    ['fields=title,+rank', ROWS, [`fields names " rank", which is not known here, ${ROW_MEMBERS}`]],
    ['fields=toString', ROWS, [`fields names "toString", which is not known here, ${ROW_MEMBERS}`]],
    ['fields=kind', LISTS, [`fields names "kind", which is not known here, ${LIST_MEMBERS}`]],
    ['fields=title,rank,title', ROWS, ['fields must name each member once, got "title,rank,title"']],
    ['fields=title&fields=rank', ROWS, ['fields must be given once, got it 2 times']],
  ])('are refused when they are %s', (query, layout, faults) => {
    expect(faultsOf(query, layout)).toEqual(faults);
  });

  it('are refused with a short answer, however many members are unknown', () => {
    const faults = faultsOf(`fields=${'x,'.repeat(5000)}`, ROWS);
    expect(faults.length).toBeLessThanOrEqual(20);
  });
});

describe('the presentation of a list', () => {
  it.each<[string, string | undefined, string | undefined]>([
    ['', undefined, ''],
    ['format=json&formulas=kept', 'text/csv', ''],
    ['', 'text/csv', 'format=csv'],
    ['format=csv', 'text/html', 'format=csv'],
    ['', 'text/html', undefined],
    ['formulas=defused', undefined, ''],
    ['formulas=defused', 'text/csv', 'format=csv&formulas=defused'],
    ['formulas=defused&format=arrow', undefined, 'format=arrow'],
    ['fields=title,day,streams,movement,mean,rank', undefined, ''],
    ['fields=rank,title&format=ndjson', undefined, 'format=ndjson&fields=rank%2Ctitle'],
    ['formulas=defused&fields=title&format=csv', undefined, 'format=csv&fields=title&formulas=defused'],
  ])('for %j and Accept %s is known as %j', (query, accept, expected) => {
    expect(canonical(query, accept)).toBe(expected);
  });

  it('has a canonical form that says the same, so that a canonical URL leads to the same bytes', () => {
    const queries = fc.record({
      format: fc.constantFrom(undefined, ...FORMAT_NAMES),
      fields: anyFields(ROWS),
      formulas: fc.constantFrom(undefined, 'kept' as const, 'defused' as const),
    });
    const accepts = fc.constantFrom(undefined, 'text/csv', 'application/x-ndjson;q=0.5, */*;q=0.1');
    fc.assert(
      fc.property(queries, accepts, (query, accept) => {
        const presentation = choosePresentation(query, accept, ROWS);
        if (!presentation) throw new Error('each of these headers accepts something');
        const again = read(canonicalPresentation(presentation));
        expect(choosePresentation(again, undefined, ROWS)).toEqual(presentation);
      }),
    );
  });

  it('is added to the URL of a list', () => {
    const presentation = choosePresentation({ format: 'csv' }, undefined, ROWS)!;
    expect(presentedUrl('/filters', presentation)).toBe('/filters?format=csv');
    expect(presentedUrl('/artist?artist=x', presentation)).toBe('/artist?artist=x&format=csv');
    expect(presentedUrl('/filters', choosePresentation({}, undefined, ROWS)!)).toBe('/filters');
  });
});
