import fc from 'fast-check';
import { INJECTED_HEADER, MARKUP } from './judge.js';

const ROUTES = ['/rankings', '/artist', '/filters', '/tracks', '/health', '/', '/docs', '/docs/start.js', '/problems'];
const PARAMETERS = ['region', 'date', 'limit', 'offset', 'artist', 'chart', 'format', 'fields'];

/** Names that mean something to JavaScript, or to parsers of other query languages. */
const NAMES = [
  ...['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'prototype', 'valueOf', '__proto__[admin]'],
  ...['constructor.prototype.x', 'region[]', 'region[$ne]', 'artist[0]', 'date[a][b]', 'region.x', 'REGION', '+region'],
  ...['%72egion', '%5F%5Fproto%5F%5F', '', '%00', '%', '%F0%9F', '$where', '_method', 'callback', 'jsonp'],
];

/** Pieces that decoders, routers, databases, shells and browsers stumble over; they hold no space and no line end. */
const PIECES = [
  // Escapes that are wrong, doubled, overlong, half a character or a surrogate.
  ...['%', '%2', '%zz', '%25', '%2525', '%252e%252e', '%u0041', '%C0%AF', '%C0%AE', '%E0%80%AF', '%F0%80%80%AF'],
  ...['%F8%88%80%80%80', '%FF', '%FE', '%C3', '%E2%82', '%ED%A0%80', '%ED%BF%BF', '%ED%A0%BD%ED%B8%80', '%F4%90%80%80'],
  // NUL, controls, line ends.
  ...['%00', '%00.json', '%01', '%1b%5B31m', '%7f', '%0a', '%0d', `%0d%0a${INJECTED_HEADER}:1`, '%E5%98%8A%E5%98%8D'],
  // Bidirectional, invisible and combining characters, and letters that change length with their case.
  ...[
    '%E2%80%AE',
    '%E2%81%A6',
    '%E2%80%8B',
    '%EF%BB%BF',
    '%CC%81%CC%81%CC%81',
    'e%CC%81',
    '%C3%A9',
    '%C4%B0',
    '%C3%9F',
  ],
  ...['%F0%9F%92%A9', '%F0%9F%91%A8%E2%80%8D%F0%9F%91%A9', '%EF%BF%BE', '%EF%BF%BD', '%E2%80%A8'],
  // Ways up and out.
  ...[
    '..',
    '.',
    '../',
    '..%2f',
    '%2e%2e',
    '%2e%2e%2f',
    '..%5c',
    '..\\',
    '..;/',
    '//',
    '///',
    '%2f',
    '%5c',
    ';a=b',
    'etc/passwd',
  ],
  ...['file:%2f%2f%2fetc', 'http:%2f%2fevil.example', '@evil.example', '\\evil.example', '//evil.example'],
  // Markup, SQL, templates, shells, look-ups.
  ...[MARKUP, encodeURIComponent(MARKUP), '"onmouseover=', '%22%3E%3Cimg', "'", '%27%20OR%201=1--', "';ATTACH'x';--"],
  ...[
    '{{7*7}}',
    '${7*7}',
    '$(id)',
    '`id`',
    '%60id%60',
    '${jndi:ldap:',
    '*',
    '?',
    '#',
    '%23',
    '&',
    '=',
    '+',
    ';',
    '|',
    '^',
  ],
  // Numbers that are none, or too large.
  ...['-1', '1e9', '0x10', '1.5', 'NaN', 'Infinity', '-0', '00', '99999999999999999999', '+1', '%D9%A1', '1,2', '1_0'],
  // What is right, so that the rest of a URL is looked at.
  ...[
    'Global',
    'latest',
    '2021-01-01',
    '2021-02-30',
    '0000-00-00',
    '-2021-01-01',
    'top200',
    'viral50',
    '10',
    'null',
    'undefined',
  ],
];

const piece = fc.oneof(
  { weight: 40, arbitrary: fc.constantFrom(...PIECES) },
  { weight: 8, arbitrary: fc.integer({ min: 0x21, max: 0x7e }).map((byte) => String.fromCharCode(byte)) },
  { weight: 10, arbitrary: fc.integer({ min: 0, max: 255 }).map((byte) => `%${byte.toString(16).padStart(2, '0')}`) },
  { weight: 6, arbitrary: fc.string({ unit: 'binary', maxLength: 12 }).map((raw) => encodeLoosely(raw)) },
  // Node's parser refuses the whole request for one of these, so they are rare.
  { weight: 1, arbitrary: fc.integer({ min: 0x80, max: 0xff }).map((byte) => String.fromCharCode(byte)) },
);
const text = fc.array(piece, { minLength: 0, maxLength: 6 }).map((pieces) => pieces.join(''));

const parameter = fc
  .tuple(
    fc.oneof(fc.constantFrom(...PARAMETERS), fc.constantFrom(...NAMES), text),
    fc.constantFrom('=', '', '=='),
    text,
  )
  .map((parts) => parts.join(''));
const query = fc
  .tuple(
    fc.constantFrom('', 'region=Global&date=latest', 'artist=x', 'region=Global'),
    fc.array(parameter, { maxLength: 8 }),
    fc.constantFrom('&', '&', '&', ';', '&&', '&amp;'),
  )
  .map(([start, parameters, between]) => [start, ...parameters].filter(Boolean).join(between));

const path = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom(...ROUTES) },
  { weight: 3, arbitrary: fc.tuple(fc.constantFrom(...ROUTES), text).map((parts) => parts.join('')) },
  { weight: 2, arbitrary: fc.array(text, { minLength: 1, maxLength: 5 }).map((parts) => `/${parts.join('/')}`) },
  { weight: 1, arbitrary: fc.constantFrom('/docs/', '/problems/').chain((start) => text.map((end) => start + end)) },
);

/** The rarer forms of a target: with a host, without a path, the asterisk, nothing at all. */
const otherForm = fc.oneof(
  fc
    .tuple(fc.constantFrom('http://evil.example', 'https://evil.example:1', 'ftp://x', '//evil.example'), path)
    .map((parts) => parts.join('')),
  fc.constantFrom('*', 'evil.example:443', '127.0.0.1:80', '?', '#', 'rankings', '//', '\\', 'javascript:alert(1)'),
  text.filter((target) => target !== ''),
);

/** Targets of requests without a space or a line end in them, as Latin-1. */
export const hostileTarget = fc.oneof(
  { weight: 8, arbitrary: fc.tuple(path, query).map(([where, what]) => (what === '' ? where : `${where}?${what}`)) },
  { weight: 1, arbitrary: path },
  { weight: 1, arbitrary: otherForm },
);

/** Targets of some 10 to 80 KB: a long path, a long value, many parameters, many escapes. */
export const longTarget = fc
  .tuple(
    fc.integer({ min: 10_000, max: 80_000 }),
    fc.constantFrom(
      'a',
      '%41',
      '%',
      '/',
      '/..',
      '%2e%2e/',
      '%F0%9F%92%A9',
      '&a=1',
      '&region=x',
      '[',
      'region[]=&',
      '%00',
      '+',
    ),
    fc.constantFrom('/', '/rankings', '/docs/', '/artist?artist=', '/rankings?region=Global&date=latest&', '/tracks?'),
  )
  .map(([bytes, unit, start]) => start + unit.repeat(Math.ceil(bytes / unit.length)));

function encodeLoosely(raw: string): string {
  const escaped = (byte: number) => {
    const character = String.fromCharCode(byte);
    return /[\w.~-]/.test(character) ? character : `%${byte.toString(16).padStart(2, '0')}`;
  };
  return [...Buffer.from(raw)].map(escaped).join('');
}
