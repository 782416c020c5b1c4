/**
 * Which instalments are late from a later date than their due date, because they were paid as they were told while a
 * prepayment counted that bounced. Rules: docs/ledger.md, "A prepayment that bounced";
 * docs/decisions/0036-a-prepayment-that-bounced.md.
 */

import { addDays, type IsoDate, maxDate } from '../../values/calendar';
import type { CashLoanInput } from '../account';
import type { Fact, Paid } from '../facts';

/** Instalments that fell due from one date on and before another, apart from those that were open then. */
export interface Deferral {
  from: IsoDate;
  /** The reversal's date: what is missing of them is due on it. */
  until: IsoDate;
  openDueDates: ReadonlySet<IsoDate>;
}

/** `openDueDatesOf`: due dates of the instalments that are due and owed of a loan as it is seen on a date. */
export function deferralsOf(input: CashLoanInput, openDueDatesOf: (seen: CashLoanInput) => IsoDate[]): Deferral[] {
  return bouncedPrepayments(input).map(({ payment, until }) => ({
    from: payment.valueDate,
    until,
    openDueDates: new Set(openDueDatesOf({ ...input, asOf: addDays(until, -1) })),
  }));
}

/** Each with the date of its first reversal; what bounced on its own date changed nothing that was told. */
function bouncedPrepayments({ facts, asOf }: CashLoanInput): { payment: Paid; until: IsoDate }[] {
  return facts.flatMap((payment) => {
    if (payment.kind !== 'paid' || payment.intent === 'instalment') return [];
    const until = reversalDate(payment, facts);
    return until !== undefined && until <= asOf && payment.valueDate < until ? [{ payment, until }] : [];
  });
}

function reversalDate({ key }: Paid, facts: readonly Fact[]): IsoDate | undefined {
  const dates = facts.flatMap((fact) => (fact.kind === 'reversed' && fact.reverses === key ? [fact.valueDate] : []));
  return dates.sort()[0];
}

/** From which date on an instalment counts as due, for lateness and penalty. */
export function lateDateOf(dueDate: IsoDate, deferrals: readonly Deferral[]): IsoDate {
  return deferrals
    .filter(({ from, until, openDueDates }) => from <= dueDate && dueDate < until && !openDueDates.has(dueDate))
    .reduce((late, { until }) => maxDate(late, until), dueDate);
}
