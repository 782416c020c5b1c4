/** Facts of an account: recorded once by business key, read for the fold; and what was refused as a fact. */
import type { Fact } from '../../domain/credit/facts';
import { contentHash } from '../contentHash';
import { type AccountChain, factContent } from '../evidence/accountChain';
import { fitsJsonb, rawOf, storableKey } from '../faults';
import type { Client, Reader } from '../transaction';
import { type AccountRef, onChain } from './accounts';

export type Recorded = 'recorded' | 'repeated' | 'conflict';

export interface NewFact extends AccountRef {
  fact: Fact;
  arrivedAtMs: number;
  /** Whose act it is; not part of what is compared. */
  principal?: string | null | undefined;
  /** Of the account that the caller holds, who keeps it; absent: the account is held here. */
  chain?: AccountChain | undefined;
}

export interface FactRefusal extends AccountRef {
  businessKey: string;
  kind: string;
  reasonCodes: readonly string[];
  /** What arrived, as it came; kept as bytes where no jsonb holds it. */
  body: unknown;
  atMs: number;
  /** Who sent it; null: nobody did, or from before principals were kept. */
  principal?: string | null | undefined;
}

/**
 * Records a fact unless its key is known. `repeated`: the same fact came again, nothing changes. `conflict`: the key
 * is known with another content, which stands; the caller refuses the arrival.
 */
export async function recordFact(
  client: Client,
  { tenantId, accountId, fact, arrivedAtMs, principal = null, chain: given }: NewFact,
): Promise<Recorded> {
  const inputHash = contentHash(fact);
  const { key: businessKey, kind, valueDate } = fact;
  const row = { tenantId, accountId, businessKey, kind, valueDate, body: fact, inputHash, arrivedAtMs, principal };
  const isNew = await onChain(client, { tenantId, accountId, chain: given }, async (chain) => {
    const link = chain.next('fact', factContent(row));
    const { rowCount } = await client.query(
      `insert into account_fact (tenant_id, account_id, business_key, kind, value_date, body, input_hash, arrived_at_ms,
         chain_no, mac, principal)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) on conflict do nothing`,
      [
        tenantId,
        accountId,
        businessKey,
        kind,
        valueDate,
        JSON.stringify(fact),
        inputHash,
        arrivedAtMs,
        link.no,
        link.mac,
        principal,
      ],
    );
    if (rowCount === 1) chain.take(link);
    return rowCount === 1;
  });
  if (isNew) return 'recorded';
  // A second statement, so that it sees a row that another transaction committed while the insert waited for it.
  const { rows } = await client.query<{ inputHash: string }>(
    `select input_hash as "inputHash" from account_fact
      where tenant_id = $1 and account_id = $2 and business_key = $3`,
    [tenantId, accountId, fact.key],
  );
  return rows[0]?.inputHash === inputHash ? 'repeated' : 'conflict';
}

/** Keeps what is told of a fact that was taken. */
export async function recordRemark(
  client: Client,
  { tenantId, accountId, fact, reasonCodes, atMs }: AccountRef & { fact: Fact; reasonCodes: string[]; atMs: number },
): Promise<void> {
  await client.query(
    `insert into arrival_remark (tenant_id, account_id, business_key, kind, reason_codes, at_ms)
     values ($1, $2, $3, $4, $5, $6) on conflict do nothing`,
    [tenantId, accountId, fact.key, fact.kind, reasonCodes, atMs],
  );
}

/** All facts of an account by value date and key; the fold puts those of one date in its own order. */
export async function readFacts(reader: Reader, { tenantId, accountId }: AccountRef): Promise<Fact[]> {
  const { rows } = await reader.query<{ body: Fact }>(
    `select body from account_fact where tenant_id = $1 and account_id = $2 order by value_date, business_key`,
    [tenantId, accountId],
  );
  return rows.map(({ body }) => body);
}

/** As {@link readFacts}, of several accounts. */
export async function readFactsOf(
  reader: Reader,
  { tenantId, accountIds }: { tenantId: string; accountIds: readonly string[] },
): Promise<ReadonlyMap<string, Fact[]>> {
  const { rows } = await reader.query<{ accountId: string; body: Fact }>(
    `select account_id as "accountId", body from account_fact where tenant_id = $1 and account_id = any($2::text[])
      order by account_id, value_date, business_key`,
    [tenantId, accountIds],
  );
  const facts = new Map<string, Fact[]>(accountIds.map((accountId) => [accountId, []]));
  for (const { accountId, body } of rows) facts.get(accountId)?.push(body);
  return facts;
}

/** The facts that count after the account's snapshot; all of them when it has none. */
export async function readFactsSinceSnapshot(
  reader: Reader,
  { tenantId, accountId, foldVersion }: AccountRef & { foldVersion: number },
): Promise<Fact[]> {
  const { rows } = await reader.query<{ body: Fact }>(
    `select body from account_fact
      where tenant_id = $1 and account_id = $2 and counts_from > coalesce((select through::text from account_snapshot
        where tenant_id = $1 and account_id = $2 and fold_version = $3), '')
      order by value_date, business_key`,
    [tenantId, accountId, foldVersion],
  );
  return rows.map(({ body }) => body);
}

/** One fact by its key. */
export async function readFact(
  reader: Reader,
  { tenantId, accountId, key }: AccountRef & { key: string },
): Promise<Fact | undefined> {
  const { rows } = await reader.query<{ body: Fact }>(
    `select body from account_fact where tenant_id = $1 and account_id = $2 and business_key = $3`,
    [tenantId, accountId, key],
  );
  return rows[0]?.body;
}

/** Keeps what was refused and why; the same refusal again is kept once. Returns whether it is new. */
export async function recordRefusal(client: Client, refusal: FactRefusal): Promise<boolean> {
  const { tenantId, accountId, businessKey, kind, reasonCodes, body, atMs, principal = null } = refusal;
  const isPlain = fitsJsonb(body);
  const { rowCount } = await client.query(
    `insert into refused_arrival
       (tenant_id, account_id, business_key, content_hash, kind, reason_codes, body, raw, at_ms, principal)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) on conflict do nothing`,
    [
      tenantId,
      accountId,
      storableKey(businessKey),
      contentHash({ kind, reasonCodes, body }),
      kind,
      reasonCodes,
      isPlain ? JSON.stringify(body ?? null) : null,
      isPlain ? null : rawOf(body),
      atMs,
      principal,
    ],
  );
  return rowCount === 1;
}
