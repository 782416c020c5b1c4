/** The books of a tenant against the lives of its accounts, as of one instant, in pages that fit in memory. */
import { tellable } from '../db/errorLine';
import { createPolicyReader } from '../db/policyReader';
import { type RecordedAccount, readAccountBooks } from '../db/statements/accountBooks';
import { readExplained } from '../db/statements/explained';
import { readUnbookedDebits } from '../db/statements/plannedDebits';
import { readLedgerTotals, readPostedTotals } from '../db/statements/trialBalance';
import type { Client } from '../db/transaction';
import type { DerivedAccount } from '../domain/account';
import type { IsoDate } from '../domain/calendar';
import { deriveAccount } from '../domain/derive';
import type { Fen } from '../domain/money';
import type { LendingPolicy } from '../domain/products';
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
} from '../domain/reconciliation';
import { auditSignatures } from './auditSignatures';

/** Enough to see what is wrong; beyond it the books are not read to their end. */
export const DIFFERENCES_KEPT = 100;
/** Lives of a page are in memory together: some megabytes. */
const PAGE_SIZE = 500;

export interface Reconciliation {
  accountCount: number;
  entryCount: number;
  postingCount: number;
  /** Trial balance of what has a value date up to the business date. */
  lines: Awaited<ReturnType<typeof readPostedTotals>>;
  /** None when everything agrees. */
  differences: Difference[];
}

interface Whole {
  posted: LedgerBalances;
  kept: LedgerBalances;
}

/**
 * Compares every account with its fold as of the date of its last step, then the sum of them with the whole ledger, so
 * that a posting of no account is found as well. The client is in a snapshot; nothing is written.
 */
export async function reconcileBooks(
  client: Client,
  { tenantId, businessDate, pageSize = PAGE_SIZE }: { tenantId: string; businessDate: IsoDate; pageSize?: number },
): Promise<Reconciliation> {
  const policies = createPolicyReader();
  const counts = { accountCount: 0, entryCount: 0, postingCount: 0 };
  const whole: Whole = { posted: {}, kept: {} };
  const differences: Difference[] = [];
  const [debits, explained] = [
    await readUnbookedDebits(client, { tenantId }),
    await readExplained(client, { tenantId }),
  ];
  let afterAccountId: string | undefined;
  do {
    const page = await readAccountBooks(client, { tenantId, afterAccountId, limit: pageSize });
    for (const account of page) {
      const policy = await policies.version(client, tenantId, account.policyVersion);
      const { accountId, facts } = account;
      const endMs = endOfBusinessDateMs(businessDate, policy);
      differences.push(
        ...differencesOf(account, policy, businessDate),
        ...compareDebits(accountId, debits.get(accountId) ?? [], { endMs, explained }),
        ...compareRefunds(accountId, facts, explained),
      );
      counts.accountCount += 1;
      counts.entryCount += account.entryCount;
      counts.postingCount += account.postingCount;
      addTo(whole.posted, account.posted);
      addTo(whole.kept, account.kept);
    }
    afterAccountId = page.length < pageSize ? undefined : page.at(-1)?.accountId;
  } while (afterAccountId !== undefined && differences.length < DIFFERENCES_KEPT);
  // Sums of a part say nothing of the whole.
  if (afterAccountId === undefined) differences.push(...(await differencesOfWhole(client, tenantId, whole)));
  differences.push(...(await signaturesOf(client, tenantId)));
  const lines = await readPostedTotals(client, { tenantId, asOf: businessDate });
  return { ...counts, lines, differences: differences.slice(0, DIFFERENCES_KEPT) };
}

/** What this system did not write, or not so. */
async function signaturesOf(client: Client, tenantId: string): Promise<Difference[]> {
  const { findings } = await auditSignatures(client, { tenantId, enough: DIFFERENCES_KEPT });
  return findings.map(({ finding, what, detail }) => ({ check: 'signature', what, reason: `${finding}: ${detail}` }));
}

function differencesOf(account: RecordedAccount, policy: LendingPolicy, businessDate: IsoDate): Difference[] {
  const { accountId, nextDeadlineAtMs } = account;
  const behind: Difference[] = isBehind(account, businessDate, policy)
    ? [{ check: 'behind', accountId, deadlineAtMs: nextDeadlineAtMs }]
    : [];
  if (account.asOf === null) return [...compareUntouched(account), ...behind];
  const derived = foldOf(account, policy, account.asOf);
  if (!('entries' in derived)) return [{ check: 'fold', accountId, reason: derived.reason }, ...behind];
  return [...compareAccount(account, derived, policy), ...behind];
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
