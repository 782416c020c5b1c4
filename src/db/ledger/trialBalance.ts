/** The books read back: balances, the trial balance, and the proofs that they agree. */

import type { LedgerAccount } from '../../domain/ledger/journal';
import type { IsoDate } from '../../domain/values/calendar';
import type { Fen } from '../../domain/values/money';
import type { AccountRef } from '../credit/accounts';
import type { Reader } from '../transaction';

export interface TrialBalance {
  /** Sum of all postings by ledger account. */
  lines: { ledgerAccount: LedgerAccount; amountFen: Fen }[];
  /** Sum over everything: 0, or the books are wrong. */
  totalFen: Fen;
  /** Balances that are not the sum of their postings: none, or the books are wrong. */
  differences: BalanceDifference[];
}

export interface BalanceDifference {
  accountId: string;
  ledgerAccount: LedgerAccount;
  balanceFen: Fen;
  postedFen: Fen;
}

export interface UnbalancedEntry {
  accountId: string;
  entryId: number;
  businessKey: string;
  lineCount: number;
  sumFen: Fen;
}

/** What each ledger account of a credit account holds; one that never held anything is absent. */
export async function readBalances(
  reader: Reader,
  { tenantId, accountId }: AccountRef,
): Promise<Partial<Record<LedgerAccount, Fen>>> {
  const { rows } = await reader.query<{ ledgerAccount: LedgerAccount; amountFen: Fen }>(
    `select ledger_account as "ledgerAccount", amount_fen as "amountFen" from ledger_balance
      where tenant_id = $1 and account_id = $2 order by ledger_account`,
    [tenantId, accountId],
  );
  return Object.fromEntries(rows.map(({ ledgerAccount, amountFen }) => [ledgerAccount, amountFen]));
}

export interface LedgerTotals {
  /** Sum of all balances by ledger account. */
  lines: { ledgerAccount: LedgerAccount; amountFen: Fen }[];
  /** Credit accounts whose balances do not sum to 0: none, or the books are wrong. */
  unbalancedAccounts: { accountId: string; sumFen: Fen }[];
}

/**
 * The ledger as its balances tell it: as many rows as accounts have balances, however long their lives are. That the
 * balances are what the postings sum to is proved by {@link readTrialBalance}, which reads them all.
 */
export async function readLedgerTotals(
  reader: Reader,
  { tenantId, limit }: { tenantId: string; limit: number },
): Promise<LedgerTotals> {
  const { rows: lines } = await reader.query<LedgerTotals['lines'][number]>(
    `select ledger_account as "ledgerAccount", sum(amount_fen)::bigint as "amountFen" from ledger_balance
      where tenant_id = $1 group by ledger_account order by ledger_account`,
    [tenantId],
  );
  const { rows: unbalancedAccounts } = await reader.query<LedgerTotals['unbalancedAccounts'][number]>(
    `select account_id as "accountId", sum(amount_fen)::bigint as "sumFen" from ledger_balance
      where tenant_id = $1 group by account_id having sum(amount_fen) <> 0 order by account_id limit $2`,
    [tenantId, limit],
  );
  return { lines, unbalancedAccounts };
}

/** Sum of the postings by ledger account; with a date, of the entries whose value date is not after it. */
export async function readPostedTotals(
  reader: Reader,
  { tenantId, asOf }: { tenantId: string; asOf?: IsoDate | undefined },
): Promise<TrialBalance['lines']> {
  const { rows } =
    asOf === undefined
      ? await reader.query<TrialBalance['lines'][number]>(
          `select ledger_account as "ledgerAccount", sum(amount_fen)::bigint as "amountFen" from posting
            where tenant_id = $1 group by ledger_account order by ledger_account`,
          [tenantId],
        )
      : await reader.query<TrialBalance['lines'][number]>(
          `select ledger_account as "ledgerAccount", sum(amount_fen)::bigint as "amountFen"
           from journal_entry entry join posting using (tenant_id, account_id, entry_id)
           where entry.tenant_id = $1 and value_date <= $2 group by ledger_account order by ledger_account`,
          [tenantId, asOf],
        );
  return rows;
}

/** The trial balance of a tenant. Reads every posting: for audits and tests, not for a step. */
export async function readTrialBalance(reader: Reader, { tenantId }: { tenantId: string }): Promise<TrialBalance> {
  const lines = await readPostedTotals(reader, { tenantId });
  const { rows: differences } = await reader.query<BalanceDifference>(
    `with posted as (
       select account_id, ledger_account, sum(amount_fen) as sum_fen from posting
        where tenant_id = $1 group by account_id, ledger_account
     ), kept as (
       select account_id, ledger_account, amount_fen from ledger_balance where tenant_id = $1
     )
     select account_id as "accountId", ledger_account as "ledgerAccount",
       coalesce(amount_fen, 0)::bigint as "balanceFen", coalesce(sum_fen, 0)::bigint as "postedFen"
     from posted full join kept using (account_id, ledger_account)
     where coalesce(amount_fen, 0) <> coalesce(sum_fen, 0) order by account_id, ledger_account`,
    [tenantId],
  );
  return { lines, totalFen: lines.reduce((sum, { amountFen }) => sum + amountFen, 0), differences };
}

/** Entries that the database should never have let through: with fewer than two lines, or a sum that is not zero. */
export async function readUnbalancedEntries(
  reader: Reader,
  { tenantId }: { tenantId: string },
): Promise<UnbalancedEntry[]> {
  const { rows } = await reader.query<UnbalancedEntry>(
    `select entry.account_id as "accountId", entry.entry_id as "entryId", business_key as "businessKey",
       count(amount_fen) as "lineCount", coalesce(sum(amount_fen), 0)::bigint as "sumFen"
     from journal_entry entry left join posting using (tenant_id, account_id, entry_id)
     where entry.tenant_id = $1
     group by entry.tenant_id, entry.account_id, entry.entry_id
     having count(amount_fen) < 2 or sum(amount_fen) <> 0 order by entry.entry_id`,
    [tenantId],
  );
  return rows;
}
