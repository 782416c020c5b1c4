/**
 * Late interest (罚息) of a cash loan, `penalty` in the books: overdue principal bears it from the day after the date on
 * which it counts as due, simple, by actual days. Source: facts 1.2, 4.1.
 */

import type { JournalEntry } from '../../ledger/journal';
import { chargeLines, post } from '../../ledger/postings';
import type { CashLoanPolicy } from '../../policy/lendingPolicy';
import { addDays, daysBetween, type IsoDate, maxDate } from '../../values/calendar';
import { RATE_ONE, scaleRate } from '../../values/money';
import { type Accrual, accrueDays, type ExactRate, postAccrual } from '../accrual';
import type { Owed } from '../allocation';

/** A debt with what it bears when it is late. */
export interface LateDebt {
  /** What is still to be paid; its own interest is in it from the posting on. */
  owed: Owed;
  /** From which date on it counts as due for lateness: its due date, or the day on which a prepayment bounced. */
  lateDate: IsoDate;
  penalty: Accrual;
  penaltyThrough: IsoDate;
  /** Days of grace so far, each times its penalty rate: they count on what is left after the grace. */
  graceRateDays: bigint;
}

interface LateDebts {
  input: { policy: CashLoanPolicy };
  instalments: readonly LateDebt[];
  entries: JournalEntry[];
}

/** min(multiplier x contract rate, annual cap / 365), exactly (facts 1.2: 1.5 x 0.05 % would pass the 24 % line). */
export function penaltyRate(contractDailyRate: string, policy: CashLoanPolicy): ExactRate {
  const denominator = RATE_ONE * RATE_ONE * 365n;
  const multiplied = scaleRate(policy.penaltyMultiplier) * scaleRate(contractDailyRate) * 365n;
  const capped = scaleRate(policy.penaltyAnnualCap) * RATE_ONE;
  return { numerator: multiplied < capped ? multiplied : capped, denominator };
}

/** Brings every overdue instalment's penalty up to the date, exactly; in its days of grace it bears none yet. */
export function accruePenalties(state: LateDebts, date: IsoDate): void {
  const { graceDays = 0 } = state.input.policy;
  for (const instalment of state.instalments) {
    if (instalment.penaltyThrough >= date || instalment.owed.principal === 0) {
      instalment.penaltyThrough = maxDate(instalment.penaltyThrough, date);
      continue;
    }
    if (graceDays > 0 && date <= addDays(instalment.lateDate, graceDays)) continue;
    instalment.penalty.exact += BigInt(instalment.owed.principal) * instalment.graceRateDays;
    instalment.graceRateDays = 0n;
    accrueDays(instalment.penalty, instalment.owed.principal, daysBetween(instalment.penaltyThrough, date));
    instalment.penaltyThrough = date;
  }
}

export function postPenalties(state: LateDebts, date: IsoDate): void {
  accruePenalties(state, date);
  let postedFen = 0;
  for (const instalment of state.instalments) {
    // Most have never been overdue.
    if (instalment.penalty.exact === 0n) continue;
    const amountFen = postAccrual(instalment.penalty);
    instalment.owed.penalty += amountFen;
    postedFen += amountFen;
  }
  post(state, { key: `penalty/${date}`, kind: 'penalty', valueDate: date, lines: chargeLines('penalty', postedFen) });
}
