/** Accounts with all rows of their chains, page by page: what an audit proves, and what is taken over or sealed. */
import type { Bill } from '../../domain/credit/account';
import type { Fact } from '../../domain/credit/facts';
import { type Client, type Reader, together } from '../transaction';
import {
  type AgreementContent,
  billContent,
  type EntryContent,
  entryContent,
  factContent,
  type LinkKind,
  type TakenOverContent,
} from './accountChain';

export interface ChainRow {
  kind: LinkKind;
  /** Business key, with its revision, or number. */
  name: string;
  /** Null: from before there were signatures. */
  no: number | null;
  mac: string | null;
  content: object;
}

export interface ChainedAccount extends AgreementContent {
  agreementMac: string | null;
  chainNo: number;
  chainHead: string | null;
  /** What was taken over of it. */
  takeover: (TakenOverContent & { mac: string }) | undefined;
  rows: ChainRow[];
}

export interface ChainPage {
  tenantId: string;
  afterAccountId: string;
  limit: number;
}

type Of = [tenantId: string, accountIds: string[]];
type Signed = { accountId: string; no: number | null; mac: string | null };

/** The caller is in a snapshot. */
export async function readChainedAccounts(client: Client, page: ChainPage): Promise<ChainedAccount[]> {
  const { rows: accounts } = await client.query<Omit<ChainedAccount, 'rows' | 'takeover'>>(
    `select tenant_id as "tenantId", account_id as "accountId", borrower_id as "borrowerId",
       application_id as "applicationId", acceptance_key as "acceptanceKey", acceptance_hash as "acceptanceHash", product,
       terms, policy_version as "policyVersion", lender_of_record as "lenderOfRecord", opened_at_ms as "openedAtMs", opened_by as "openedBy",
       agreement_mac as "agreementMac", chain_no as "chainNo", chain_head as "chainHead"
     from credit_account where tenant_id = $1 and account_id > $2 order by account_id limit $3`,
    [page.tenantId, page.afterAccountId, page.limit],
  );
  if (accounts.length === 0) return [];
  const of: Of = [page.tenantId, accounts.map(({ accountId }) => accountId)];
  const [takeovers, ...rows] = await together([
    readTakeovers(client, of),
    readFactRows(client, of),
    readEntryRows(client, of),
    readBillRows(client, of),
  ]);
  const byAccount = new Map<string, ChainRow[]>(accounts.map(({ accountId }) => [accountId, []]));
  for (const [accountId, row] of rows.flat()) byAccount.get(accountId)?.push(row);
  return accounts.map((account) => ({
    ...account,
    takeover: takeovers.get(account.accountId),
    rows: byAccount.get(account.accountId) ?? [],
  }));
}

async function readTakeovers(client: Client, of: Of) {
  const { rows } = await client.query<TakenOverContent & { mac: string }>(
    `select tenant_id as "tenantId", account_id as "accountId", found_on as "foundOn", row_count as "rowCount", digest, mac
       from account_takeover where tenant_id = $1 and account_id = any($2)`,
    of,
  );
  return new Map(rows.map((row) => [row.accountId, row]));
}

async function readFactRows(client: Client, of: Of): Promise<[string, ChainRow][]> {
  const { rows } = await client.query<
    Signed & {
      businessKey: string;
      kind: string;
      valueDate: string;
      body: Fact;
      inputHash: string;
      arrivedAtMs: number;
      principal: string | null;
    }
  >(
    `select account_id as "accountId", business_key as "businessKey", kind, value_date as "valueDate", body,
       input_hash as "inputHash", arrived_at_ms as "arrivedAtMs", principal, chain_no as no, mac
     from account_fact where tenant_id = $1 and account_id = any($2) order by account_id, business_key`,
    of,
  );
  return rows.map(({ no, mac, ...row }) => [
    row.accountId,
    { kind: 'fact', name: row.businessKey, no, mac, content: factContent({ tenantId: of[0], ...row }) },
  ]);
}

async function readEntryRows(client: Client, of: Of): Promise<[string, ChainRow][]> {
  const { rows } = await client.query<Signed & Omit<EntryContent, 'tenantId'>>(
    `select account_id as "accountId", business_key as "businessKey", revision, kind, value_date as "valueDate",
       content_hash as "contentHash", booked_at_ms as "bookedAtMs", chain_no as no, mac, (
         select coalesce(jsonb_agg(jsonb_build_array(ledger_account, amount_fen) order by line_no), '[]') from posting
          where posting.tenant_id = entry.tenant_id and posting.account_id = entry.account_id
            and posting.entry_id = entry.entry_id) as lines
     from journal_entry entry where tenant_id = $1 and account_id = any($2) order by account_id, entry_id`,
    of,
  );
  return rows.map(({ no, mac, ...row }) => [
    row.accountId,
    {
      kind: 'entry',
      name: `${row.businessKey} revision ${row.revision}`,
      no,
      mac,
      content: entryContent({ tenantId: of[0], ...row }),
    },
  ]);
}

async function readBillRows(client: Client, of: Of): Promise<[string, ChainRow][]> {
  const { rows } = await client.query<Signed & Bill & { issuedAtMs: number }>(
    `select account_id as "accountId", number, bill_date as "billDate", due_date as "dueDate", total_fen as "totalFen",
       minimum_payment_fen as "minimumPaymentFen", principal_fen as "principalFen", interest_fen as "interestFen",
       penalty_fen as "penaltyFen", fee_fen as "feeFen", issued_at_ms as "issuedAtMs", chain_no as no, mac
     from statement where tenant_id = $1 and account_id = any($2) order by account_id, number`,
    of,
  );
  return rows.map(({ no, mac, ...row }) => [
    row.accountId,
    { kind: 'bill', name: String(row.number), no, mac, content: billContent({ tenantId: of[0], ...row }) },
  ]);
}

export interface SealedHead {
  accountId: string;
  chainNo: number;
  head: string;
}

/** Puts the heads that moved since the last seal under the seal of a date, and returns them in the order of their ids. */
export async function sealHeads(
  client: Client,
  { tenantId, businessDate }: { tenantId: string; businessDate: string },
): Promise<SealedHead[]> {
  const { rows } = await client.query<SealedHead>(
    `insert into sealed_head (tenant_id, account_id, chain_no, head, business_date)
     select tenant_id, account_id, chain_no, coalesce(chain_head, ''), $2 from credit_account account
      where tenant_id = $1 and chain_no > coalesce((select max(chain_no) from sealed_head sealed
        where sealed.tenant_id = account.tenant_id and sealed.account_id = account.account_id), -1)
     returning account_id as "accountId", chain_no as "chainNo", head`,
    [tenantId, businessDate],
  );
  return rows.sort((first, second) => (first.accountId < second.accountId ? -1 : 1));
}

/** Heads under the seal of a date, in the order of their ids. */
export async function headsOfSeal(
  reader: Reader,
  { tenantId, businessDate }: { tenantId: string; businessDate: string },
): Promise<SealedHead[]> {
  const { rows } = await reader.query<SealedHead>(
    `select account_id as "accountId", chain_no as "chainNo", head from sealed_head
      where tenant_id = $1 and business_date = $2 order by account_id collate "C"`,
    [tenantId, businessDate],
  );
  return rows;
}

/** All sealed heads of some accounts. */
export async function sealedHeadsOf(
  reader: Reader,
  { tenantId, accountIds }: { tenantId: string; accountIds: readonly string[] },
): Promise<(SealedHead & { businessDate: string })[]> {
  const { rows } = await reader.query<SealedHead & { businessDate: string }>(
    `select account_id as "accountId", chain_no as "chainNo", head, business_date as "businessDate" from sealed_head
      where tenant_id = $1 and account_id = any($2) order by account_id, chain_no`,
    [tenantId, [...accountIds]],
  );
  return rows;
}
