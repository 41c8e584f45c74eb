import { z } from 'zod';
import { layoutOf } from '../http/formats/layout.js';
import { presentationParameters } from '../http/formats/presentation.js';

/** Answer of GET /filters: every value that the other routes can be asked for, distinct and sorted. */
export const filtersAnswerSchema = z.object({
  regions: z.array(z.string()),
  artists: z.array(z.string()),
  dates: z.array(z.iso.date()),
});

/** See {@link filtersAnswerSchema}. */
export const filtersLayout = layoutOf(filtersAnswerSchema);

/** Parameters of GET /filters: how it is shown. */
export const filtersQuerySchema = z.object(presentationParameters(filtersLayout));

/** See {@link filtersQuerySchema}. */
export type FiltersQuery = z.infer<typeof filtersQuerySchema>;
