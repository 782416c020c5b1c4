/** What every rail checks before it sends: a mistake of ours must not reach a bank, and is known to have moved nothing. */

import { isAmountFen } from '../../domain/values/acceptedValues';
import { isIsoDate } from '../../domain/values/calendar';
import type { DebitRequest } from './port';

/** As ids of the contracts: they become paths and keys. */
const ID = /^[A-Za-z0-9][A-Za-z0-9._:-]{0,99}$/;

/** Thrown before anything was sent: names the field, the fault and the fix, and repeats no value. */
export class InvalidDebitError extends Error {
  override readonly name = 'InvalidDebitError';
}

export function checkDebitRequest({ reference, mandateId, amountFen, businessDate }: DebitRequest): void {
  checkReference(reference);
  if (!isRailId(mandateId)) throw new InvalidDebitError(`mandateId ${ID_FIX} such as "mandate-77"`);
  if (!isAmountFen(amountFen))
    throw new InvalidDebitError('amountFen must be a whole number of fen above 0, such as 12345 for 123.45 CNY');
  if (typeof businessDate !== 'string' || !isIsoDate(businessDate))
    throw new InvalidDebitError('businessDate must be a date such as "2026-07-10"');
}

export function checkReference(reference: string): void {
  if (!isRailId(reference)) throw new InvalidDebitError(`reference ${ID_FIX} such as "app-77-1.instalment-2.1"`);
}

const ID_FIX = 'must be 1 to 100 letters, digits or ._:-';

/** The form of every id that crosses to a rail and back. */
export function isRailId(value: unknown): value is string {
  return typeof value === 'string' && ID.test(value);
}
