import 'reflect-metadata';
import { Controller, Get, Module, Res } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyReply } from 'fastify';
import { port, readRecording } from './recording.js';

/** NestJS on Fastify that answers `/rankings` with a recorded answer, returned from a handler. */
const { status, headers, body } = readRecording();
const pairs = Object.fromEntries(headers.flatMap((name, i) => (i % 2 === 0 ? [[name, headers[i + 1]!] as const] : [])));

@Controller()
class RecordedController {
  @Get('rankings')
  answer(@Res({ passthrough: true }) reply: FastifyReply): Buffer {
    reply.code(status).headers(pairs);
    return body;
  }
}

@Module({ controllers: [RecordedController] })
class HelloModule {}

const adapter = new FastifyAdapter({ keepAliveTimeout: 72_000 });
const app = await NestFactory.create<NestFastifyApplication>(HelloModule, adapter, { logger: false });
await app.listen(port, '127.0.0.1');
