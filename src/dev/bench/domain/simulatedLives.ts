/** The lives that the benchmark simulates: every habit of both products, some of each, the same in every run. */
import { deepStrictEqual } from 'node:assert';
import type { CashLoanTerms, RevolvingTerms, Terms } from '../../../domain/credit/account';
import { deriveAccount } from '../../../domain/credit/derive';
import type { LendingPolicy } from '../../../domain/policy/lendingPolicy';
import { addDays } from '../../../domain/values/calendar';
import { seeded } from '../../../domain/values/random';
import { CASH_LOAN_HABITS, liveCashLoan } from './cashLoanLives';
import { type Lived, liveRevolving, REVOLVING_HABITS } from './revolvingLives';

/** A life that can be lived again and again, always the same. */
export interface SimulatedLife {
  terms: Terms;
  live(): Lived;
}

export const REVOLVING_MONTHS = 36;
const FIRST_DATE = '2026-01-02';

/** `each` lives of every habit of a revolving account, opened on different days. */
export function revolvingLives(each: number, policy: LendingPolicy): SimulatedLife[] {
  return REVOLVING_HABITS.flatMap((habit) =>
    seeds(each).map((seed): SimulatedLife => {
      const openDate = addDays(FIRST_DATE, 3 * seed);
      const terms: RevolvingTerms = { product: 'revolving', limitFen: 5_000_000, openDate, dueDay: 10 };
      const life = { terms, policy: policy.revolving, habit, months: REVOLVING_MONTHS };
      return { terms, live: () => liveRevolving({ ...life, random: seeded(seed) }) };
    }),
  );
}

/** `each` lives of every habit of a cash loan, over the terms and methods of the policy in turn. */
export function cashLoanLives(each: number, policy: LendingPolicy): SimulatedLife[] {
  const { termsMonths, methods } = policy.cashLoan;
  return CASH_LOAN_HABITS.flatMap((habit) =>
    seeds(each).map((seed): SimulatedLife => {
      const terms: CashLoanTerms = {
        product: 'cash-loan',
        principalFen: 1_200_000,
        dailyRate: '0.0004',
        months: termsMonths[seed % termsMonths.length] ?? 12,
        method: methods[seed % methods.length] ?? 'level',
        startDate: addDays(FIRST_DATE, 3 * seed),
      };
      return { terms, live: () => liveCashLoan({ terms, policy: policy.cashLoan, habit, random: seeded(seed) }) };
    }),
  );
}

/** Whole numbers from 1. */
function seeds(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index + 1);
}

/**
 * What was fast must also be right: the life lived month by month ends where its facts, folded at once, end. Throws
 * `AssertionError` when it does not, and when a life is not the same a second time.
 */
export function checkLife({ terms, live }: SimulatedLife, policy: LendingPolicy): void {
  const { account, facts } = live();
  const { entries, statements, ...whole } = deriveAccount({ terms, facts, issued: [] }, policy, account.asOf);
  const { entries: lastEntries, statements: lastStatements, ...lived } = account;
  deepStrictEqual(lived, whole);
  deepStrictEqual(lastEntries, entries.slice(entries.length - lastEntries.length));
  deepStrictEqual(lastStatements, statements.slice(statements.length - lastStatements.length));
  deepStrictEqual(live().facts, facts);
}
