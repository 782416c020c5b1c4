/** Requests by their idempotency key: a repeat gets the first answer, the same key with other input is refused. */
import { contentHash } from '../contentHash';
import type { Client } from '../transaction';

export interface RequestRef {
  tenantId: string;
  idempotencyKey: string;
}

export type RequestBegin =
  | { outcome: 'new' }
  /** It was begun and has no answer: still at work, or interrupted. What it does is keyed, so it may be done again. */
  | { outcome: 'repeat-started' }
  | { outcome: 'completed'; responseStatus: number; responseBody: unknown }
  /** The key came with another route or input, or from another principal. */
  | { outcome: 'conflict' };

interface RecordRow {
  route: string;
  inputHash: string;
  principal: string | null;
  responseStatus: number | null;
  responseBody: unknown;
}

export interface NewRequest extends RequestRef {
  route: string;
  input: unknown;
  /** Who asks: the same of somebody else is another request, or a second voice would be heard as the first one's. */
  principal?: string | undefined;
}

/** Begins a request, or says what became of it before. */
export async function beginRequest(
  client: Client,
  { tenantId, idempotencyKey, route, input, principal }: NewRequest,
): Promise<RequestBegin> {
  const inputHash = contentHash(input);
  const { rowCount } = await client.query(
    `insert into idempotency_record (tenant_id, idempotency_key, route, input_hash, state, principal)
     values ($1, $2, $3, $4, 'started', $5) on conflict do nothing`,
    [tenantId, idempotencyKey, route, inputHash, principal ?? null],
  );
  if (rowCount === 1) return { outcome: 'new' };
  const { rows } = await client.query<RecordRow>(
    `select route, input_hash as "inputHash", principal, response_status as "responseStatus", response_body as "responseBody"
       from idempotency_record where tenant_id = $1 and idempotency_key = $2`,
    [tenantId, idempotencyKey],
  );
  const [row] = rows;
  if (!row) throw new Error(`the record of idempotency key ${idempotencyKey} was removed for its age: send it again`);
  const { responseStatus, responseBody } = row;
  const isOfAnother = row.principal !== null && principal !== undefined && row.principal !== principal;
  if (row.route !== route || row.inputHash !== inputHash || isOfAnother) return { outcome: 'conflict' };
  return responseStatus === null
    ? { outcome: 'repeat-started' }
    : { outcome: 'completed', responseStatus, responseBody };
}

/**
 * When the request first came, which dates what it left undated: an attempt after midnight that dated it anew would be
 * another payment under the same id. Kept where the answer will be, until there is one.
 */
export async function firstArrival(
  client: Client,
  { tenantId, idempotencyKey, nowMs }: RequestRef & { nowMs: number },
): Promise<number> {
  const { rows } = await client.query<{ arrivedAtMs: number }>(
    `update idempotency_record
        set response_body = coalesce(response_body, jsonb_build_object('arrivedAtMs', $3::bigint))
      where tenant_id = $1 and idempotency_key = $2 and state = 'started'
      returning response_body->'arrivedAtMs' as "arrivedAtMs"`,
    [tenantId, idempotencyKey, nowMs],
  );
  return rows[0]?.arrivedAtMs ?? nowMs;
}

/** Keeps the answer; the first one stands. */
export async function completeRequest(
  client: Client,
  input: RequestRef & { responseStatus: number; responseBody: unknown },
): Promise<void> {
  const { tenantId, idempotencyKey, responseStatus, responseBody } = input;
  await client.query(
    `update idempotency_record set state = 'completed', response_status = $3, response_body = $4
      where tenant_id = $1 and idempotency_key = $2 and state = 'started'`,
    [tenantId, idempotencyKey, responseStatus, JSON.stringify(responseBody ?? null)],
  );
}

/** Removes records older than so many days; returns how many. */
export async function removeOldRequests(client: Client, { olderThanDays }: { olderThanDays: number }): Promise<number> {
  const { rowCount } = await client.query(
    `delete from idempotency_record where created_at < now() - make_interval(days => $1)`,
    [olderThanDays],
  );
  return rowCount ?? 0;
}
