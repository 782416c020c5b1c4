/** How many notices of each kind are expected by now: by the plan at the start of the day, and by the books since. */
import type { NoticeKind, NoticePolicy } from './products';

/** What account steps of the business day have on record. An attacker would have to make bills and accounts for more. */
export interface StepsOfDay {
  bills: number;
  cashLoansOpened: number;
  settled: number;
  /** Accounts that were advanced today and are past due, by days. */
  overdueByDays: readonly { daysPastDue: number; count: number }[];
}

type Ladder = Pick<NoticePolicy, 'afterDue' | 'onBill' | 'onDisbursement' | 'onSettlement'>;

/** `planned`: of the day's plan, what is due by now. */
export function expectedByNow(
  planned: ReadonlyMap<NoticeKind, number>,
  steps: StepsOfDay,
  ladder: Ladder,
): Map<NoticeKind, number> {
  const expected = new Map(planned);
  const add = (kind: NoticeKind | undefined, count: number): void => {
    if (kind !== undefined) expected.set(kind, (expected.get(kind) ?? 0) + count);
  };
  add(ladder.onBill?.kind, steps.bills);
  add(ladder.onDisbursement?.kind, steps.cashLoansOpened);
  add(ladder.onSettlement?.kind, steps.settled);
  for (const { daysPastDue, count } of steps.overdueByDays) add(highestRung(ladder, daysPastDue), count);
  return expected;
}

/** After an outage the highest rung that was reached is planned, and no other. */
function highestRung({ afterDue }: Ladder, daysPastDue: number): NoticeKind | undefined {
  return afterDue
    .filter((rung) => rung.daysPastDue <= daysPastDue)
    .sort((one, other) => other.daysPastDue - one.daysPastDue)[0]?.kind;
}
