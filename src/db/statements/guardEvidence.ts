/**
 * What the anomaly guard reads. Once for a sweep: seven queries (`readGuardSurroundings`). For each group, under the
 * guard's lock: four and one for each provider (`readGuardCounts`). Each reads an index from a bound on.
 */
import type { CheckEvidence, GuardMessage, GuardRule, ProviderEvidence } from '../../domain/guardEvidence';
import type { StepsOfDay } from '../../domain/guardVolume';
import type { NoticeKind } from '../../domain/products';
import { type Client, type Reader, together } from '../transaction';

export interface GuardMoment {
  tenantId: string;
  asOfMs: number;
  /** Start of the business day. */
  dayStartMs: number;
}

/** What moves slowly enough to be read once for a sweep. */
export interface GuardSurroundings {
  /** Due by now of the day's plan, by kind. */
  planned: Map<NoticeKind, number>;
  steps: StepsOfDay;
  /** By provider; `countFromMs` is when a person last let it go on. */
  providers: Map<string, Pick<ProviderEvidence, 'recentFailures' | 'foreignReceipts'> & { countFromMs: number }>;
  checks: CheckEvidence;
}

export interface GuardCounts {
  /** Messages of the day by kind. */
  sentToday: Map<NoticeKind, number>;
  sentToRecipient: Map<string, number>;
  sentPromises: Set<string>;
  /** Rules that each notice was released from, and has not used up. */
  released: Map<string, GuardRule[]>;
  providers: Map<string, Pick<ProviderEvidence, 'unconfirmedAtMs' | 'lastAttemptAtMs'>>;
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const WEEK_HOURS = 7 * 24;
/** A receipt may overtake the answer that names its message. */
const OVERTAKING_MS = 600_000;
/** More of a provider's receipts tell nothing new. */
const RECENT = 100;

export async function readGuardSurroundings(
  reader: Reader,
  { providers: names, ...moment }: GuardMoment & { providers: readonly string[] },
): Promise<GuardSurroundings> {
  const { tenantId } = moment;
  const countFromMs = await resumedAtMs(reader, { tenantId });
  const [planned, steps, checks, ...read] = await together([
    plannedByNow(reader, moment),
    stepsOfDay(reader, moment),
    readChecks(reader, { ...moment, fromMs: countFromMs.get(undefined) ?? 0 }),
    ...names.map(async (provider) => {
      const fromMs = Math.max(countFromMs.get(undefined) ?? 0, countFromMs.get(provider) ?? 0);
      const [recentFailures, foreignReceipts] = await together([
        readFailures(reader, { tenantId, provider, fromMs }),
        countForeign(reader, { ...moment, provider, fromMs }),
      ]);
      return [provider, { recentFailures, foreignReceipts, countFromMs: fromMs }] as const;
    }),
  ]);
  return { planned, steps, checks, providers: new Map(read) };
}

/** What was seen before people lifted an incident of the guard does not raise it again. */
async function resumedAtMs(
  reader: Reader,
  { tenantId }: { tenantId: string },
): Promise<Map<string | undefined, number>> {
  const { rows } = await reader.query<{ provider: string | null; atMs: number }>(
    `select scope ->> 'provider' as provider, max(lifted_at_ms) as "atMs" from incident
      where tenant_id = $1 and opened_by_kind = 'guard' and lifted_at_ms is not null and not scope ? 'templateKind'
      group by scope ->> 'provider'`,
    [tenantId],
  );
  return new Map(rows.map(({ provider, atMs }) => [provider ?? undefined, atMs]));
}

async function plannedByNow(
  reader: Reader,
  { tenantId, asOfMs, dayStartMs }: GuardMoment,
): Promise<Map<NoticeKind, number>> {
  const { rows } = await reader.query<{ kind: NoticeKind; count: number }>(
    `select kind, sum(planned)::int as count from guard_plan
      where tenant_id = $1 and from_at_ms <= $2
        and business_date = (select business_date from guard_day where tenant_id = $1 and taken_at_ms >= $3
          and taken_at_ms <= $2 order by business_date desc limit 1)
      group by kind`,
    [tenantId, asOfMs, dayStartMs],
  );
  return new Map(rows.map(({ kind, count }) => [kind, count]));
}

async function stepsOfDay(reader: Reader, { tenantId, asOfMs, dayStartMs }: GuardMoment): Promise<StepsOfDay> {
  const { rows } = await reader.query<StepsOfDay>(
    `select
       (select count(*) from statement
         where tenant_id = $1 and issued_at_ms between $2 and $3 and total_fen > 0) as bills,
       (select count(*) from credit_account
         where tenant_id = $1 and opened_at_ms between $2 and $3 and product = 'cash-loan') as "cashLoansOpened",
       (select count(*) from credit_account
         where tenant_id = $1 and advanced_at_ms between $2 and $3 and stage = 'settled') as settled,
       (select coalesce(jsonb_agg(jsonb_build_object('daysPastDue', days_past_due, 'count', accounts)), '[]') from (
          select days_past_due, count(*) as accounts from credit_account
           where tenant_id = $1 and advanced_at_ms between $2 and $3 and days_past_due > 0
           group by days_past_due) late) as "overdueByDays"`,
    [tenantId, dayStartMs, asOfMs],
  );
  return rows[0] ?? { bills: 0, cashLoansOpened: 0, settled: 0, overdueByDays: [] };
}

/** The mean is of the week before the last hour. */
async function readChecks(
  reader: Reader,
  { tenantId, asOfMs, fromMs }: GuardMoment & { fromMs: number },
): Promise<CheckEvidence> {
  const { rows } = await reader.query<{ failed: number; failedBefore: number; reports: number; reportsBefore: number }>(
    `select count(*) filter (where kind = 'check' and at_ms > $4) as failed,
       count(*) filter (where kind = 'check' and at_ms <= $2) as "failedBefore",
       count(*) filter (where kind = 'report' and at_ms > $4) as reports,
       count(*) filter (where kind = 'report' and at_ms <= $2) as "reportsBefore"
     from (select 'check' as kind, at_ms from code_check
            where tenant_id = $1 and outcome <> 'limited' and outcome <> 'match' and at_ms > $3 and at_ms <= $5
           union all
           select 'report', at_ms from fraud_report
            where tenant_id = $1 and outcome <> 'limited' and at_ms > $3 and at_ms <= $5) seen`,
    [tenantId, asOfMs - HOUR_MS, asOfMs - (WEEK_HOURS + 1) * HOUR_MS, Math.max(asOfMs - HOUR_MS, fromMs), asOfMs],
  );
  const { failed = 0, failedBefore = 0, reports = 0, reportsBefore = 0 } = rows[0] ?? {};
  return {
    failedLastHour: failed,
    reportsLastHour: reports,
    usualFailedPerHour: failedBefore / WEEK_HOURS,
    usualReportsPerHour: reportsBefore / WEEK_HOURS,
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
      where tenant_id = $1 and provider = $2 and status in ('delivered', 'undelivered') and outcome_at_ms > $3
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
        and not exists (select from notice_message message where message.tenant_id = receipt.tenant_id
          and message.provider = receipt.provider and message.provider_message_id = receipt.provider_message_id)`,
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
  const [, sentToday, sentToRecipient, sentPromises, released, ...providers] = await together([
    lock,
    countSent(client, moment, messages),
    countToRecipients(client, moment, messages),
    readSentPromises(client, moment, messages),
    readReleased(client, moment, messages),
    ...[...surroundings.providers].map(async ([provider, { countFromMs: fromMs }]) => {
      return [provider, await readWindow(client, { tenantId, provider, fromMs })] as const;
    }),
  ]);
  return { sentToday, sentToRecipient, sentPromises, released, providers: new Map(providers) };
}

type Messages = readonly Omit<GuardMessage, 'released'>[];

async function countSent(reader: Reader, moment: GuardMoment, messages: Messages): Promise<Map<NoticeKind, number>> {
  const { rows } = await reader.query<{ kind: NoticeKind; count: number }>(
    `select kind, count(distinct notice_id) as count from guard_pass
      where tenant_id = $1 and kind = any($2) and at_ms between $3 and $4 group by kind`,
    [moment.tenantId, [...new Set(messages.map(({ kind }) => kind))], moment.dayStartMs, moment.asOfMs],
  );
  return new Map(rows.map(({ kind, count }) => [kind, count]));
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
    [
      ...[tenantId, messages.map(({ recipient }) => recipient), asOfMs - DAY_MS],
      messages.map(({ noticeId }) => noticeId),
    ],
  );
  return new Map(rows.map(({ recipient, count }) => [recipient, count]));
}

/** Of the accounts in question; the key as `promiseKey` of the domain gives it. */
async function readSentPromises(reader: Reader, { tenantId }: GuardMoment, messages: Messages): Promise<Set<string>> {
  const { rows } = await reader.query<{ promise: string }>(
    `select account_id || '/' || regexp_replace(dedupe_key, '#\\d+$', '') as promise from notice
      where tenant_id = $1 and account_id = any($2) and notice_id <> all($3::uuid[])
        and attempted_at_ms is not null and status not in ('planned', 'refused', 'cancelled')`,
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
      where tenant_id = $1 and provider = $2 and status not in ('refused', 'not-sent') and attempted_at_ms > greatest($3,
        (select max(attempted_at_ms) from notice_attempt
          where tenant_id = $1 and provider = $2 and status in ('delivered', 'undelivered')))
      order by attempted_at_ms limit $4`,
    [tenantId, provider, fromMs, RECENT],
  );
  const unconfirmedAtMs = rows.map(({ atMs }) => atMs);
  return { unconfirmedAtMs, lastAttemptAtMs: unconfirmedAtMs.at(-1) };
}
