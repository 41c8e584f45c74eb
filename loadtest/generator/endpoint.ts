import type { Target } from './loopback.js';

/** Where connections go, and what requests on them say they ask. */
export interface Endpoint extends Target {
  /** Whether connections are made over TLS, with certificates checked. */
  readonly tls: boolean;
  /** Value of the Host header: name, and port unless it is the scheme's own. Its name is the one that TLS asks for. */
  readonly authority: string;
}

/** The endpoint that a URL names, with another authority where one is given. Throws a RangeError for what is no http(s) URL of a server's root. */
export function endpointOf(url: string, authority?: string): Endpoint {
  const parsed = URL.parse(url);
  if (!parsed || !/^https?:$/.test(parsed.protocol) || parsed.username !== '' || parsed.search !== '')
    throw new RangeError(`the target is ${JSON.stringify(url)}, must be a URL such as http://charts.example`);
  if (parsed.pathname !== '/')
    throw new RangeError(`the target is ${JSON.stringify(url)}, must have no path: the requests bring theirs`);
  const tls = parsed.protocol === 'https:';
  const port = parsed.port === '' ? (tls ? 443 : 80) : Number(parsed.port);
  // An IPv6 address stands in brackets in a URL, and without them where it is connected to.
  const host = parsed.hostname.replace(/^\[(.*)\]$/, '$1');
  return { host, port, tls, authority: authority ?? parsed.host };
}

/** Name that TLS asks for and checks the certificate against: the authority without its port. */
export function serverName({ authority }: Endpoint): string {
  return authority.replace(/:\d+$/, '').replace(/^\[(.*)\]$/, '$1');
}
