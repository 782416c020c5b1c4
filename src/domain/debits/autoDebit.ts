/**
 * Automatic debit: when it is tried, for how much, and what becomes of a try. A debit takes what is owed under a mandate
 * that the borrower signed, on the evening of the due date (facts 1.2, 5.2), and nothing that was paid in the meantime.
 */
import type { DerivedAccount, Obligation } from '../credit/account';
import { isClosed } from '../credit/accountStages';
import { dueTogether } from '../credit/figures';
import type { AutoDebitPolicy, LendingPolicy } from '../policy/lendingPolicy';
import { addDays, type IsoDate } from '../values/calendar';
import { atWallTimeMs, type WallTime, type Zone } from '../values/clock';
import type { Fen } from '../values/money';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../values/timeUnits';

/** Facts 5.2: the whole day is the borrower's to pay by hand, and midnight is the end of it. */
const DEFAULT_AUTO_DEBIT: AutoDebitPolicy = { at: '20:00', retryOnDaysAfter: [], amount: 'due' };

/** Of a policy version from before there was automatic debit as well: an account needs a mandate all the same. */
export function autoDebitOf({ autoDebit }: LendingPolicy): AutoDebitPolicy {
  return autoDebit ?? DEFAULT_AUTO_DEBIT;
}

/** A debit that was promised to the outbox, one for each obligation at a time. */
export interface PlannedDebit {
  /** `instalment-3` or `statement-7`. */
  obligationKey: string;
  /** Due date of the obligation. */
  dueDate: IsoDate;
  /** Business instant of the attempt. */
  atMs: number;
}

export type DebitVerdict =
  | { debit: true; amountFen: Fen }
  | { debit: false; reason: 'DEBIT_NOT_OWED' | 'DEBIT_MANDATE_ENDED' | 'DEBIT_TOO_LATE' };

/** A debit so long after its time would surprise its borrower: it is dropped. */
const DROPPED_AFTER_MS = 3 * DAY_MS;
/** While another debit of the account is in doubt, a debit that is due waits so long before it is looked at again. */
export const BLOCKED_FOR_MS = HOUR_MS;
/** The first look at a debit whose outcome is not known; the looks after it are further and further apart. */
const FIRST_INQUIRY_AFTER_MS = 15 * MINUTE_MS;

/** The debits that an account with a mandate is to have planned: for what is owed, at the next time for it. */
export function debitsToPlan(
  account: DerivedAccount,
  { policy, zone, asOfMs }: { policy: AutoDebitPolicy; zone: Zone; asOfMs: number },
): PlannedDebit[] {
  return debitable(account, policy).flatMap(({ key, dueDate }) => {
    const atMs = nextDebitAtMs(dueDate, { policy, zone, fromMs: asOfMs });
    return atMs === undefined ? [] : [{ obligationKey: key, dueDate, atMs }];
  });
}

/** What a debit could be for: obligations of which the part that the policy takes is owed. */
export function debitable(account: DerivedAccount, policy: AutoDebitPolicy): Obligation[] {
  if (isClosed(account)) return [];
  return account.obligations.filter((obligation) => partOf(obligation, policy) > 0);
}

/** The due date, and the days after it on which another attempt is made: the first such time from an instant on. */
export function nextDebitAtMs(
  dueDate: IsoDate,
  { policy, zone, fromMs }: { policy: AutoDebitPolicy; zone: Zone; fromMs: number },
): number | undefined {
  return [0, ...policy.retryOnDaysAfter]
    .map((days) => atWallTimeMs(addDays(dueDate, days), policy.at, zone))
    .find((atMs) => atMs >= fromMs);
}

/**
 * Whether a debit is still to be made, asked just before it, of the account folded as of now. It takes what a text asks
 * for with its obligation (`dueTogether`): from the due date on never more than is owed net of the borrower's credit.
 */
export function judgeDebit(
  { obligationKey, dueAtMs }: { obligationKey: string; dueAtMs: number },
  account: DerivedAccount,
  { policy, asOfMs, hasMandate }: { policy: AutoDebitPolicy; asOfMs: number; hasMandate: boolean },
): DebitVerdict {
  const isDebitable = debitable(account, policy).some(({ key }) => key === obligationKey);
  const due = isDebitable ? dueTogether(account, obligationKey) : undefined;
  if (!due) return { debit: false, reason: 'DEBIT_NOT_OWED' };
  if (!hasMandate) return { debit: false, reason: 'DEBIT_MANDATE_ENDED' };
  if (asOfMs >= dueAtMs + DROPPED_AFTER_MS) return { debit: false, reason: 'DEBIT_TOO_LATE' };
  return { debit: true, amountFen: partOf(due, policy) };
}

/**
 * When the debit of an obligation's due date is made, while that is ahead; what a reminder may tell who has a mandate.
 * Undefined where nothing of it will be debited.
 */
export function comingDebit(
  account: DerivedAccount,
  obligationKey: string,
  { policy, zone, asOfMs }: { policy: AutoDebitPolicy; zone: Zone; asOfMs: number },
): { at: WallTime; takes: AutoDebitPolicy['amount'] } | undefined {
  const own = debitable(account, policy).find(({ key }) => key === obligationKey);
  if (!own || atWallTimeMs(own.dueDate, policy.at, zone) <= asOfMs) return undefined;
  return { at: policy.at, takes: policy.amount };
}

/**
 * When a debit that is pending or in doubt is asked about again: after as long as it has been open already, a day at
 * most. A rail that is just slow is soon asked, and one that does not know is not asked a hundred times.
 */
export function nextInquiryAtMs(attemptedAtMs: number, asOfMs: number): number {
  const openForMs = asOfMs - attemptedAtMs;
  return asOfMs + Math.min(DAY_MS, Math.max(FIRST_INQUIRY_AFTER_MS, openForMs));
}

function partOf({ owedFen, minimumFen }: Pick<Obligation, 'owedFen' | 'minimumFen'>, { amount }: AutoDebitPolicy): Fen {
  return amount === 'minimum' ? minimumFen : owedFen;
}
