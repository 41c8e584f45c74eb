import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { isAnswer, isListing } from './answer.js';
import type { Listings } from './listings.js';
import { sendAnswer } from './representation.js';

/**
 * Nest's Fastify adapter that knows {@link Answer} and {@link PresentedListing}: what a controller returns goes out as it is. Done
 * here rather than in an interceptor, which would wrap every call in an observable.
 */
export class AnswerAdapter extends FastifyAdapter {
  /** `listings` is asked for at the first request: it is made by Nest's container, which needs the adapter first. */
  constructor(
    instance: FastifyInstance,
    private readonly listings?: () => Listings,
  ) {
    super(instance);
  }

  override reply(
    ...[response, body, statusCode]: Parameters<FastifyAdapter['reply']>
  ): ReturnType<FastifyAdapter['reply']> {
    const content: unknown = body;
    const reply = response as FastifyReply;
    // Nest awaits what this returns, so that what is thrown reaches the filter.
    if (isListing(content) && this.listings) return this.listings().send(reply.request, reply, content) as never;
    return isAnswer(content) ? sendAnswer(reply, content) : super.reply(response, content, statusCode);
  }
}
