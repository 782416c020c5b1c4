/**
 * Checks of verification codes. What is asked of the database is the same for every phone and every code: each function
 * is one statement, and none is left out. Counting and recording are held together by {@link lockChecks}.
 */
import { type CheckOutcome, FAILED_CHECKS } from '../../../domain/messaging/codes/verificationCodes';
import type { NoticeKind, Product } from '../../../domain/policy/lendingPolicy';
import { sqlWords } from '../../sqlWords';
import type { Client, Reader } from '../../transaction';

export interface CheckRef {
  tenantId: string;
  phoneHash: string;
  addressHash: string;
}

/** Beside the address, which the limits count by, the network that it belongs to: alarms count by that. */
export interface KeptCheckRef extends CheckRef {
  networkHash: string;
}

/** What a code answers with, beside what it is compared by. */
export interface KeptCode {
  codeHash: string;
  product: Product;
  month: number;
  maskedAmount: string;
  expiresAtMs: number;
}

export interface CodesAndCounts {
  /** Of the phone, the latest first; at most {@link CODES_LOOKED_AT}. */
  codes: KeptCode[];
  byPhone: number;
  byAddress: number;
  inTotal: number;
  /** The first of those that count against the address; null when there is none. */
  addressSinceMs: number | null;
  /** Failed checks of the phone since `failedSinceMs`. */
  failedByPhone: number;
}

/** More than a month of daily notices to one phone, which several borrowers may share. */
export const CODES_LOOKED_AT = 64;

/**
 * Lets one check or report of a tenant count at a time, to the end of the transaction: side by side, each would find
 * the others not counted yet.
 */
export async function lockChecks(client: Client, { tenantId }: { tenantId: string }): Promise<void> {
  await client.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [
    JSON.stringify(['checks of codes', tenantId]),
  ]);
}

/** Codes and counts in one statement, so that nothing tells which of them decided. */
export async function readCodesAndCounts(
  client: Client,
  { tenantId, phoneHash, addressHash, sinceMs, failedSinceMs }: CheckRef & { sinceMs: number; failedSinceMs: number },
): Promise<CodesAndCounts> {
  const { rows } = await client.query<CodesAndCounts>(
    `select
       (select coalesce(jsonb_agg(jsonb_build_object('codeHash', code_hash, 'product', product, 'month', month,
            'maskedAmount', masked_amount, 'expiresAtMs', expires_at_ms) order by issued_at_ms desc), '[]')
          from (select * from notice_code where tenant_id = $1 and phone_hash = $2
                 order by issued_at_ms desc limit ${CODES_LOOKED_AT}) latest) as codes,
       (select count(*) from code_check where tenant_id = $1 and phone_hash = $2
           and at_ms > $4 and outcome <> 'limited') as "byPhone",
       (select count(*) from code_check where tenant_id = $1 and address_hash = $3
           and at_ms > $4 and outcome <> 'limited') as "byAddress",
       (select count(*) from code_check where tenant_id = $1 and at_ms > $4 and outcome <> 'limited') as "inTotal",
       (select min(at_ms) from code_check where tenant_id = $1 and address_hash = $3
           and at_ms > $4 and outcome <> 'limited') as "addressSinceMs",
       (select count(*) from code_check where tenant_id = $1 and phone_hash = $2
           and at_ms > $5 and outcome in (${sqlWords(FAILED_CHECKS)})) as "failedByPhone"`,
    [tenantId, phoneHash, addressHash, sinceMs, failedSinceMs],
  );
  const [row] = rows;
  if (!row) throw new Error('a statement without from has one row');
  return row;
}

/**
 * Records a check. Of those over a limit only so many of a window are kept: a flood must not fill the table that shows
 * it.
 */
export async function recordCheck(
  client: Client,
  check: KeptCheckRef & { outcome: CheckOutcome; atMs: number; sinceMs: number; limitedAtMost: number },
): Promise<void> {
  const { tenantId, phoneHash, addressHash, networkHash, outcome, atMs, sinceMs, limitedAtMost } = check;
  await client.query(
    `insert into code_check (tenant_id, phone_hash, address_hash, at_ms, outcome, network_hash)
     select $1, $2, $3, $4, $5, $8 where $5 <> 'limited' or $7 >
       (select count(*) from code_check where tenant_id = $1 and at_ms > $6 and outcome = 'limited')`,
    [tenantId, phoneHash, addressHash, atMs, outcome, sinceMs, limitedAtMost, networkHash],
  );
}

export interface FailedChecks {
  /** No-match, expired and limited. */
  total: number;
  limited: number;
  /** Different phones that were asked for. */
  phones: number;
  /** Those among them that got a code of ours. */
  borrowerPhones: number;
  /** By the kind of the notice that these borrowers got last before their check. */
  byKind: { kind: NoticeKind; count: number }[];
}

/** What failed since an instant, for the guard: many failed checks say that forged texts go round. */
export async function failedChecksSince(
  reader: Reader,
  { tenantId, sinceMs }: { tenantId: string; sinceMs: number },
): Promise<FailedChecks> {
  const { rows } = await reader.query<FailedChecks>(
    `with failed as (
       select phone_hash, outcome, latest.kind from code_check
       left join lateral (
         select kind from notice_code join notice using (tenant_id, notice_id)
          where notice_code.tenant_id = code_check.tenant_id and notice_code.phone_hash = code_check.phone_hash
            and issued_at_ms <= code_check.at_ms
          order by issued_at_ms desc limit 1
       ) latest on true
       where code_check.tenant_id = $1 and at_ms >= $2 and outcome <> 'match'
     )
     select count(*) as total, count(*) filter (where outcome = 'limited') as limited,
       count(distinct phone_hash) as phones,
       count(distinct phone_hash) filter (where kind is not null) as "borrowerPhones",
       (select coalesce(jsonb_agg(jsonb_build_object('kind', kind, 'count', count) order by kind), '[]')
          from (select kind, count(*) from failed where kind is not null group by kind) by_kind) as "byKind"
     from failed`,
    [tenantId, sinceMs],
  );
  return rows[0] ?? { total: 0, limited: 0, phones: 0, borrowerPhones: 0, byKind: [] };
}
