import { endpointOf, serverName } from './endpoint.js';

describe('an endpoint', () => {
  it.each([
    ['http://charts.example', { host: 'charts.example', port: 80, tls: false, authority: 'charts.example' }],
    ['http://charts:5000/', { host: 'charts', port: 5000, tls: false, authority: 'charts:5000' }],
    ['https://charts.example', { host: 'charts.example', port: 443, tls: true, authority: 'charts.example' }],
    ['https://[fd00::1]:8443', { host: 'fd00::1', port: 8443, tls: true, authority: '[fd00::1]:8443' }],
  ])('is what the URL %s names', (url, endpoint) => {
    expect(endpointOf(url)).toEqual(endpoint);
  });

  it('may be asked by another name than it is found by', () => {
    const endpoint = endpointOf('https://ingress.example:8443', 'charts.example');
    expect(endpoint).toMatchObject({ host: 'ingress.example', port: 8443, authority: 'charts.example' });
    expect(serverName(endpoint)).toBe('charts.example');
    expect(serverName(endpointOf('https://[fd00::1]:8443'))).toBe('fd00::1');
  });

  it.each(['charts', 'ftp://charts', 'http://user@charts', 'http://charts/?a=b', 'http://charts/api', ''])(
    'is not what %j names',
    (url) => {
      expect(() => endpointOf(url)).toThrow(`the target is ${JSON.stringify(url)}`);
    },
  );
});
