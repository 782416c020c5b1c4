/** What the ledger commands tell, as data: the trial balance, the entries of an account, a payoff quote. */
import type { Pool } from 'pg';
import { type AccountRow, readAccount } from '../../db/credit/accounts';
import { readBills } from '../../db/credit/bills';
import { readFacts } from '../../db/credit/facts';
import { type BookedEntry, readEntriesPage } from '../../db/ledger/accountEntries';
import { type BalanceDifference, readPostedTotals, readTrialBalance } from '../../db/ledger/trialBalance';
import { readClock } from '../../db/operations/clock';
import { createPolicyReader } from '../../db/policy/policyReader';
import { inRepeatableRead } from '../../db/snapshot';
import type { Client, Reader } from '../../db/transaction';
import { deriveAccount } from '../../domain/credit/derive';
import { type PayoffQuote, payoffQuoteOf, quotableDates } from '../../domain/credit/payoff';
import { type Receivables, receivablesOf, withReceivables } from '../../domain/ledger/accountStatement';
import type { LedgerAccount } from '../../domain/ledger/journal';
import type { IsoDate } from '../../domain/values/calendar';
import { businessTimeMs, dateAt, SHANGHAI } from '../../domain/values/clock';
import type { Fen } from '../../domain/values/money';
import { ArgumentError } from '../arguments';

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
  const sum = (sign: 1 | -1) => lines.reduce((total, { amountFen }) => total + Math.max(0, sign * amountFen), 0);
  const [debitFen, creditFen] = [sum(1), sum(-1)];
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

/** All entries with a value date in the range. Throws {@link ArgumentError} when there is no such account. */
export async function reportStatement(
  pool: Pool,
  { tenantId, accountId, from, to }: AccountQuery & { from: IsoDate | undefined; to: IsoDate | undefined },
): Promise<AccountStatementReport> {
  return inRepeatableRead(pool, async (client) => {
    await knownAccount(client, { tenantId, accountId });
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

export interface PayoffReport extends AccountQuery, PayoffQuote {}

/** Throws {@link ArgumentError} when there is no such account, or the date cannot be quoted. */
export async function reportPayoff(
  pool: Pool,
  { tenantId, accountId, on }: AccountQuery & { on: IsoDate },
): Promise<PayoffReport> {
  return inRepeatableRead(pool, async (client) => {
    const account = await knownAccount(client, { tenantId, accountId });
    const today = await businessDate(client);
    const { from, to } = quotableDates(account.terms, [account.asOf, today]);
    if (on < from || on > to) throw new ArgumentError(`--on ${on} cannot be quoted: give a date from ${from} to ${to}`);
    const policy = await createPolicyReader().version(client, tenantId, account.policyVersion);
    const facts = await readFacts(client, { tenantId, accountId });
    const issued = await readBills(client, { tenantId, accountId });
    const derived = deriveAccount({ terms: account.terms, facts, issued }, policy, on);
    return { tenantId, accountId, ...payoffQuoteOf(derived) };
  });
}

/** What a command says that has to prove the books, and cannot. */
export const NO_BOOKS_KEY =
  'BOOKS_KEY is not set: without it nobody can tell whether the rows are those of this system';

/** The date of the deployment's clock: of its stop, when it stands still. Undefined when it was never started. */
export async function businessDate(reader: Reader): Promise<IsoDate | undefined> {
  const nowMs = await businessInstant(reader);
  return nowMs === undefined ? undefined : dateAt(nowMs, SHANGHAI);
}

/** As {@link businessDate}, to the millisecond. */
export async function businessInstant(reader: Reader): Promise<number | undefined> {
  const latest = await readClock(reader);
  if (!latest) return undefined;
  const { clock, lastSeenRealMs } = latest;
  const realMs = clock.speed === 1 ? Date.now() : Math.min(Date.now(), lastSeenRealMs);
  return businessTimeMs(clock, realMs);
}

async function knownAccount(client: Client, { tenantId, accountId }: AccountQuery): Promise<AccountRow> {
  const account = await readAccount(client, { tenantId, accountId });
  if (!account) throw new ArgumentError(`there is no account ${accountId} of tenant ${tenantId}`);
  return account;
}
