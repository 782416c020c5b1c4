/** Accounts with all that is recorded and booked of them, page by page: what a close compares. */
import type { Bill, Terms } from '../../domain/credit/account';
import type { Projection } from '../../domain/credit/accountProjection';
import type { Fact } from '../../domain/credit/facts';
import { isUnbalanced, type LedgerAccount } from '../../domain/ledger/journal';
import type { AccountHistory, LedgerBalances, Progress } from '../../domain/ledger/reconciliation';
import type { Fen } from '../../domain/values/money';
import { type Client, together } from '../transaction';

export interface RecordedAccount extends AccountHistory, Progress {
  terms: Terms;
  policyVersion: string;
  facts: Fact[];
  issued: Bill[];
  entryCount: number;
  postingCount: number;
}

export interface PageQuery {
  tenantId: string;
  /** The last account of the page before. */
  afterAccountId?: string | undefined;
  limit: number;
}

interface AccountHead extends Projection, Progress {
  terms: Terms;
  policyVersion: string;
}

/**
 * One page of accounts in the order of their ids. The caller runs it in a snapshot, so that what is compared is of one
 * instant. Six round trips at most, whatever the size of the page.
 */
export async function readAccountHistories(client: Client, query: PageQuery): Promise<RecordedAccount[]> {
  const heads = await readHeads(client, query);
  if (heads.length === 0) return [];
  const page: Page = [query.tenantId, heads.map(({ accountId }) => accountId)];
  const [facts, issued, entries, posted, kept] = await together([
    readFactsOf(client, page),
    readStatementsOf(client, page),
    readEntriesOf(client, page),
    readPostedOf(client, page),
    readKeptOf(client, page),
  ]);
  return heads.map(({ accountId, openedAtMs, asOf, terms, policyVersion, ...projection }) => ({
    accountId,
    openedAtMs,
    asOf,
    nextDeadlineAtMs: projection.nextDeadlineAtMs,
    terms,
    policyVersion,
    projection,
    facts: (facts.get(accountId) ?? []).map(({ body }) => body),
    issued: (issued.get(accountId) ?? []).map(({ accountId: _, ...statement }) => statement),
    entryCount: (entries.get(accountId) ?? []).length,
    postingCount: (entries.get(accountId) ?? []).reduce((sum, { lineCount }) => sum + lineCount, 0),
    unbalancedEntries: (entries.get(accountId) ?? [])
      .filter(isUnbalanced)
      .map(({ businessKey, lineCount, sumFen }) => ({ businessKey, lineCount, sumFen })),
    posted: balancesIn(posted.get(accountId)),
    kept: balancesIn(kept.get(accountId)),
  }));
}

/** Tenant and accounts: the values of every statement of a page. */
type Page = [tenantId: string, accountIds: string[]];
type OfAccount<Row> = Row & { accountId: string };
interface Balance {
  ledgerAccount: LedgerAccount;
  amountFen: Fen;
}

async function readHeads(client: Client, { tenantId, afterAccountId, limit }: PageQuery): Promise<AccountHead[]> {
  const { rows } = await client.query<AccountHead>(
    `select account_id as "accountId", terms, policy_version as "policyVersion", opened_at_ms as "openedAtMs",
       as_of as "asOf", stage, bucket, past_due_since as "pastDueSince", outstanding_fen as "outstandingFen",
       overdue_fen as "overdueFen", available_fen as "availableFen", next_deadline_at_ms as "nextDeadlineAtMs",
       amount_band as "amountBand"
     from credit_account where tenant_id = $1 and account_id > $2 order by account_id limit $3`,
    [tenantId, afterAccountId ?? '', limit],
  );
  return rows;
}

/** In the order in which a step reads them. */
async function readFactsOf(client: Client, page: Page): Promise<Map<string, { body: Fact }[]>> {
  const { rows } = await client.query<OfAccount<{ body: Fact }>>(
    `select account_id as "accountId", body from account_fact
      where tenant_id = $1 and account_id = any($2) order by account_id, value_date, business_key`,
    page,
  );
  return byAccount(rows);
}

async function readStatementsOf(client: Client, page: Page): Promise<Map<string, OfAccount<Bill>[]>> {
  const { rows } = await client.query<OfAccount<Bill>>(
    `select account_id as "accountId", number, bill_date as "billDate", due_date as "dueDate", total_fen as "totalFen",
       minimum_payment_fen as "minimumPaymentFen", principal_fen as "principalFen", interest_fen as "interestFen",
       penalty_fen as "penaltyFen"
     from statement where tenant_id = $1 and account_id = any($2) order by account_id, number`,
    page,
  );
  return byAccount(rows);
}

interface EntrySum {
  businessKey: string;
  lineCount: number;
  sumFen: Fen;
}

async function readEntriesOf(client: Client, page: Page): Promise<Map<string, EntrySum[]>> {
  const { rows } = await client.query<OfAccount<EntrySum>>(
    `select entry.account_id as "accountId", business_key as "businessKey", count(amount_fen) as "lineCount",
       coalesce(sum(amount_fen), 0)::bigint as "sumFen"
     from journal_entry entry left join posting using (tenant_id, account_id, entry_id)
     where entry.tenant_id = $1 and entry.account_id = any($2)
     group by entry.tenant_id, entry.account_id, entry.entry_id order by entry.account_id, entry.entry_id`,
    page,
  );
  return byAccount(rows);
}

async function readPostedOf(client: Client, page: Page): Promise<Map<string, Balance[]>> {
  const { rows } = await client.query<OfAccount<Balance>>(
    `select account_id as "accountId", ledger_account as "ledgerAccount", sum(amount_fen)::bigint as "amountFen"
     from posting where tenant_id = $1 and account_id = any($2) group by account_id, ledger_account`,
    page,
  );
  return byAccount(rows);
}

async function readKeptOf(client: Client, page: Page): Promise<Map<string, Balance[]>> {
  const { rows } = await client.query<OfAccount<Balance>>(
    `select account_id as "accountId", ledger_account as "ledgerAccount", amount_fen as "amountFen"
     from ledger_balance where tenant_id = $1 and account_id = any($2)`,
    page,
  );
  return byAccount(rows);
}

function byAccount<Row extends { accountId: string }>(rows: readonly Row[]): Map<string, Row[]> {
  const grouped = new Map<string, Row[]>();
  for (const row of rows) {
    const group = grouped.get(row.accountId);
    if (group) group.push(row);
    else grouped.set(row.accountId, [row]);
  }
  return grouped;
}

function balancesIn(rows: readonly Balance[] = []): LedgerBalances {
  return Object.fromEntries(rows.map(({ ledgerAccount, amountFen }) => [ledgerAccount, amountFen]));
}
