/** The mandate of an account: given by the borrower, or ended. */
import type { IsoDate } from '../domain/calendar';
import type { Acted } from './actor';
import type { Datable } from './datable';

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
