/** What goes in and out with instalment plans of revolving accounts. */
import { z } from 'zod';
import { MAX_AMOUNT_FEN } from '../domain/acceptedValues';
import { FEE_PAYERS } from '../domain/instalmentFees';
import { ONE_SOURCE_FIX } from './costSheetSchemas';
import { confirmation, date, id } from './schemas';
import { oneOf } from './textSchema';
import { comingParts } from './views';

const AMOUNT_FIX = 'send a whole number of fen above 0, such as 12345 for 123.45 CNY';
const MONTHS_FIX = 'send a whole number from 1 to 60';
const STATEMENT_FIX = 'send the number of a bill, such as 3';
const OBJECT_FIX = 'send a JSON object';
const onDate = date.describe('Default: the business date of the first arrival of this request.').optional();

export const instalmentStartBody = z
  .strictObject(
    {
      planId: id,
      statementNumber: z.int(STATEMENT_FIX).min(1, STATEMENT_FIX).max(1200, STATEMENT_FIX).optional(),
      unbilled: z.literal(true, 'send true, or leave it out').describe('Purchases that are in no bill yet.').optional(),
      principalFen: z.int(AMOUNT_FIX).min(1, AMOUNT_FIX).max(MAX_AMOUNT_FEN, AMOUNT_FIX),
      months: z.int(MONTHS_FIX).min(1, MONTHS_FIX).max(60, MONTHS_FIX),
      feePayer: z.enum(FEE_PAYERS, `send ${oneOf(FEE_PAYERS)}`).default('borrower'),
      startedOn: onDate,
      costSheet: confirmation.optional(),
    },
    OBJECT_FIX,
  )
  .refine(({ statementNumber, unbilled }) => (statementNumber === undefined) !== (unbilled === undefined), {
    message: ONE_SOURCE_FIX,
    path: ['statementNumber'],
  });

export const instalmentSettlementBody = z.strictObject({ settlementId: id, settledOn: onDate }, OBJECT_FIX);
export const planParams = z.strictObject({ id, planId: id });

export const instalmentAnswer = z
  .object({
    status: z.literal('accepted'),
    accountId: z.string(),
    parts: comingParts.describe('The parts that come; of a settled plan one, until it is billed.'),
  })
  .describe('The plan as it is now.');
