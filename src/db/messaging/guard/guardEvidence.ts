/**
 * What the anomaly guard reads. Once for a sweep: two queries and two for each provider (`readGuardSurroundings`). For
 * each group, under the guard's lock: six and one for each provider (`readGuardCounts`). Each reads an index from a bound
 * on. What is counted is said by `domain/guardCounts.ts`.
 */

import { causeOf, ON_RECORD_MS, OVERTAKING_MS, RECENT } from '../../../domain/messaging/guard/guardCounts';
import type {
  CheckEvidence,
  GuardMessage,
  GuardRule,
  ProviderEvidence,
} from '../../../domain/messaging/guard/guardEvidence';
import { OPEN_SIGNALS_REASON } from '../../../domain/messaging/guard/guardIncidents';
import {
  ATTEMPTS_NOT_TAKEN,
  NOTICES_NOT_TAKEN,
  TOLD_BY_CARRIER,
} from '../../../domain/messaging/outbox/noticeStatuses';
import { DAY_MS, HOUR_MS } from '../../../domain/values/timeUnits';
import { sqlWords } from '../../sqlWords';
import { type Client, type Reader, together } from '../../transaction';
import { readCheckEvidence } from './checkEvidence';

export interface GuardMoment {
  tenantId: string;
  asOfMs: number;
  /** Start of the business day. */
  dayStartMs: number;
}

/** What moves slowly enough to be read once for a sweep. */
export interface GuardSurroundings {
  /** By provider; `countFromMs` is when a person last let it go on. */
  providers: Map<string, Pick<ProviderEvidence, 'recentFailures' | 'foreignReceipts'> & { countFromMs: number }>;
  checks: CheckEvidence;
}

export interface GuardCounts {
  /** Notices that neither a plan nor the books know of, and how many such were let pass on the day. */
  unplanned: Set<string>;
  unplannedToday: number;
  sentToRecipient: Map<string, number>;
  sentPromises: Set<string>;
  /** Rules that each notice was released from, and has not used up. */
  released: Map<string, GuardRule[]>;
  providers: Map<string, Pick<ProviderEvidence, 'unconfirmedAtMs' | 'lastAttemptAtMs'>>;
}

export async function readGuardSurroundings(
  reader: Reader,
  { providers: names, ...moment }: GuardMoment & { providers: readonly string[] },
): Promise<GuardSurroundings> {
  const { tenantId } = moment;
  const { alarmEndedAtMs, resumedAtMs: countFromMs } = await endedAtMs(reader, { tenantId });
  const [checks, ...read] = await together([
    readCheckEvidence(reader, { ...moment, countFromMs: alarmEndedAtMs }),
    ...names.map(async (provider) => {
      const fromMs = Math.max(countFromMs.get(undefined) ?? 0, countFromMs.get(provider) ?? 0);
      const [recentFailures, foreignReceipts] = await together([
        readFailures(reader, { tenantId, provider, fromMs }),
        countForeign(reader, { ...moment, provider, fromMs }),
      ]);
      return [provider, { recentFailures, foreignReceipts, countFromMs: fromMs }] as const;
    }),
  ]);
  return { checks, providers: new Map(read) };
}

/**
 * What was seen before people ended an incident of the guard does not raise it again. The end of an alarm of open
 * signals tells nothing of providers: else whoever has no key could have their receipts forgotten by it.
 */
async function endedAtMs(
  reader: Reader,
  { tenantId }: { tenantId: string },
): Promise<{ alarmEndedAtMs: number | undefined; resumedAtMs: Map<string | undefined, number> }> {
  const { rows } = await reader.query<{ provider: string | null; isOpenSignal: boolean; atMs: number }>(
    `select scope ->> 'provider' as provider, reason_code = $2 as "isOpenSignal",
       max(lifted_at_ms) as "atMs" from incident
      where tenant_id = $1 and opened_by_kind = 'guard' and lifted_at_ms is not null and not scope ? 'templateKind'
      group by 1, 2`,
    [tenantId, OPEN_SIGNALS_REASON],
  );
  const ofProviders = rows.filter(({ isOpenSignal }) => !isOpenSignal);
  return {
    alarmEndedAtMs: rows.find(({ isOpenSignal }) => isOpenSignal)?.atMs,
    resumedAtMs: new Map(ofProviders.map(({ provider, atMs }) => [provider ?? undefined, atMs])),
  };
}

interface OfProvider {
  tenantId: string;
  provider: string;
  fromMs: number;
}

async function readFailures(reader: Reader, { tenantId, provider, fromMs }: OfProvider): Promise<boolean[]> {
  const { rows } = await reader.query<{ failed: boolean }>(
    `select status = 'undelivered' as failed from notice_attempt
      where tenant_id = $1 and provider = $2 and status in (${sqlWords(TOLD_BY_CARRIER)}) and outcome_at_ms > $3
      order by outcome_at_ms desc limit $4`,
    [tenantId, provider, fromMs, RECENT],
  );
  return rows.map(({ failed }) => failed).reverse();
}

async function countForeign(
  reader: Reader,
  { tenantId, provider, asOfMs, fromMs }: OfProvider & { asOfMs: number },
): Promise<number> {
  const { rows } = await reader.query<{ count: number }>(
    `select count(distinct provider_message_id) as count from receipt
      where tenant_id = $1 and provider = $2 and received_at_ms > $3 and received_at_ms <= $4
        and not exists (select from notice_message message join notice_attempt attempt using (tenant_id, notice_id, attempt)
          where message.tenant_id = receipt.tenant_id and message.provider = receipt.provider
            and message.provider_message_id = receipt.provider_message_id
            -- An id that an attempt was given later is not what this receipt is about.
            and coalesce(attempt.made_order, 0) <= coalesce(receipt.told_order, 0))`,
    [tenantId, provider, Math.max(asOfMs - HOUR_MS, fromMs), asOfMs - OVERTAKING_MS],
  );
  return rows[0]?.count ?? 0;
}

/**
 * What has left until this moment. In the transaction that commits the attempts: it takes the guard's lock, so that of
 * two groups the second counts the first.
 */
export async function readGuardCounts(
  client: Client,
  moment: GuardMoment,
  messages: readonly Omit<GuardMessage, 'released'>[],
  surroundings: GuardSurroundings,
): Promise<GuardCounts> {
  const { tenantId } = moment;
  const lock = client.query(`select pg_advisory_xact_lock(hashtextextended('creditloom guard ' || $1, 19))`, [
    tenantId,
  ]);
  const [, unplanned, unplannedToday, sentToRecipient, sentPromises, released, ...providers] = await together([
    lock,
    readUnplanned(client, moment, messages),
    countUnplanned(client, moment, messages),
    countToRecipients(client, moment, messages),
    readSentPromises(client, moment, messages),
    readReleased(client, moment, messages),
    ...[...surroundings.providers].map(async ([provider, { countFromMs: fromMs }]) => {
      return [provider, await readWindow(client, { tenantId, provider, fromMs })] as const;
    }),
  ]);
  return { unplanned, unplannedToday, sentToRecipient, sentPromises, released, providers: new Map(providers) };
}

type Messages = readonly Omit<GuardMessage, 'released'>[];

/**
 * What is in no plan, and has no step on record in the books: `isExpected` of the domain. What cannot be told is not
 * expected.
 */
async function readUnplanned(
  reader: Reader,
  { tenantId, asOfMs }: GuardMoment,
  messages: Messages,
): Promise<Set<string>> {
  const { rows } = await reader.query<{ noticeId: string }>(
    `select notice_id as "noticeId" from notice join credit_account account using (tenant_id, account_id)
      join unnest($2::uuid[], $4::text[]) as message(notice_id, cause) using (notice_id)
      where tenant_id = $1
        and not exists (select from guard_plan plan
          where plan.tenant_id = notice.tenant_id and plan.notice_id = notice.notice_id)
        and (case message.cause
          when 'bill' then exists (select from statement bill where bill.tenant_id = notice.tenant_id
            and bill.account_id = notice.account_id and 'statement-' || bill.number = obligation_key
            and bill.issued_at_ms > $3)
          when 'disbursement' then account.opened_at_ms > $3
          when 'settlement' then account.stage = 'settled' and account.advanced_at_ms > $3
          when 'payment' then exists (select from account_fact fact where fact.tenant_id = notice.tenant_id
            and fact.account_id = notice.account_id and fact.kind = 'paid' and fact.arrived_at_ms > $3)
          when 'phone-change' then exists (select from phone_change_notice change
            where change.tenant_id = notice.tenant_id and change.borrower_id = notice.borrower_id
            and notice.dedupe_key = 'phone-changed/' || change.version || '/' || change.to_version)
          when 'overdue' then account.past_due_since is not null and account.advanced_at_ms > $3
          else account.opened_at_ms > $3 or exists (select from account_fact fact where fact.tenant_id = notice.tenant_id
            and fact.account_id = notice.account_id and fact.kind = 'reversed' and fact.arrived_at_ms > $3)
        end) is not true`,
    [tenantId, messages.map(({ noticeId }) => noticeId), asOfMs - ON_RECORD_MS, messages.map(causeOf)],
  );
  return new Set(rows.map(({ noticeId }) => noticeId));
}

/** The messages of the group aside: another try of one is no other message. */
async function countUnplanned(
  reader: Reader,
  { tenantId, asOfMs, dayStartMs }: GuardMoment,
  messages: Messages,
): Promise<number> {
  const { rows } = await reader.query<{ count: number }>(
    `select count(distinct notice_id) as count from guard_pass
      where tenant_id = $1 and not is_planned and at_ms between $2 and $3 and notice_id <> all($4::uuid[])`,
    [tenantId, dayStartMs, asOfMs, messages.map(({ noticeId }) => noticeId)],
  );
  return rows[0]?.count ?? 0;
}

/** The messages of the group aside: another try of one is no other message. */
async function countToRecipients(
  reader: Reader,
  { tenantId, asOfMs }: GuardMoment,
  messages: Messages,
): Promise<Map<string, number>> {
  const { rows } = await reader.query<{ recipient: string; count: number }>(
    `select recipient, count(distinct notice_id) as count from guard_pass
      where tenant_id = $1 and recipient = any($2) and at_ms > $3 and notice_id <> all($4::uuid[]) group by recipient`,
    [tenantId, messages.map(({ recipient }) => recipient), asOfMs - DAY_MS, messages.map(({ noticeId }) => noticeId)],
  );
  return new Map(rows.map(({ recipient, count }) => [recipient, count]));
}

/** Of the accounts in question; the key as `promiseKey` of the domain gives it. */
async function readSentPromises(reader: Reader, { tenantId }: GuardMoment, messages: Messages): Promise<Set<string>> {
  const { rows } = await reader.query<{ promise: string }>(
    `select account_id || '/' || regexp_replace(dedupe_key, '#\\d+$', '') as promise from notice
      where tenant_id = $1 and account_id = any($2) and notice_id <> all($3::uuid[])
        and attempted_at_ms is not null and status not in (${sqlWords(NOTICES_NOT_TAKEN)})`,
    [tenantId, messages.map(({ accountId }) => accountId), messages.map(({ noticeId }) => noticeId)],
  );
  return new Set(rows.map(({ promise }) => promise));
}

async function readReleased(
  reader: Reader,
  { tenantId }: GuardMoment,
  messages: Messages,
): Promise<Map<string, GuardRule[]>> {
  const { rows } = await reader.query<{ noticeId: string; rules: GuardRule[] }>(
    `select notice_id as "noticeId", array_agg(distinct rule) as rules from notice_hold
      where tenant_id = $1 and notice_id = any($2::uuid[]) and released_at_ms is not null and used_at_ms is null
      group by notice_id`,
    [tenantId, messages.map(({ noticeId }) => noticeId)],
  );
  return new Map(rows.map(({ noticeId, rules }) => [noticeId, rules]));
}

/** What it took after the newest message that it has confirmed; what it refused it did not take. */
async function readWindow(
  reader: Reader,
  { tenantId, provider, fromMs }: OfProvider,
): Promise<Pick<ProviderEvidence, 'unconfirmedAtMs' | 'lastAttemptAtMs'>> {
  const { rows } = await reader.query<{ atMs: number }>(
    `select attempted_at_ms as "atMs" from notice_attempt
      where tenant_id = $1 and provider = $2 and status not in (${sqlWords(ATTEMPTS_NOT_TAKEN)}) and attempted_at_ms > greatest($3,
        (select max(attempted_at_ms) from notice_attempt
          where tenant_id = $1 and provider = $2 and status in (${sqlWords(TOLD_BY_CARRIER)})))
      order by attempted_at_ms limit $4`,
    [tenantId, provider, fromMs, RECENT],
  );
  const unconfirmedAtMs = rows.map(({ atMs }) => atMs);
  return { unconfirmedAtMs, lastAttemptAtMs: unconfirmedAtMs.at(-1) };
}
