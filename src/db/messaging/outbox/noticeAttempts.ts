/**
 * How a planned notice becomes a sent one: the attempt is committed, the provider is called once, the outcome is
 * committed. Each change names the status it starts from, so that of two who try only one succeeds; the database
 * refuses a second attempt while the first may have gone out. Which changes there are is said by `domain/attemptOutcomes.ts`.
 */

import {
  type ReceiptStatus,
  type SendFailure,
  TEXT_CHANNELS,
  TOLD_BY_CARRIER,
  UNRESOLVED,
} from '../../../domain/messaging/outbox/noticeStatuses';
import type { CancelReason } from '../../../domain/messaging/outbox/notices';
import type { WordingName } from '../../../domain/messaging/outbox/wordings';
import { sqlWords } from '../../sqlWords';
import { type Client, type Reader, together } from '../../transaction';
import { adoptMessages } from '../delivery/adoptedMessages';

/** A text that does not go by one of these goes by a provider of texts to phones. */
const OTHER_CHANNELS = TEXT_CHANNELS.filter((channel) => channel !== 'sms');

export interface NoticeRef {
  tenantId: string;
  noticeId: string;
}

export interface NoticeAttempt {
  noticeId: string;
  provider: string;
  /** Absent: that of its kind. */
  wording?: WordingName | undefined;
  templateVersion: number;
  text: string;
  parts: number;
  /** What the text says, as read from the books for it. */
  figures?: unknown;
  /** Which of the figures had moved since the notice was planned. */
  moved?: readonly string[] | undefined;
  /** Keyed fingerprint of the number or the address; absent where it goes to the inbox. */
  recipient?: string | undefined;
}

export interface AttemptRef extends NoticeRef {
  attempt: number;
  provider: string;
}

/** What the last receipt of any text to a number said; undefined where none came yet. */
export async function lastReceiptOf(
  reader: Reader,
  { tenantId, recipient }: { tenantId: string; recipient: string },
): Promise<ReceiptStatus | undefined> {
  const { rows } = await reader.query<{ status: ReceiptStatus }>(
    `select status from notice_attempt where tenant_id = $1 and recipient = $2 and status in (${sqlWords(TOLD_BY_CARRIER)})
      order by attempted_at_ms desc limit 1`,
    [tenantId, recipient],
  );
  return rows[0]?.status;
}

/** What the provider answered, and for a refusal whether the notice is planned again. */
export type NoticeOutcome =
  | ({ status: 'accepted' } & Omit<ProviderAcceptance, 'noticeId' | 'attempt'>)
  | {
      status: 'refused';
      failure: SendFailure;
      code: string;
      detail: string;
      sendAgainAtMs: number | undefined;
      /** Whether it is one of the notice's tries. */
      usesTry?: boolean;
    }
  | { status: 'unknown'; detail: string; nextLookAtMs: number };

/** Puts a planned notice off, and says why. False when it is not planned any more. */
export async function deferNotice(
  client: Client,
  { tenantId, noticeId, sendAfterMs, reason }: NoticeRef & { sendAfterMs: number; reason?: string | undefined },
): Promise<boolean> {
  const { rowCount } = await client.query(
    `update notice set send_after_at_ms = $3, put_off_reason = $4
      where tenant_id = $1 and notice_id = $2 and status = 'planned'`,
    [tenantId, noticeId, sendAfterMs, reason ?? null],
  );
  return rowCount === 1;
}

/** Takes a planned notice back. False when it is not planned any more. */
export async function cancelNotice(
  client: Client,
  { tenantId, noticeId, reason, atMs }: NoticeRef & { reason: CancelReason; atMs: number },
): Promise<boolean> {
  const { rowCount } = await client.query(
    `update notice set status = 'cancelled', cancel_reason = $3, outcome_at_ms = $4
      where tenant_id = $1 and notice_id = $2 and status = 'planned'`,
    [tenantId, noticeId, reason, atMs],
  );
  return rowCount === 1;
}

/** The number of an attempt, and the reference to send it under. */
export interface AttemptMade {
  attempt: number;
  reference: string;
  /** Tries before it: refusals that were a carrier's word about the message. */
  tries: number;
}

/**
 * Says that notices are about to be sent; committed before a provider is called. The attempts by notice; a notice that
 * is not among them is someone else's.
 */
export async function markAllAttempted(
  client: Client,
  { tenantId, atMs, attempts }: { tenantId: string; atMs: number; attempts: readonly NoticeAttempt[] },
): Promise<ReadonlyMap<string, AttemptMade>> {
  if (attempts.length === 0) return new Map();
  const { rows } = await client.query<AttemptMade & { noticeId: string }>(
    `with given as (
       select * from jsonb_to_recordset($3::jsonb) as given ("noticeId" uuid, provider text, wording text, "templateVersion" int,
         text text, parts int, figures jsonb, moved text[], recipient text)
     ), claimed as (
       update notice set status = 'attempted', provider = given.provider, wording = given.wording, template_version = "templateVersion",
         text = given.text, parts = given.parts, attempted_at_ms = $2, provider_message_id = null,
         provider_error = null, outcome_at_ms = null
       from given where notice.tenant_id = $1 and notice_id = "noticeId" and status = 'planned'
       returning notice_id
     ), next as (
       select given.*, 1 + before.attempts as attempt, before.tries
         from given join claimed on notice_id = "noticeId"
         cross join lateral (select count(*)::int as attempts, (count(*) filter (where uses_try))::int as tries
           from notice_attempt where notice_attempt.tenant_id = $1 and notice_attempt.notice_id = "noticeId") before
     ), made as (
       insert into notice_attempt (tenant_id, notice_id, attempt, provider, reference, figures, moved, attempted_at_ms,
         recipient, channel)
       select $1, "noticeId", attempt, provider, "noticeId"::text || '.' || attempt, figures, coalesce(moved, '{}'), $2,
         recipient, case when provider in (${sqlWords(OTHER_CHANNELS)}) then provider else 'sms' end from next
       returning notice_id, attempt, reference
     )
     select made.notice_id as "noticeId", made.attempt, made.reference, next.tries
       from made join next on next."noticeId" = made.notice_id`,
    [tenantId, atMs, JSON.stringify(attempts)],
  );
  return new Map(rows.map(({ noticeId, ...made }) => [noticeId, made]));
}

/**
 * Keeps the provider's answer, and then what receipts that overtook it say. In a transaction. False when the attempt
 * has come further already: a receipt told more than the answer does.
 */
export async function markOutcome(
  client: Client,
  { outcome, atMs, ...ref }: AttemptRef & { outcome: NoticeOutcome; atMs: number },
): Promise<boolean> {
  const { tenantId, noticeId, attempt } = ref;
  if (outcome.status === 'accepted') {
    const { provider } = ref;
    const accepted = [{ noticeId, attempt, ...outcome }];
    return (await markAccepted(client, { tenantId, provider, accepted, atMs })).has(noticeId);
  }
  const [{ rowCount }] = await together([
    client.query(
      `update notice_attempt set status = $4, failure = $5, code = $6, detail = $7, outcome_at_ms = $8, uses_try = $9
        where tenant_id = $1 and notice_id = $2 and attempt = $3 and status in (${sqlWords(UNRESOLVED)})`,
      [
        tenantId,
        noticeId,
        attempt,
        outcome.status,
        ...(outcome.status === 'refused' ? [outcome.failure, outcome.code] : [null, null]),
        outcome.detail,
        atMs,
        outcome.status === 'refused' && outcome.usesTry === true,
      ],
    ),
    outcome.status === 'refused'
      ? endRefused(client, { tenantId, noticeId, outcome, atMs })
      : client.query(
          `update notice set status = 'unknown', outcome_at_ms = $3, provider_error = $4, next_look_at_ms = $5
            where tenant_id = $1 and notice_id = $2 and status = 'attempted' and closed_at_ms is null`,
          [tenantId, noticeId, atMs, outcome.detail, outcome.nextLookAtMs],
        ),
  ]);
  return rowCount === 1;
}

/** What a provider took, in the words that it answered. */
export interface ProviderAcceptance {
  noticeId: string;
  attempt: number;
  providerMessageIds: readonly [string, ...string[]];
  /** Null where no receipt will come: it stays accepted. */
  nextLookAtMs: number | null;
  /** The provider's session that submitted it, where it has sessions. */
  session?: string | undefined;
}

/**
 * The ids are kept, and what receipts have told of them already counts. Also the end of an inquiry that found it.
 * Returns the notices whose attempt had not come further already.
 */
export async function markAccepted(
  client: Client,
  input: { tenantId: string; provider: string; accepted: readonly ProviderAcceptance[]; atMs: number },
): Promise<ReadonlySet<string>> {
  const { tenantId, provider, accepted, atMs } = input;
  if (accepted.length === 0) return new Set();
  const noticeIds = accepted.map(({ noticeId }) => noticeId);
  const [{ rows }] = await together([
    client.query<{ noticeId: string }>(
      `update notice_attempt set status = 'accepted', outcome_at_ms = $4, detail = null
         from unnest($2::uuid[], $3::int[]) as taken (notice_id, attempt)
        where tenant_id = $1 and notice_attempt.notice_id = taken.notice_id and notice_attempt.attempt = taken.attempt
          and status in (${sqlWords(UNRESOLVED)})
       returning notice_attempt.notice_id as "noticeId"`,
      [tenantId, noticeIds, accepted.map(({ attempt }) => attempt), atMs],
    ),
    client.query(
      `update notice set status = 'accepted', outcome_at_ms = $5, provider_error = null,
         provider_message_id = coalesce(provider_message_id, taken.message_id), next_look_at_ms = taken.next_look_at_ms
         from unnest($2::uuid[], $3::text[], $4::bigint[]) as taken (notice_id, message_id, next_look_at_ms)
        where tenant_id = $1 and notice.notice_id = taken.notice_id and status in (${sqlWords(UNRESOLVED)})
          and closed_at_ms is null`,
      [
        tenantId,
        noticeIds,
        accepted.map(({ providerMessageIds }) => providerMessageIds[0]),
        accepted.map(({ nextLookAtMs }) => nextLookAtMs),
        atMs,
      ],
    ),
  ]);
  const marked = new Set(rows.map(({ noticeId }) => noticeId));
  const attempts = accepted.filter(({ noticeId }) => marked.has(noticeId));
  await adoptMessages(client, { tenantId, provider, attempts });
  return marked;
}

function endRefused(
  client: Client,
  {
    tenantId,
    noticeId,
    outcome,
    atMs,
  }: NoticeRef & { outcome: Extract<NoticeOutcome, { status: 'refused' }>; atMs: number },
) {
  const { code, detail, sendAgainAtMs } = outcome;
  const error = `${code}: ${detail}`;
  if (sendAgainAtMs === undefined) {
    return client.query(
      `update notice set status = 'refused', outcome_at_ms = $3, provider_error = $4, next_look_at_ms = null
        where tenant_id = $1 and notice_id = $2 and status in (${sqlWords(UNRESOLVED)}) and closed_at_ms is null`,
      [tenantId, noticeId, atMs, error],
    );
  }
  return client.query(
    `update notice set status = 'planned', send_after_at_ms = $3, put_off_reason = $4, next_look_at_ms = null
      where tenant_id = $1 and notice_id = $2 and status in (${sqlWords(UNRESOLVED)}) and closed_at_ms is null`,
    [tenantId, noticeId, sendAgainAtMs, error],
  );
}

/**
 * Notices of a lane that were attempted before an instant and have no outcome: whoever sent them was interrupted, and
 * they may have gone out. They become `unknown` and are not sent again unless the provider, asked, has no trace of
 * them. Returns how many.
 */
export async function endInterrupted(
  client: Client,
  input: { tenantId: string; lane: number; attemptedBeforeMs: number; atMs: number; nextLookAtMs: number },
): Promise<number> {
  const { tenantId, lane, attemptedBeforeMs, atMs, nextLookAtMs } = input;
  const { rowCount } = await client.query(
    `with interrupted as (
       select tenant_id, notice_id from notice
        where tenant_id = $1 and lane = $2 and status = 'attempted' and attempted_at_ms < $3 and closed_at_ms is null
        order by notice_id for no key update skip locked
     ), attempts as (
       update notice_attempt set status = 'unknown', outcome_at_ms = $4, detail = $6
         from interrupted where notice_attempt.tenant_id = interrupted.tenant_id
          and notice_attempt.notice_id = interrupted.notice_id and notice_attempt.status = 'attempted'
     )
     update notice set status = 'unknown', outcome_at_ms = $4, provider_error = $6, next_look_at_ms = $5
       from interrupted where notice.tenant_id = interrupted.tenant_id and notice.notice_id = interrupted.notice_id`,
    [tenantId, lane, attemptedBeforeMs, atMs, nextLookAtMs, 'interrupted between the attempt and its outcome'],
  );
  return rowCount ?? 0;
}
