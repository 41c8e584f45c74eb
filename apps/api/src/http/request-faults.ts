import type { IncomingMessage } from 'node:http';
import { ProblemError } from './problem.js';

/**
 * What makes a request one that must not be answered, whatever it asks for: no host or several (RFC 9112, section 3.2), and
 * an expectation that nobody here knows (RFC 9110, section 10.1.1).
 */
export function requestFault({ rawHeaders, headers, httpVersion }: IncomingMessage): ProblemError | undefined {
  let hosts = 0;
  for (let i = 0; i < rawHeaders.length; i += 2) if (rawHeaders[i]!.toLowerCase() === 'host') hosts++;
  if (hosts > 1) return new ProblemError('bad-request', { detail: 'The header `Host` is given more than once.' });
  if (hosts === 0 && httpVersion === '1.1') {
    return new ProblemError('bad-request', { detail: 'The header `Host` is missing, which HTTP/1.1 asks for.' });
  }
  const { expect } = headers;
  const known = expect === undefined || expect.toLowerCase() === '100-continue';
  return known ? undefined : new ProblemError('expectation-failed');
}
