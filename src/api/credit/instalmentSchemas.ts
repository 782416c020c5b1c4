/** What goes in and out with instalment plans of revolving accounts. */
import { z } from 'zod';
import { id } from '../schemas';
import { comingPartsView } from '../views';

export const planParams = z.strictObject({ id, planId: id });

export const instalmentAnswer = z
  .object({
    status: z.literal('accepted'),
    accountId: z.string(),
    parts: comingPartsView.describe('The parts that come; of a settled plan one, until it is billed.'),
  })
  .describe('The plan as it is now.');
