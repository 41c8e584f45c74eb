import { fastify } from 'fastify';
import { port, readRecording } from './recording.js';

/** Fastify that answers `/rankings` with a recorded answer, as its documentation would have one write it. */
const { status, headers, body } = readRecording();
const pairs = Object.fromEntries(headers.flatMap((name, i) => (i % 2 === 0 ? [[name, headers[i + 1]!] as const] : [])));

const server = fastify({ keepAliveTimeout: 72_000 });
server.get('/rankings', (_request, reply) => reply.code(status).headers(pairs).send(body));
await server.listen({ port, host: '127.0.0.1' });
