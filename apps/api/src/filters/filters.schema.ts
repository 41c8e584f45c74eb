import { z } from 'zod';

/** GET /filters has no parameters. */
export const filtersQuerySchema = z.object({});

/** Answer of GET /filters: every value that the other routes can be asked for, distinct and sorted. */
export const filtersAnswerSchema = z.object({
  regions: z.array(z.string()),
  artists: z.array(z.string()),
  dates: z.array(z.iso.date()),
});
