/** What can be reached. */
import { z } from 'zod';

export const healthView = z
  .object({
    status: z.enum(['ok', 'unavailable']),
    database: z.enum(['ok', 'unavailable']),
    temporal: z.enum(['ok', 'unavailable']),
    businessDate: z.string(),
  })
  .describe('What can be reached.');
