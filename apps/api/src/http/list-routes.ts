import { Injectable } from '@nestjs/common';
import type { z } from 'zod';
import type { PresentedListing } from './answer.js';
import { QueryReader } from './query-reader.js';

/** A route of lists and how it reads a query string; that throws ProblemError when the query cannot be answered. */
export interface ListRoute {
  readonly path: string;
  readonly ask: (query: string) => PresentedListing;
}

/**
 * The routes that answer with lists, by path. Controllers add theirs when they are made, so that what comes before the
 * framework asks the same method with the same schema as the framework does.
 */
@Injectable()
export class ListRoutes {
  private readonly routes = new Map<string, ListRoute>();

  /** Adds a route; `answer` is the method of the controller that answers it. */
  add<Schema extends z.ZodObject>(
    path: string,
    schema: Schema,
    answer: (query: z.infer<Schema>) => PresentedListing,
  ): void {
    const reader = new QueryReader(schema);
    this.routes.set(path, { path, ask: (query) => answer(reader.read(query)) });
  }

  /** The route of a path exactly as it was added. */
  find(path: string): ListRoute | undefined {
    return this.routes.get(path);
  }
}
