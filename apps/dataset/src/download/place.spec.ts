import fc from 'fast-check';
import { UsageError } from '../reporting.js';
import { DownloadError } from './download-error.js';
import { besidePlace, hideSecrets, isAddress, parsePlace, redirectedPlace } from './place.js';

describe('addresses to download from', () => {
  it.each([
    ['https://data.example/a.csv', 'https://data.example/a.csv'],
    ['HTTPS://Data.Example:443/a/../b.csv', 'https://data.example/b.csv'],
    ['https://user:secret@data.example/a.csv?signature=secret#sha256=00', 'https://data.example/a.csv'],
    ['http://127.0.0.1:8080/a.csv', 'http://127.0.0.1:8080/a.csv'],
    ['http://127.1/a.csv', 'http://127.0.0.1/a.csv'],
    ['http://localhost/a.csv', 'http://localhost/a.csv'],
    ['http://[::1]:80/a.csv', 'http://[::1]/a.csv'],
  ])('%s is taken and shown as %s', (text, shown) => {
    const place = parsePlace(text);
    expect(place.shown).toBe(shown);
    expect(place.url.href).not.toMatch(/user|@|#/);
  });

  it.each([
    ['http://data.example/a.csv', 'http://data.example/a.csv is not encrypted: expected https://'],
    ['http://127.0.0.1.data.example/a.csv', 'is not encrypted'],
    ['http://localhost.data.example/a.csv', 'is not encrypted'],
    ['http://10.0.0.1/a.csv', 'is not encrypted'],
    ['http://u:secret@data.example/a.csv', 'http://data.example/a.csv is not encrypted'],
    ['ftp://data.example/a.csv', 'begins with ftp://: expected https://'],
    ['file:///etc/passwd', 'begins with file://: expected https://'],
    ['https://', 'is no valid address: expected https://HOST/PATH'],
    ['https://a b/', 'is no valid address'],
    ['https://data.example:99999/a', 'is no valid address'],
    ['charts.csv', 'is no valid address'],
  ])('%s is refused with a sentence that has no secrets', (text, message) => {
    const error = catchError(() => parsePlace(text));
    expect(error).toBeInstanceOf(UsageError);
    expect(error.message).toContain(message);
    expect(error.message).not.toContain('secret');
  });

  it.each([
    ['https://data.example/a.csv', true],
    ['s3://bucket/a.csv', true],
    ['charts.csv', false],
    ['folder//charts*.csv', false],
    ['c:/charts.csv', false],
    ['./https://data.example', false],
  ])('%s is one: %s', (argument, expected) => {
    expect(isAddress(argument)).toBe(expected);
  });

  it('carry user info as a header, decoded', () => {
    const { authorization } = parsePlace('https://ona:p%40ss@data.example/a.csv');
    expect(authorization).toBe(`Basic ${Buffer.from('ona:p@ss').toString('base64')}`);
  });

  it('of files beside a manifest keep its folder, query and user info', () => {
    const manifest = parsePlace('https://ona:x@data.example/v/1/manifest.json?key=7');
    const file = besidePlace(manifest, 'charts.duckdb');
    expect(file.url.href).toBe('https://data.example/v/1/charts.duckdb?key=7');
    expect(file.authorization).toBe(manifest.authorization);
  });

  it('never show what comes after a question mark or before an at sign', () => {
    const word = fc.stringMatching(/^[a-z0-9%._~-]{8,20}$/).filter((text) => URL.canParse(`https://${text}@h/`));
    fc.assert(
      fc.property(word, word, (name, secret) => {
        const text = `dataset fetch https://${name}-n:${secret}-s@data.example/a?key=${secret}-k#${secret}-f --out x`;
        expect(hideSecrets(text)).toBe('dataset fetch https://data.example/a --out x');
      }),
    );
  });
});

describe('redirects', () => {
  const from = parsePlace('https://ona:x@data.example/a/b.csv');

  it('are followed within the server with the credentials, beyond it without', () => {
    expect(redirectedPlace(from, '../c.csv')).toMatchObject({ shown: 'https://data.example/c.csv' });
    expect(redirectedPlace(from, '../c.csv').authorization).toBe(from.authorization);
    expect(redirectedPlace(from, 'https://other.example/c.csv').authorization).toBeUndefined();
    expect(redirectedPlace(from, 'https://eve:y@other.example/c.csv').authorization).toBeUndefined();
    expect(redirectedPlace(from, 'https://data.example:8443/c.csv').authorization).toBeUndefined();
  });

  it.each([
    ['http://data.example/c.csv', 'redirects to http://data.example/c.csv, which is refused: it is not encrypted'],
    ['http://127.0.0.1/c.csv', 'is not encrypted'],
    ['file:///etc/passwd', 'begins with file://'],
    ['https://', 'redirects to no valid address'],
    [undefined, 'redirects to no valid address'],
  ])('to %s are refused', (location, message) => {
    const error = catchError(() => redirectedPlace(from, location));
    expect(error).toBeInstanceOf(DownloadError);
    expect(error).toMatchObject({ message: expect.stringContaining(message), passing: false });
  });
});

function catchError(run: () => unknown): Error {
  try {
    run();
  } catch (error) {
    return error as Error;
  }
  throw new Error('nothing was thrown');
}
