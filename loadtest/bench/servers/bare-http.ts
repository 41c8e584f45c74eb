import { createServer } from 'node:http';
import { port, readRecording } from './recording.js';

/**
 * The limit: node:http that answers every request with a recorded answer, one Buffer and a flat list of headers. It looks
 * nothing up, counts nothing and logs nothing.
 */
const { status, headers, body } = readRecording();

createServer({ keepAliveTimeout: 72_000 }, (_request, response) => {
  response.writeHead(status, headers);
  response.end(body);
}).listen(port, '127.0.0.1');
