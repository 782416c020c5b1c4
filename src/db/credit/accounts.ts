/** Credit accounts: opened under an offer, locked for a step, projected after it. */
import type { Terms } from '../../domain/credit/account';
import type { Projection } from '../../domain/credit/accountProjection';
import type { Product } from '../../domain/policy/lendingPolicy';
import type { IsoDate } from '../../domain/values/calendar';
import type { Fen } from '../../domain/values/money';
import { contentHash } from '../contentHash';
import { AccountChain, agreementContent } from '../evidence/accountChain';
import { macsOf } from '../evidence/macs';
import { proveRow, signRow } from '../evidence/signedRows';
import type { Client, Reader } from '../transaction';

export { readBorrowerExposure } from '../risk/borrowerExposure';
export { listAccountsByStage } from './portfolio';

export interface AccountRef {
  tenantId: string;
  accountId: string;
}

/** Where the account stands after its latest step. */
export interface AccountProjection extends AccountRef, Projection {
  summary: string;
  asOf: IsoDate;
  advancedAtMs: number;
  /** By which rules it was folded. */
  foldVersion: number;
  /** With the links that the step added; absent where it added none. */
  chain?: AccountChain | undefined;
}

export interface AccountRow extends Omit<AccountProjection, 'asOf' | 'advancedAtMs' | 'foldVersion' | 'chain'> {
  borrowerId: string;
  applicationId: string;
  product: Product;
  terms: Terms;
  policyVersion: string;
  /** Who lends, by the policy version at the opening. */
  lenderOfRecord: string;
  openedAtMs: number;
  /** Who accepted the offer; null: from before principals were kept. */
  openedBy: string | null;
  /** Null until the first step. */
  asOf: IsoDate | null;
  advancedAtMs: number | null;
  /** The mandate under which what is due is debited; null for none. */
  mandateId: string | null;
}

/** The account, held: with its chain, which whoever holds it may go on with. */
export interface LockedAccount extends AccountRow {
  chain: AccountChain;
}

export interface NewAccount extends AccountRef {
  borrowerId: string;
  applicationId: string;
  terms: Terms;
  policyVersion: string;
  /** One account for each key of an application. */
  acceptanceKey: string;
  /** Of what was accepted, to tell a repeat from a conflict; the hash of the terms when absent. */
  acceptanceHash?: string | undefined;
  /** What the account takes up of the application's offer. */
  drawnFen: Fen;
  openedAtMs: number;
  openedBy?: string | undefined;
}

const COLUMNS = `tenant_id as "tenantId", account_id as "accountId", borrower_id as "borrowerId",
  application_id as "applicationId", product, terms, policy_version as "policyVersion",
  lender_of_record as "lenderOfRecord", opened_at_ms as "openedAtMs", stage, bucket, past_due_since as "pastDueSince", outstanding_fen as "outstandingFen",
  overdue_fen as "overdueFen", available_fen as "availableFen", next_deadline_at_ms as "nextDeadlineAtMs", summary,
  amount_band as "amountBand", as_of as "asOf", advanced_at_ms as "advancedAtMs", mandate_id as "mandateId",
  opened_by as "openedBy"`;

/**
 * Adds an account, signed, and takes its amount from the application's offer. The lender of record is that of
 * the policy version. The database refuses what is beyond the offer, a second account of one acceptance key, and an
 * application or policy version that does not exist.
 */
export async function insertAccount(client: Client, account: NewAccount): Promise<void> {
  const { tenantId, accountId, borrowerId, applicationId, terms, policyVersion, acceptanceKey } = account;
  await proveRow(client, 'application', [tenantId, applicationId]);
  const acceptanceHash = account.acceptanceHash ?? contentHash(terms);
  const { rows } = await client.query<{ lenderOfRecord: string }>(
    `with drawn as (
       update application set drawn_fen = drawn_fen + $10 where tenant_id = $1 and application_id = $4
     )
     insert into credit_account (tenant_id, account_id, borrower_id, application_id, acceptance_key, acceptance_hash,
       product, terms, policy_version, lender_of_record, opened_at_ms, opened_by)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9,
       (select body->>'lenderOfRecord' from policy_version where tenant_id = $1 and version = $9), $11, $12)
     returning lender_of_record as "lenderOfRecord"`,
    [
      tenantId,
      accountId,
      borrowerId,
      applicationId,
      acceptanceKey,
      acceptanceHash,
      terms.product,
      JSON.stringify(terms),
      policyVersion,
      account.drawnFen,
      account.openedAtMs,
      account.openedBy ?? null,
    ],
  );
  await signRow(client, 'application', [tenantId, applicationId]);
  const { lenderOfRecord = '' } = rows[0] ?? {};
  const agreed = { ...account, acceptanceHash, lenderOfRecord, product: terms.product };
  await client.query(
    'update credit_account set agreement_mac = $3, chain_head = $3 where tenant_id = $1 and account_id = $2',
    [tenantId, accountId, macsOf(client).sign('agreement', agreementContent(agreed))],
  );
}

/** The account that an acceptance key of the application opened. */
export async function findAcceptance(
  reader: Reader,
  { tenantId, applicationId, acceptanceKey }: { tenantId: string; applicationId: string; acceptanceKey: string },
): Promise<{ accountId: string; acceptanceHash: string } | undefined> {
  const { rows } = await reader.query<{ accountId: string; acceptanceHash: string }>(
    `select account_id as "accountId", acceptance_hash as "acceptanceHash" from credit_account
      where tenant_id = $1 and application_id = $2 and acceptance_key = $3`,
    [tenantId, applicationId, acceptanceKey],
  );
  return rows[0];
}

/**
 * The account, locked to the end of the transaction: one step at a time. The lock leaves foreign keys free, so that
 * a fact or notice of another transaction does not wait for a step.
 */
export async function lockAccount(client: Client, ref: AccountRef): Promise<LockedAccount | undefined> {
  const { rows } = await client.query<AccountRow & { chainNo: number; chainHead: string | null }>(
    `select ${COLUMNS}, chain_no as "chainNo", chain_head as "chainHead"
       from credit_account where tenant_id = $1 and account_id = $2 for no key update`,
    [ref.tenantId, ref.accountId],
  );
  const [row] = rows;
  if (!row) return undefined;
  const { chainNo, chainHead, ...account } = row;
  return { ...account, chain: new AccountChain(macsOf(client), { no: chainNo, head: chainHead ?? '' }) };
}

/**
 * Goes on with an account's chain: with the given one, which is kept by whoever holds it at the end of the step, or
 * with the account's own, which is held for it and kept at once.
 */
export async function onChain<Result>(
  client: Client,
  { tenantId, accountId, chain }: AccountRef & { chain?: AccountChain | undefined },
  work: (chain: AccountChain) => Promise<Result>,
): Promise<Result> {
  if (chain) return work(chain);
  const account = await lockAccount(client, { tenantId, accountId });
  if (!account) throw new Error(`account ${accountId} of tenant ${tenantId} is not in the books`);
  const result = await work(account.chain);
  const { no, head } = account.chain.at;
  await client.query(
    'update credit_account set chain_no = $3, chain_head = $4 where tenant_id = $1 and account_id = $2',
    [tenantId, accountId, no, head],
  );
  return result;
}

export async function readAccount(reader: Reader, ref: AccountRef): Promise<AccountRow | undefined> {
  const { rows } = await reader.query<AccountRow>(
    `select ${COLUMNS} from credit_account where tenant_id = $1 and account_id = $2`,
    [ref.tenantId, ref.accountId],
  );
  return rows[0];
}

/** Accounts of a list, by id; what is not in the books is left out. */
export async function readAccounts(
  reader: Reader,
  { tenantId, accountIds }: { tenantId: string; accountIds: readonly string[] },
): Promise<ReadonlyMap<string, AccountRow>> {
  const { rows } = await reader.query<AccountRow>(
    `select ${COLUMNS} from credit_account where tenant_id = $1 and account_id = any($2::text[])`,
    [tenantId, accountIds],
  );
  return new Map(rows.map((row) => [row.accountId, row]));
}

/** Replaces where the account stands. */
export async function updateProjection(client: Client, projection: AccountProjection): Promise<void> {
  await client.query(
    `update credit_account set stage = $3, bucket = $4, past_due_since = $5, outstanding_fen = $6, overdue_fen = $7,
       available_fen = $8, next_deadline_at_ms = $9, summary = $10, amount_band = $11, as_of = $12,
       advanced_at_ms = $13, fold_version = $14, chain_no = coalesce($15, chain_no),
       chain_head = coalesce($16, chain_head)
     where tenant_id = $1 and account_id = $2`,
    [
      projection.tenantId,
      projection.accountId,
      projection.stage,
      projection.bucket,
      projection.pastDueSince,
      projection.outstandingFen,
      projection.overdueFen,
      projection.availableFen,
      projection.nextDeadlineAtMs,
      projection.summary,
      projection.amountBand,
      projection.asOf,
      projection.advancedAtMs,
      projection.foldVersion,
      projection.chain?.at.no ?? null,
      projection.chain?.at.head ?? null,
    ],
  );
}
