/** The outbox: notices planned, taken back, found when due, as `domain/outbox.ts` says it. How one is sent is in `noticeAttempts.ts`. */
import type {
  CancelReason,
  NoticeStatus,
  PastPromise,
  PlannedNotice,
  PlannedOn,
} from '../../../domain/messaging/outbox/notices';
import { isPaidAway, type TakenBack } from '../../../domain/messaging/outbox/outbox';
import type { WordingName } from '../../../domain/messaging/outbox/wordings';
import type { NoticeKind } from '../../../domain/policy/lendingPolicy';
import type { AccountRef } from '../../credit/accounts';
import type { Client, Reader } from '../../transaction';

export { cancelNotice, deferNotice, endInterrupted, markOutcome } from './noticeAttempts';

export interface NoticeRow {
  tenantId: string;
  noticeId: string;
  borrowerId: string;
  accountId: string;
  kind: NoticeKind;
  dedupeKey: string;
  obligationKey: string | null;
  /** The version of the phone that it goes to; null: the one for notices of money as of the sweep. */
  toPhoneVersion: number | null;
  lane: number;
  priority: number;
  sendAfterMs: number;
  expiresAtMs: number;
  plannedOn: PlannedOn | null;
  /** Why it was put off last. */
  putOffReason: string | null;
  status: NoticeStatus;
  cancelReason: CancelReason | null;
  /** The wording of its text; null until it is attempted, and of those from before there were wordings: its kind. */
  wording: WordingName | null;
  templateVersion: number | null;
  text: string | null;
  parts: number | null;
  attemptedAtMs: number | null;
  provider: string | null;
  providerMessageId: string | null;
  outcomeAtMs: number | null;
  providerError: string | null;
}

export interface NoticeCount {
  kind: NoticeKind;
  status: NoticeStatus;
  cancelReason: CancelReason | null;
  count: number;
}

const COLUMNS = `tenant_id as "tenantId", notice_id as "noticeId", borrower_id as "borrowerId",
  account_id as "accountId", kind, dedupe_key as "dedupeKey", obligation_key as "obligationKey",
  to_phone_version as "toPhoneVersion", lane, priority,
  send_after_at_ms as "sendAfterMs", expires_at_ms as "expiresAtMs", planned_on as "plannedOn",
  put_off_reason as "putOffReason", status, cancel_reason as "cancelReason",
  wording, template_version as "templateVersion", text, parts, attempted_at_ms as "attemptedAtMs", provider,
  provider_message_id as "providerMessageId", outcome_at_ms as "outcomeAtMs", provider_error as "providerError"`;

/** Plans notices; one whose dedupe key was ever planned for the account is left out. Returns how many are new. */
export async function planNotices(
  client: Client,
  input: AccountRef & { borrowerId: string; lane: number; notices: readonly PlannedNotice[] },
): Promise<number> {
  const { tenantId, accountId, borrowerId, lane, notices } = input;
  if (notices.length === 0) return 0;
  const { rowCount } = await client.query(
    `insert into notice (tenant_id, account_id, borrower_id, lane, kind, dedupe_key, obligation_key, send_after_at_ms,
       expires_at_ms, priority, planned_on, to_phone_version)
     select $1, $2, $3, $4, kind, "dedupeKey", "obligationKey", "sendAfterMs", "expiresAtMs", priority, "plannedOn",
       "toPhoneVersion"
       from jsonb_to_recordset($5::jsonb) as planned(kind text, "dedupeKey" text, "obligationKey" text,
         "sendAfterMs" bigint, "expiresAtMs" bigint, priority smallint, "plannedOn" jsonb, "toPhoneVersion" int)
      order by "dedupeKey"
     on conflict (tenant_id, account_id, dedupe_key) do nothing`,
    [tenantId, accountId, borrowerId, lane, JSON.stringify(notices)],
  );
  return rowCount ?? 0;
}

/**
 * Every notice ever planned for the account as a whole and for the obligations that are named, whatever became of it.
 * Without `obligationKeys`: all.
 */
export async function pastPromises(
  reader: Reader,
  { tenantId, accountId, obligationKeys }: AccountRef & { obligationKeys?: readonly string[] | undefined },
): Promise<PastPromise[]> {
  const { rows } = await reader.query<{ dedupeKey: string; cancelReason: CancelReason | null }>(
    `select dedupe_key as "dedupeKey", cancel_reason as "cancelReason" from notice
      where tenant_id = $1 and account_id = $2
        and ($3::text[] is null or obligation_key is null or obligation_key = any($3))`,
    [tenantId, accountId, obligationKeys ?? null],
  );
  return rows.map(({ dedupeKey, cancelReason }) => ({ dedupeKey, isPaidAway: isPaidAway(cancelReason) }));
}

export interface CancelPlanned extends AccountRef, TakenBack {
  reason: CancelReason;
  atMs: number;
}

/** Takes back notices of an account: those of which `isTakenBack` of the domain says it. Returns how many. */
export async function cancelPlanned(client: Client, input: CancelPlanned): Promise<number> {
  const { tenantId, accountId, obligationKeys, keepObligationKeys, reason, atMs } = input;
  const { rowCount } = await client.query(
    `with untrue as (
       select tenant_id, notice_id from notice
        where tenant_id = $1 and account_id = $2 and status = 'planned'
          and ($3::text[] is null or obligation_key = any($3))
          -- Said apart: against an empty list "<> all" is true, of a null as well.
          and ($4::text[] is null or (obligation_key is not null and obligation_key <> all($4)))
        order by notice_id for no key update
     )
     update notice set status = 'cancelled', cancel_reason = $5, outcome_at_ms = $6
       from untrue where notice.tenant_id = untrue.tenant_id and notice.notice_id = untrue.notice_id`,
    [tenantId, accountId, obligationKeys ?? null, keepObligationKeys ?? null, reason, atMs],
  );
  return rowCount ?? 0;
}

/**
 * What is due in a lane, most important and longest due first. Inside a transaction the rows stay locked, and rows
 * that another transaction holds are passed over: they are looked at again by the next sweep.
 */
export async function claimDue(
  client: Client,
  { tenantId, lane, asOfMs, limit }: { tenantId: string; lane: number; asOfMs: number; limit: number },
): Promise<NoticeRow[]> {
  const { rows } = await client.query<NoticeRow>(
    `select ${COLUMNS} from notice
      where tenant_id = $1 and lane = $2 and status = 'planned' and send_after_at_ms <= $3
      order by priority, send_after_at_ms, notice_id limit $4
      for no key update skip locked`,
    [tenantId, lane, asOfMs, limit],
  );
  return rows;
}

/** When the next planned notice of a lane is due; undefined when none is planned. */
export async function nextDue(
  reader: Reader,
  { tenantId, lane }: { tenantId: string; lane: number },
): Promise<number | undefined> {
  const { rows } = await reader.query<{ atMs: number | null }>(
    `select min(send_after_at_ms) as "atMs" from notice where tenant_id = $1 and lane = $2 and status = 'planned'`,
    [tenantId, lane],
  );
  return rows[0]?.atMs ?? undefined;
}

/** Notices of higher priority, statutory ones left out, that are planned for each borrower up to an instant. */
export async function countMoreImportant(
  reader: Reader,
  input: { tenantId: string; fromMs: number; asked: readonly { borrowerId: string; priority: number; toMs: number }[] },
): Promise<number[]> {
  const { tenantId, fromMs, asked } = input;
  if (asked.length === 0) return [];
  const { rows } = await reader.query<{ count: number }>(
    `select (select count(*) from notice where notice.tenant_id = $1 and notice.borrower_id = asked.borrower_id
         and status = 'planned' and notice.priority > 0 and notice.priority < asked.priority
         and send_after_at_ms > $2 and send_after_at_ms < asked.to_ms) as count
       from unnest($3::text[], $4::int[], $5::bigint[]) with ordinality as asked (borrower_id, priority, to_ms, place)
      order by place`,
    [
      tenantId,
      fromMs,
      asked.map(({ borrowerId }) => borrowerId),
      asked.map(({ priority }) => priority),
      asked.map(({ toMs }) => toMs),
    ],
  );
  return rows.map(({ count }) => count);
}

/** What an incident put off is due again. Returns how many. */
export async function resumePausedNotices(
  client: Client,
  { tenantId, atMs }: { tenantId: string; atMs: number },
): Promise<number> {
  const { rowCount } = await client.query(
    `with paused as (
       select tenant_id, notice_id from notice
        where tenant_id = $1 and status = 'planned' and put_off_reason = 'incident' and send_after_at_ms > $2
        order by notice_id for no key update
     )
     update notice set send_after_at_ms = $2 from paused
      where notice.tenant_id = paused.tenant_id and notice.notice_id = paused.notice_id`,
    [tenantId, atMs],
  );
  return rowCount ?? 0;
}

/** How many notices there are by kind, status and reason. */
export async function countsByStatus(reader: Reader, { tenantId }: { tenantId: string }): Promise<NoticeCount[]> {
  const { rows } = await reader.query<NoticeCount>(
    `select kind, status, cancel_reason as "cancelReason", count(*) as count from notice where tenant_id = $1
      group by kind, status, cancel_reason order by kind, status, cancel_reason`,
    [tenantId],
  );
  return rows;
}

export async function readNotice(
  reader: Reader,
  { tenantId, noticeId }: { tenantId: string; noticeId: string },
): Promise<NoticeRow | undefined> {
  const { rows } = await reader.query<NoticeRow>(
    `select ${COLUMNS} from notice where tenant_id = $1 and notice_id = $2`,
    [tenantId, noticeId],
  );
  return rows[0];
}

/** The notices of an account in the order of their time. */
export async function listNotices(reader: Reader, { tenantId, accountId }: AccountRef): Promise<NoticeRow[]> {
  const { rows } = await reader.query<NoticeRow>(
    `select ${COLUMNS} from notice where tenant_id = $1 and account_id = $2 order by send_after_at_ms, dedupe_key`,
    [tenantId, accountId],
  );
  return rows;
}
