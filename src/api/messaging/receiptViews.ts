/** Messaging: what became of receipts. */
import { z } from 'zod';

export const receiptCounts = z
  .object({
    received: z.int(),
    applied: z.int().describe('Ended a notice.'),
    repeated: z.int().describe('Were received before.'),
    kept: z.int().describe('On record without effect: the message is not known yet, or its notice had ended.'),
    inDoubt: z.int().optional().describe('May be about several messages, and ended none: people look at them.'),
    unreadable: z.int().optional().describe('Kept raw, and counted in nothing else.'),
    faults: z
      .array(z.object({ field: z.string(), fault: z.string(), fix: z.string() }))
      .optional()
      .describe('Of what was not readable; the first number of a field is the row.'),
  })
  .describe('What became of the receipts.');
