/**
 * Whether the books of an account are what its life says. Pure: what is booked, kept and projected comes in, the
 * differences go out. Nothing here mends anything: a difference is for a person to explain.
 */
import type { DerivedAccount } from '../credit/account';
import { type Projection, projectionOf } from '../credit/accountProjection';
import type { Fact } from '../credit/facts';
import { isGoods, refundExcessOf } from '../credit/revolving/refundBounds';
import type { LendingPolicy } from '../policy/lendingPolicy';
import { addDays, daysBetween, type IsoDate } from '../values/calendar';
import { dateAt, startOfDateMs, type Zone } from '../values/clock';
import type { Fen } from '../values/money';
import { namesOf } from '../values/tables';
import { balancesOf, type LedgerAccount } from './journal';

export type LedgerBalances = Partial<Record<LedgerAccount, Fen>>;

export type Difference =
  /** `entries`: booked is the sum of the postings, derived what the fold gives. */
  | { check: 'entries'; accountId: string; ledgerAccount: LedgerAccount; bookedFen: Fen; derivedFen: Fen }
  /** `balances`: booked is what `ledger_balance` keeps, derived the sum of the postings. */
  | { check: 'balances'; accountId: string; ledgerAccount: LedgerAccount; bookedFen: Fen; derivedFen: Fen }
  /** `entry`: one entry that does not sum to zero by itself, or has fewer than two lines. */
  | { check: 'entry'; accountId: string; businessKey: string; lineCount: number; sumFen: Fen }
  /** `projection`: booked is what the row of the account shows, derived what the fold gives. */
  | { check: 'projection'; accountId: string; field: keyof Projection; booked: Shown; derived: Shown }
  /** `behind`: the account did not take the step of its deadline; null: not even its first one. */
  | { check: 'behind'; accountId: string; deadlineAtMs: number | null }
  /** `signature`: a row that this system did not write, or not so; `what` and `reason` in words. */
  | { check: 'signature'; accountId?: string | undefined; what: string; reason: string }
  /** `fold`: no life can be derived from what is recorded; the reason in words. */
  | { check: 'fold'; accountId: string; reason: string }
  /** `debit`: a settled debit; booked is its payment among the facts, 0 where there is none, derived what was debited. */
  | { check: 'debit'; accountId: string; reference: string; bookedFen: Fen; derivedFen: Fen }
  /** `refunds`: booked is what was refunded, derived what was bought and posted; the excess may be of one purchase. */
  | { check: 'refunds'; accountId: string; bookedFen: Fen; derivedFen: Fen; excessFen: Fen }
  /**
   * `trial-balance`: booked is the sum over all postings (`postings`) or balances (`balances`) of the tenant, derived
   * that over its accounts; without a ledger account, derived is the zero that the whole must sum to.
   */
  | {
      check: 'trial-balance';
      of: 'postings' | 'balances';
      ledgerAccount: LedgerAccount | null;
      bookedFen: Fen;
      derivedFen: Fen;
    };

export const CHECKS = namesOf({
  entries: 0,
  balances: 0,
  entry: 0,
  projection: 0,
  behind: 0,
  fold: 0,
  signature: 0,
  debit: 0,
  refunds: 0,
  'trial-balance': 0,
} satisfies Record<Difference['check'], 0>);

type Shown = string | number | null;

export interface AccountHistory {
  accountId: string;
  /** Sums of the account's postings, as the entries have them. */
  posted: LedgerBalances;
  /** The same sums, as `ledger_balance` keeps them. */
  kept: LedgerBalances;
  /** Entries that are wrong by themselves. */
  unbalancedEntries: readonly { businessKey: string; lineCount: number; sumFen: Fen }[];
  projection: Projection;
}

/** Differences between an account's books and its fold, which is as of the date of the account's last step. */
export function compareAccount(books: AccountHistory, derived: DerivedAccount, policy: LendingPolicy): Difference[] {
  const { accountId, posted, kept, projection } = books;
  const must = projectionOf(derived, policy);
  const fields = Object.keys(must) as (keyof Projection)[];
  return [
    ...compareSums(posted, balancesOf(derived.entries)).map((sums) => ({
      check: 'entries' as const,
      accountId,
      ...sums,
    })),
    ...compareBooks(books),
    ...compareSums(kept, posted).map((sums) => ({ check: 'balances' as const, accountId, ...sums })),
    ...fields
      .filter((field) => projection[field] !== must[field])
      .map((field) => ({
        check: 'projection' as const,
        accountId,
        field,
        booked: projection[field],
        derived: must[field],
      })),
  ];
}

/** What can be told of an account that took no step yet: nothing may be booked. */
export function compareUntouched(books: AccountHistory): Difference[] {
  const { accountId, posted, kept } = books;
  return [
    ...compareSums(posted, {}).map((sums) => ({ check: 'entries' as const, accountId, ...sums })),
    ...compareBooks(books),
    ...compareSums(kept, posted).map((sums) => ({ check: 'balances' as const, accountId, ...sums })),
  ];
}

/** Whether the books are right: nothing out of balance, as a whole, by account, or by entry. */
export function isBalanced(
  { totalFen, differences }: { totalFen: Fen; differences: readonly unknown[] },
  unbalanced: readonly unknown[],
): boolean {
  return totalFen === 0 && differences.length === 0 && unbalanced.length === 0;
}

/** What two people have looked at and let go on: found again, it is no difference any more. */
export interface Explained {
  debits: readonly { reference: string; settledFen: Fen; bookedFen: Fen }[];
  refunds: readonly { accountId: string; excessFen: Fen }[];
}

/** A settled debit of the account that is not booked with its amount. */
export interface UnbookedDebit {
  reference: string;
  settledFen: Fen;
  /** 0: nothing is booked. */
  bookedFen: Fen;
  outcomeAtMs: number;
}

/** Debits that had settled by the end of the date: what was taken from a bank account is in the books by then. */
export function compareDebits(
  accountId: string,
  debits: readonly UnbookedDebit[],
  { endMs, explained }: { endMs: number; explained: Explained },
): Difference[] {
  return debits.flatMap(({ reference, settledFen, bookedFen, outcomeAtMs }): Difference[] => {
    const isExplained = explained.debits.some(
      (each) => each.reference === reference && each.settledFen === settledFen && each.bookedFen === bookedFen,
    );
    if (isExplained || outcomeAtMs >= endMs) return [];
    return [{ check: 'debit', accountId, reference, bookedFen, derivedFen: settledFen }];
  });
}

/**
 * What goes back is bounded by what came in. Credit out of nothing has no other way in: each entry sums to zero, and the
 * fold books nothing into credit but payments and refunds.
 */
export function compareRefunds(accountId: string, facts: readonly Fact[], explained: Explained): Difference[] {
  const excess = refundExcessOf(facts.filter(isGoods));
  if (!excess) return [];
  const { purchasedFen, refundedFen, excessFen } = excess;
  const isExplained = explained.refunds.some((each) => each.accountId === accountId && excessFen <= each.excessFen);
  if (isExplained) return [];
  return [{ check: 'refunds', accountId, bookedFen: refundedFen, derivedFen: purchasedFen, excessFen }];
}

/** The first instant that is not of the date any more. */
export function endOfBusinessDateMs(businessDate: IsoDate, { zone }: Pick<LendingPolicy, 'zone'>): number {
  return startOfDateMs(addDays(businessDate, 1), zone);
}

function compareBooks({ accountId, unbalancedEntries }: AccountHistory): Difference[] {
  return unbalancedEntries.map((entry) => ({ check: 'entry' as const, accountId, ...entry }));
}

/** Ledger accounts, by name, whose two sums differ; a sum that is absent is 0. */
export function compareSums(
  booked: LedgerBalances,
  derived: LedgerBalances,
): { ledgerAccount: LedgerAccount; bookedFen: Fen; derivedFen: Fen }[] {
  const names = [...new Set([...Object.keys(booked), ...Object.keys(derived)])].sort() as LedgerAccount[];
  return names
    .map((ledgerAccount) => ({
      ledgerAccount,
      bookedFen: booked[ledgerAccount] ?? 0,
      derivedFen: derived[ledgerAccount] ?? 0,
    }))
    .filter(({ bookedFen, derivedFen }) => bookedFen !== derivedFen);
}

export interface Progress {
  accountId: string;
  openedAtMs: number;
  /** Null until the first step. */
  asOf: IsoDate | null;
  nextDeadlineAtMs: number | null;
}

/**
 * Whether the account was left behind on a date: a deadline on the date itself counts, because what it books (interest
 * of an instalment, a bill) carries that value date. Deadlines are the first instant of their date.
 */
export function isBehind(progress: Progress, businessDate: IsoDate, { zone }: Pick<LendingPolicy, 'zone'>): boolean {
  const endMs = startOfDateMs(addDays(businessDate, 1), zone);
  const { asOf, openedAtMs, nextDeadlineAtMs } = progress;
  if (asOf === null) return openedAtMs < endMs;
  return nextDeadlineAtMs !== null && nextDeadlineAtMs < endMs;
}

/** Something that arrived and was set aside, and for which two people have not found an answer yet. */
export interface WaitingArrival {
  asideId: number;
  accountId: string;
  /** Such as `payment`. */
  kind: string;
  /** When it was set aside. */
  atMs: number;
  /** Whole days from then to the business date. */
  ageDays: number;
}

/** How old it is on a business date: the books are right without it, but its money is nobody's yet. */
export function waitingArrival(
  aside: Omit<WaitingArrival, 'ageDays'>,
  businessDate: IsoDate,
  zone: Zone,
): WaitingArrival {
  const { asideId, accountId, kind, atMs } = aside;
  return { asideId, accountId, kind, atMs, ageDays: daysBetween(dateAt(atMs, zone), businessDate) };
}
