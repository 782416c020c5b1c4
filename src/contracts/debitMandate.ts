/** The mandate of an account: given by the borrower, or ended. */
import { defineUpdate } from '@temporalio/workflow';
import type { IsoDate } from '../domain/calendar';
import type { ChangeResult } from './account';
import type { Acted } from './actor';
import { badDate, badId, badReserved, badUndated, type Fault } from './checks';
import type { Datable } from './datable';
import { RESERVED_BEGINNINGS } from './names';

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

export function invalidDebitMandateChange(change: DebitMandateChange): Fault {
  return (
    badId('changeId', change.changeId) ??
    badReserved('changeId', change.changeId, RESERVED_BEGINNINGS.mandateChange) ??
    (change.mandateId === null ? undefined : badId('mandateId', change.mandateId)) ??
    badDate('agreedOn', change.agreedOn) ??
    badUndated(change)
  );
}
