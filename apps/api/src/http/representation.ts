import type { FastifyReply } from 'fastify';
import { JSON_TYPE, type Answer } from './answer.js';

/** Puts a finished answer on the wire. Everything that depends on the bytes and the request's headers belongs here. */
export function sendAnswer(reply: FastifyReply, answer: Answer): FastifyReply {
  const { body, contentLocation, contentType = JSON_TYPE, headers, status = 200 } = answer;
  reply.code(status).header('Content-Type', contentType);
  if (contentLocation !== undefined) reply.header('Content-Location', contentLocation);
  if (headers) reply.headers({ ...headers });
  return reply.send(body);
}
