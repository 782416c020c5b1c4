/** The books of a tenant against the lives of its accounts, as of one instant, in pages that fit in memory. */

import { readWaitingAsides } from '../../db/credit/setAsideArrivals';
import { readUnbookedDebits } from '../../db/debits/plannedDebits';
import { tellable } from '../../db/errorLine';
import { type RecordedAccount, readAccountHistories } from '../../db/ledger/accountBooks';
import { readExplained } from '../../db/ledger/explainedFindings';
import { readLedgerTotals, readPostedTotals } from '../../db/ledger/trialBalance';
import { createPolicyReader } from '../../db/policy/policyReader';
import type { Client } from '../../db/transaction';
import type { DerivedAccount } from '../../domain/credit/account';
import { deriveAccount } from '../../domain/credit/derive';
import {
  compareAccount,
  compareDebits,
  compareRefunds,
  compareSums,
  compareUntouched,
  type Difference,
  endOfBusinessDateMs,
  isBehind,
  type LedgerBalances,
  type WaitingArrival,
  waitingArrival,
} from '../../domain/ledger/reconciliation';
import type { LendingPolicy } from '../../domain/policy/lendingPolicy';
import type { IsoDate } from '../../domain/values/calendar';
import { endOfDateMs, SHANGHAI } from '../../domain/values/clock';
import type { Fen } from '../../domain/values/money';
import { auditSignatures } from '../evidence/auditSignatures';

/** Enough to see what is wrong; beyond it the books are not read to their end. */
export const DIFFERENCES_KEPT = 100;
/** Lives of a page are in memory together: some megabytes. */
const PAGE_SIZE = 500;
/** Of what waits, the oldest say enough. */
const WAITING_KEPT = 100;

export interface Reconciliation {
  businessDate: IsoDate;
  accountCount: number;
  entryCount: number;
  postingCount: number;
  /** Trial balance of what has a value date up to the business date. */
  lines: Awaited<ReturnType<typeof readPostedTotals>>;
  /** None when everything agrees. */
  differences: Difference[];
  /** What was set aside by the end of the date and still waits for two people: the oldest, and how many in all. */
  waiting: WaitingArrival[];
  waitingCount: number;
}

interface Whole {
  posted: LedgerBalances;
  kept: LedgerBalances;
}

interface Reconciled {
  tenantId: string;
  /** Forwards, each once. */
  businessDates: readonly IsoDate[];
  /** Accounts that are in memory together. */
  pageSize?: number | undefined;
  /** Told after each page, such as to say that the work goes on. */
  onPage?: (() => void) | undefined;
}

/** As {@link reconcileDates}, of one date. */
export async function reconcileBooks(
  client: Client,
  { businessDate, ...rest }: Omit<Reconciled, 'businessDates'> & { businessDate: IsoDate },
): Promise<Reconciliation> {
  const [found] = await reconcileDates(client, { ...rest, businessDates: [businessDate] });
  if (!found) throw new Error(`${businessDate} was not reconciled`);
  return found;
}

/**
 * Compares every account with its fold as of the date of its last step, then the sum of them with the whole ledger, so
 * that a posting of no account is found as well. Several dates are judged in one reading of the books, each by what had
 * to be done by its end; so what is wrong of a date is wrong of each later one. The client is in a snapshot; nothing is
 * written.
 */
export async function reconcileDates(client: Client, input: Reconciled): Promise<Reconciliation[]> {
  const { tenantId, businessDates, pageSize = PAGE_SIZE, onPage } = input;
  const policies = createPolicyReader();
  const counts = { accountCount: 0, entryCount: 0, postingCount: 0 };
  const whole: Whole = { posted: {}, kept: {} };
  const found = businessDates.map((businessDate) => ({ businessDate, differences: [] as Difference[] }));
  const [debits, explained] = [
    await readUnbookedDebits(client, { tenantId }),
    await readExplained(client, { tenantId }),
  ];
  const isOpen = () => found.some(({ differences }) => differences.length < DIFFERENCES_KEPT);
  let afterAccountId: string | undefined;
  do {
    const page = await readAccountHistories(client, { tenantId, afterAccountId, limit: pageSize });
    for (const account of page) {
      const policy = await policies.version(client, tenantId, account.policyVersion);
      const { accountId, facts } = account;
      const timeless = differencesOf(account, policy);
      const refunds = compareRefunds(accountId, facts, explained);
      for (const { businessDate, differences } of found) {
        const endMs = endOfBusinessDateMs(businessDate, policy);
        const ofDate = compareDebits(accountId, debits.get(accountId) ?? [], { endMs, explained });
        differences.push(...timeless, ...behindOf(account, policy, businessDate), ...ofDate, ...refunds);
      }
      counts.accountCount += 1;
      counts.entryCount += account.entryCount;
      counts.postingCount += account.postingCount;
      addTo(whole.posted, account.posted);
      addTo(whole.kept, account.kept);
    }
    onPage?.();
    afterAccountId = page.length < pageSize ? undefined : page.at(-1)?.accountId;
  } while (afterAccountId !== undefined && isOpen());
  // Sums of a part say nothing of the whole.
  const ofWhole = afterAccountId === undefined ? await differencesOfWhole(client, tenantId, whole) : [];
  const signatures = await signaturesOf(client, tenantId);
  const reconciled: Reconciliation[] = [];
  for (const { businessDate, differences } of found) {
    reconciled.push({
      businessDate,
      ...counts,
      lines: await readPostedTotals(client, { tenantId, asOf: businessDate }),
      differences: [...differences, ...ofWhole, ...signatures].slice(0, DIFFERENCES_KEPT),
      ...(await waitingBy(client, tenantId, businessDate)),
    });
  }
  return reconciled;
}

/** What came by the end of the date; where the end is, is told as everywhere where no account's policy is asked. */
async function waitingBy(client: Client, tenantId: string, businessDate: IsoDate) {
  const beforeMs = endOfDateMs(businessDate, SHANGHAI);
  const { count, oldest } = await readWaitingAsides(client, { tenantId, beforeMs, limit: WAITING_KEPT });
  return { waitingCount: count, waiting: oldest.map((aside) => waitingArrival(aside, businessDate, SHANGHAI)) };
}

/** What this system did not write, or not so. */
async function signaturesOf(client: Client, tenantId: string): Promise<Difference[]> {
  const { findings } = await auditSignatures(client, { tenantId, enough: DIFFERENCES_KEPT });
  return findings.map(({ finding, what, detail }) => ({ check: 'signature', what, reason: `${finding}: ${detail}` }));
}

/** What is wrong whatever the date. */
function differencesOf(account: RecordedAccount, policy: LendingPolicy): Difference[] {
  if (account.asOf === null) return compareUntouched(account);
  const derived = foldOf(account, policy, account.asOf);
  if (!('entries' in derived)) return [{ check: 'fold', accountId: account.accountId, reason: derived.reason }];
  return compareAccount(account, derived, policy);
}

function behindOf(account: RecordedAccount, policy: LendingPolicy, businessDate: IsoDate): Difference[] {
  const { accountId, nextDeadlineAtMs } = account;
  if (!isBehind(account, businessDate, policy)) return [];
  return [{ check: 'behind', accountId, deadlineAtMs: nextDeadlineAtMs }];
}

/** A life that cannot be derived is a difference of that account, and no end of the close. */
function foldOf(
  { terms, facts, issued }: RecordedAccount,
  policy: LendingPolicy,
  asOf: IsoDate,
): DerivedAccount | { reason: string } {
  try {
    return deriveAccount({ terms, facts, issued }, policy, asOf);
  } catch (error) {
    return { reason: tellable(error) };
  }
}

/** The tenant's whole ledger: it sums to zero, and holds nothing but what the accounts hold. */
async function differencesOfWhole(client: Client, tenantId: string, whole: Whole): Promise<Difference[]> {
  const posted = await readPostedTotals(client, { tenantId });
  const { lines: kept } = await readLedgerTotals(client, { tenantId, limit: 1 });
  return (['postings', 'balances'] as const).flatMap((of): Difference[] => {
    const lines = of === 'postings' ? posted : kept;
    const byName = Object.fromEntries(lines.map(({ ledgerAccount, amountFen }) => [ledgerAccount, amountFen]));
    const sums = compareSums(byName, of === 'postings' ? whole.posted : whole.kept);
    const totalFen = lines.reduce((sum, { amountFen }) => sum + amountFen, 0);
    const total: Difference[] =
      totalFen === 0 ? [] : [{ check: 'trial-balance', of, ledgerAccount: null, bookedFen: totalFen, derivedFen: 0 }];
    return [...sums.map((sum) => ({ check: 'trial-balance' as const, of, ...sum })), ...total];
  });
}

function addTo(sums: LedgerBalances, balances: LedgerBalances): void {
  for (const [name, amountFen] of Object.entries(balances) as [keyof LedgerBalances, Fen][]) {
    sums[name] = (sums[name] ?? 0) + amountFen;
  }
}
