import { loggedUrl } from './request-log.js';

describe('a URL in the log', () => {
  it.each([
    ['/rankings?region=Global&date=latest', '/rankings?region=Global&date=latest'],
    ['/rankings?api_key=s3cret&region=Global', '/rankings?api_key=[redacted]&region=Global'],
    ['/rankings?region=Global&X-API-Key=s3cret', '/rankings?region=Global&X-API-Key=[redacted]'],
    [
      '/artist?access_token=a.b.c&token=d&PASSWORD=e',
      '/artist?access_token=[redacted]&token=[redacted]&PASSWORD=[redacted]',
    ],
    ['/artist?artist=key=value', '/artist?artist=key=value'],
    ['/artist?artist=Keyshia&monkey', '/artist?artist=Keyshia&monkey'],
  ])('%s', (url, logged) => {
    expect(loggedUrl(url)).toBe(logged);
  });

  it('is cut where it is too long, after keys were taken out', () => {
    expect(loggedUrl(`/rankings?key=${'x'.repeat(9000)}`)).toBe('/rankings?key=[redacted]');
    expect(loggedUrl(`/${'x'.repeat(9000)}`)).toHaveLength(2048);
  });
});
