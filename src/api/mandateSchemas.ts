/** What goes in to give or end the mandate for automatic debit: docs/auto-debit.md. */
import { z } from 'zod';
import { RESERVED_BEGINNINGS } from '../contracts';
import { callersId, date, id } from './schemas';

const OBJECT_FIX = 'send a JSON object';
const agreedOn = date.describe('When the borrower agreed. Default: the business date of the first arrival.').optional();
const changeId = callersId(RESERVED_BEGINNINGS.mandateChange).describe('Yours: sent twice, the change counts once.');

export const mandateBody = z.strictObject(
  {
    changeId,
    mandateId: id.describe('As the payment rail knows it; it stands for a bank account and is never a card number.'),
    agreedOn,
  },
  OBJECT_FIX,
);

export const mandateEndBody = z.strictObject({ changeId, agreedOn }, OBJECT_FIX);
