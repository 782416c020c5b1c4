/** What goes in and out with instalment plans of revolving accounts. */
import { z } from 'zod';
import { id } from '../schemas';
import { comingParts } from '../views';

export const planParams = z.strictObject({ id, planId: id });

export const instalmentAnswer = z
  .object({
    status: z.literal('accepted'),
    accountId: z.string(),
    parts: comingParts.describe('The parts that come; of a settled plan one, until it is billed.'),
  })
  .describe('The plan as it is now.');
