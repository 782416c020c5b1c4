/** The mandate of an account: given by the borrower, or ended. */
import { defineUpdate } from '@temporalio/workflow';
import type { IsoDate } from '../../domain/values/calendar';
import type { ChangeResult } from '../credit/account';
import type { Datable } from '../credit/datable';
import { acted, callersId, date, id, undated } from '../fields';
import { RESERVED_BEGINNINGS } from '../names';
import type { Acted } from '../operations/actor';
import { described, type FieldsOf, nullable, object } from '../schema';
import { sentenceOf } from '../schemaJudge';

export interface DebitMandateChange extends Acted, Datable {
  /** The change's id at the upstream: sent twice, it counts once. */
  changeId: string;
  /**
   * The mandate as the payment rail knows it; it stands for a bank account and is never a card number. Null ends the
   * mandate that the account has.
   */
  mandateId: string | null;
  /** When the borrower agreed; not in the future. */
  agreedOn: IsoDate;
}

/** Key of a change of the mandate, which is no fact of the account's fold. */
export const mandateKey = (changeId: string) => `mandate/${changeId}`;

export const setDebitMandate = defineUpdate<ChangeResult, [DebitMandateChange]>('setDebitMandate');

export const mandateId = described(
  id,
  'As the payment rail knows it; it stands for a bank account and is never a card number.',
);

/** Null ends the mandate that the account has. */
export const debitMandateChange = object({
  changeId: described(callersId(RESERVED_BEGINNINGS.mandateChange), 'Yours: sent twice, the change counts once.'),
  mandateId: nullable(mandateId),
  agreedOn: described(date, 'When the borrower agreed.'),
  ...undated,
  ...acted,
} satisfies FieldsOf<DebitMandateChange>);

/** Undefined, or one sentence that names the field, the fault and the fix. */
export function invalidDebitMandateChange(change: DebitMandateChange): string | undefined {
  return sentenceOf(debitMandateChange, change);
}
