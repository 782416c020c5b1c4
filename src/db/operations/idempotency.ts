/** Requests by their idempotency key: a repeat gets the first answer, the same key with other input is refused. */
import { contentHash } from '../contentHash';
import type { Client } from '../transaction';

export interface RequestRef {
  tenantId: string;
  idempotencyKey: string;
}

export interface RequestInput {
  route: string;
  input: unknown;
  /** How long a refusal answers for its key. */
  refusalsStandHours: number;
  seal?: (hash: string) => string;
  /** Who asks: the same of somebody else is another request, or a second voice would be heard as the first one's. */
  principal?: string | undefined;
}

export type RequestBegin =
  | { outcome: 'new'; tries: number }
  /** It was begun and has no answer: still at work, or interrupted. What it does is keyed, so it may be done again. */
  | { outcome: 'repeat-started'; tries: number }
  | { outcome: 'completed'; responseStatus: number; responseBody: unknown }
  /** The key came with another route or input, or from another principal. */
  | { outcome: 'conflict' };

interface RecordRow {
  route: string;
  inputHash: string;
  principal: string | null;
  responseStatus: number | null;
  responseBody: unknown;
  tries: number;
  /** A refusal that has stood its time. */
  isOver: boolean;
}

const FIRST_REFUSAL = 400;

/**
 * Begins a request, or says what became of it before. One that was refused is begun anew when its refusal stood its time.
 * `seal` makes the hash of the input a keyed one.
 */
export async function beginRequest(client: Client, request: RequestRef & RequestInput): Promise<RequestBegin> {
  const { tenantId, idempotencyKey, route, input, principal, refusalsStandHours, seal = (hash) => hash } = request;
  const plainHash = contentHash(input);
  const inputHash = seal(plainHash);
  const { rowCount } = await client.query(
    `insert into idempotency_record (tenant_id, idempotency_key, route, input_hash, state, principal)
     values ($1, $2, $3, $4, 'started', $5) on conflict do nothing`,
    [tenantId, idempotencyKey, route, inputHash, principal ?? null],
  );
  if (rowCount === 1) return { outcome: 'new', tries: 1 };
  const { rows } = await client.query<RecordRow>(
    `select route, input_hash as "inputHash", principal, response_status as "responseStatus",
       response_body as "responseBody", tries,
       coalesce(response_status >= ${FIRST_REFUSAL}
         and coalesce(answered_at, created_at) < now() - make_interval(hours => $3), false) as "isOver"
       from idempotency_record where tenant_id = $1 and idempotency_key = $2 for update`,
    [tenantId, idempotencyKey, refusalsStandHours],
  );
  const [row] = rows;
  if (!row) throw new Error(`the record of idempotency key ${idempotencyKey} was removed for its age: send it again`);
  const { responseStatus, responseBody, tries } = row;
  // Records from before hashes were keyed, and from before principals were kept.
  const isSame = row.inputHash === inputHash || row.inputHash === plainHash;
  const isOfAnother = row.principal !== null && principal !== undefined && row.principal !== principal;
  if (row.route !== route || !isSame || isOfAnother) return { outcome: 'conflict' };
  if (row.isOver) return judgeAnew(client, { tenantId, idempotencyKey });
  return responseStatus === null
    ? { outcome: 'repeat-started', tries }
    : { outcome: 'completed', responseStatus, responseBody };
}

async function judgeAnew(client: Client, { tenantId, idempotencyKey }: RequestRef): Promise<RequestBegin> {
  const { rows } = await client.query<{ tries: number }>(
    `update idempotency_record
        set state = 'started', response_status = null, response_body = null, answered_at = null, tries = tries + 1
      where tenant_id = $1 and idempotency_key = $2 returning tries`,
    [tenantId, idempotencyKey],
  );
  const [row] = rows;
  if (!row) throw new Error('a locked record was removed');
  return { outcome: 'new', tries: row.tries };
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

export interface StandingAnswer {
  responseStatus: number;
  responseBody: unknown;
}

/** Keeps the answer. Returns the one that stands where another was first; undefined where this one stands. */
export async function completeRequest(
  client: Client,
  input: RequestRef & StandingAnswer,
): Promise<StandingAnswer | undefined> {
  const { tenantId, idempotencyKey, responseStatus, responseBody } = input;
  const { rowCount } = await client.query(
    `update idempotency_record set state = 'completed', response_status = $3, response_body = $4, answered_at = now()
      where tenant_id = $1 and idempotency_key = $2 and state = 'started'`,
    [tenantId, idempotencyKey, responseStatus, JSON.stringify(responseBody ?? null)],
  );
  if (rowCount === 1) return undefined;
  const { rows } = await client.query<StandingAnswer>(
    `select response_status as "responseStatus", response_body as "responseBody" from idempotency_record
      where tenant_id = $1 and idempotency_key = $2 and state = 'completed'`,
    [tenantId, idempotencyKey],
  );
  return rows[0];
}
