/** What the books tell, as data: the trial balance, the entries of an account, a payoff quote. */
import type { Pool } from 'pg';
import { readAccount } from '../../db/credit/accounts';
import { readBills } from '../../db/credit/bills';
import { readFacts } from '../../db/credit/facts';
import { type BookedEntry, readEntriesPage } from '../../db/ledger/accountEntries';
import { type BalanceDifference, readPostedTotals, readTrialBalance } from '../../db/ledger/trialBalance';
import { createPolicyReader } from '../../db/policy/policyReader';
import { inRepeatableRead } from '../../db/snapshot';
import { deriveAccount } from '../../domain/credit/derive';
import { type PayoffQuote, payoffQuoteOf, quotableDates } from '../../domain/credit/payoff';
import { type Receivables, receivablesOf, withReceivables } from '../../domain/ledger/accountStatement';
import { type LedgerAccount, sidesOf } from '../../domain/ledger/journal';
import type { IsoDate } from '../../domain/values/calendar';
import type { Fen } from '../../domain/values/money';
import { notFound } from '../failures';

interface AccountQuery {
  tenantId: string;
  accountId: string;
}

export interface TrialBalanceReport {
  tenantId: string;
  /** Null: all postings, whatever their value date. */
  asOf: IsoDate | null;
  lines: { ledgerAccount: LedgerAccount; amountFen: Fen }[];
  debitFen: Fen;
  /** As a positive amount. */
  creditFen: Fen;
  /** Debit less credit: 0, or the books are wrong. */
  totalFen: Fen;
  /** Kept balances that are not the sum of their postings; not looked at as of a date. */
  differences: BalanceDifference[];
}

export async function reportTrialBalance(
  pool: Pool,
  { tenantId, asOf }: { tenantId: string; asOf: IsoDate | undefined },
): Promise<TrialBalanceReport> {
  const { lines, differences } = await inRepeatableRead(pool, async (client) =>
    asOf === undefined
      ? readTrialBalance(client, { tenantId })
      : { lines: await readPostedTotals(client, { tenantId, asOf }), differences: [] },
  );
  const { debitFen, creditFen } = sidesOf(lines);
  return { tenantId, asOf: asOf ?? null, lines, debitFen, creditFen, totalFen: debitFen - creditFen, differences };
}

export interface AccountStatementReport extends AccountQuery {
  from: IsoDate | null;
  to: IsoDate | null;
  /** Before the first entry. */
  opening: Receivables;
  entries: (Omit<BookedEntry, 'cursor'> & { receivables: Receivables })[];
  /** After the last entry. */
  closing: Receivables;
}

const ENTRIES_AT_ONCE = 1000;

/** All entries with a value date in the range. Throws a refusal when there is no such account. */
export async function reportStatement(
  pool: Pool,
  { tenantId, accountId, from, to }: AccountQuery & { from: IsoDate | undefined; to: IsoDate | undefined },
): Promise<AccountStatementReport> {
  return inRepeatableRead(pool, async (client) => {
    const account = await readAccount(client, { tenantId, accountId });
    if (!account) throw notFound(`there is no account ${accountId} of tenant ${tenantId}`);
    const ref = { tenantId, accountId, from, to, limit: ENTRIES_AT_ONCE };
    let page = await readEntriesPage(client, ref);
    const opening = receivablesOf(page.opening);
    const booked = page.entries;
    while (page.entries.length === ENTRIES_AT_ONCE) {
      page = await readEntriesPage(client, { ...ref, after: page.entries.at(-1)?.cursor });
      booked.push(...page.entries);
    }
    const entries = withReceivables(
      opening,
      booked.map(({ cursor: _, ...entry }) => entry),
    );
    const closing = entries.at(-1)?.receivables ?? opening;
    return { tenantId, accountId, from: from ?? null, to: to ?? null, opening, entries, closing };
  });
}

export type PayoffReport = AccountQuery & PayoffQuote;

/** Undefined: there is no such account. `cannotQuote`: the date is not in its life, or too far ahead. */
export function reportPayoff(
  pool: Pool,
  { tenantId, accountId, on, today }: AccountQuery & { on: IsoDate; today: IsoDate | undefined },
): Promise<PayoffReport | { cannotQuote: { from: IsoDate; to: IsoDate } } | undefined> {
  return inRepeatableRead(pool, async (client) => {
    const account = await readAccount(client, { tenantId, accountId });
    if (!account) return undefined;
    const { from, to } = quotableDates(account.terms, [account.asOf, today]);
    if (on < from || on > to) return { cannotQuote: { from, to } };
    const policy = await createPolicyReader().version(client, tenantId, account.policyVersion);
    const facts = await readFacts(client, { tenantId, accountId });
    const issued = await readBills(client, { tenantId, accountId });
    const derived = deriveAccount({ terms: account.terms, facts, issued }, policy, on);
    return { tenantId, accountId, ...payoffQuoteOf(derived) };
  });
}
