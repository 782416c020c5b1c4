/**
 * The days on which the replay does things. The file knows months, not days: what it says of a month is done on fixed
 * days of that month, spread by line so that no day is crowded. A month ends with the bill on the 1st of the next one,
 * and money of a month comes before the due day of the bill that began it. Pure.
 */
import { dayOfMonth, type IsoDate } from '../../domain/values/calendar';
import type { Fen } from '../../domain/values/money';
import { type CardAccount, MONTHS, type Month } from './cardFile';
import { impliedMonths } from './implied';

/** The business clock starts here: accounts are opened before the first month. */
export const CLOCK_STARTS: IsoDate = '2005-03-20';
/** The last bills are of 1 October; what they announce has gone out on this day, and the next reminder is not due. */
export const ENDS: IsoDate = '2005-10-03';

const FIRST_PAYMENT_DAY = 2;
const PAYMENT_DAYS = 4;
const FIRST_PURCHASE_DAY = 12;
const PURCHASE_DAYS = 9;
/** After every change of bucket and every overdue reminder of the month, before the next bill. */
const READING_DAY = 27;
/** The first reminder before the due date goes out on the 7th: a payment that is booked later does not stop it. */
const REMINDER_DAY = 7;

export interface ScheduledEvent {
  account: CardAccount;
  month: Month;
  /** `credit`: money that came in beside the payments; see `impliedMonths`. */
  kind: 'payment' | 'purchase' | 'refund' | 'credit';
  id: string;
  amountFen: Fen;
}

export interface Day {
  date: IsoDate;
  month: Month;
  deeds: ScheduledEvent[];
  /** Whether the buckets of all accounts are read on this day. */
  isReading: boolean;
  /** Booked from this date on, the deeds are late: bills and buckets stay right, but reminders may have gone out. */
  lateFrom: IsoDate;
  /** Booked from this date on, the deeds are on a bill of another month: the replay would tell another story. */
  tooLateFrom: IsoDate;
}

/** The date of the bill that ends a month. */
export function billDateOf(month: Month): IsoDate {
  return dayOfMonth(`${month}-01`, 1, 1);
}

/** Every day on which something is done, in order. */
export function timetableOf(accounts: readonly CardAccount[]): Day[] {
  const days = new Map<IsoDate, Day>();
  for (const { month } of MONTHS) {
    const date = dayOfMonth(`${month}-01`, READING_DAY);
    const nextBill = billDateOf(month);
    days.set(date, { date, month, deeds: [], isReading: true, lateFrom: nextBill, tooLateFrom: nextBill });
  }
  for (const account of accounts) {
    for (const event of deedsOf(account)) {
      const { date, lateFrom } = whenOf(event);
      const { month } = event;
      const day = days.get(date) ?? {
        date,
        month,
        deeds: [],
        isReading: false,
        lateFrom,
        tooLateFrom: billDateOf(month),
      };
      day.deeds.push(event);
      days.set(date, day);
    }
  }
  return [...days.values()].sort((first, second) => (first.date < second.date ? -1 : 1));
}

/** What is nothing is not told. */
function deedsOf(account: CardAccount): ScheduledEvent[] {
  return impliedMonths(account).flatMap(({ month, paidFen, purchasedFen, refundedFen, creditedFen }) =>
    (
      [
        ['payment', paidFen],
        ['purchase', purchasedFen],
        ['refund', refundedFen],
        ['credit', creditedFen],
      ] as const
    )
      .filter(([, amountFen]) => amountFen > 0)
      .map(([kind, amountFen]) => ({ account, month, kind, id: `card-${account.id}-${kind}-${month}`, amountFen })),
  );
}

function whenOf({ kind, month, account: { line } }: ScheduledEvent): { date: IsoDate; lateFrom: IsoDate } {
  const first = `${month}-01`;
  if (kind === 'payment') {
    const date = dayOfMonth(first, FIRST_PAYMENT_DAY + (line % PAYMENT_DAYS));
    return { date, lateFrom: dayOfMonth(first, REMINDER_DAY) };
  }
  return { date: dayOfMonth(first, FIRST_PURCHASE_DAY + (line % PURCHASE_DAYS)), lateFrom: billDateOf(month) };
}
