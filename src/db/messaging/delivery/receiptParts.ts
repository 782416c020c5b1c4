/** Message ids that attempts were given, and their ends: the rows that receipts are judged by (`domain/receiptJudgement.ts`). */

import type { EndedPart, Given, NamedAttempt } from '../../../domain/messaging/delivery/receiptJudgement';
import { AWAITED } from '../../../domain/messaging/outbox/noticeStatuses';
import { DAY_MS } from '../../../domain/values/timeUnits';
import { sqlWords } from '../../sqlWords';
import type { Client } from '../../transaction';

interface ProviderRef {
  tenantId: string;
  provider: string;
}

/** Longer than any receipt or double was ever told of: older ones are not read. */
const LOOKED_BACK_MS = 30 * DAY_MS;

/** What was given these ids. `oldestMs`: the first receipt that is judged by it; undefined: all of them. */
export async function readGiven(
  client: Client,
  {
    tenantId,
    provider,
    providerMessageIds,
    oldestMs,
  }: ProviderRef & { providerMessageIds: readonly string[]; oldestMs: number | undefined },
): Promise<Given[]> {
  const { rows } = await client.query<Given>(
    `select part.provider_message_id as "providerMessageId", part.notice_id as "noticeId", part.attempt, part.session,
       part.status is null as "isOpen", part.receipt_key as "receiptKey", attempt.reference,
       attempt.attempted_at_ms as "attemptedAtMs", attempt.made_order as "order"
     from notice_message part join notice_attempt attempt using (tenant_id, notice_id, attempt)
      where part.tenant_id = $1 and part.provider = $2 and part.provider_message_id = any($3::text[])
        and attempt.attempted_at_ms >= $4
      order by part.notice_id, part.attempt`,
    [tenantId, provider, providerMessageIds, oldestMs === undefined ? 0 : oldestMs - LOOKED_BACK_MS],
  );
  return rows;
}

/** Attempts that receipts name by our own reference. */
export async function readNamed(
  client: Client,
  { tenantId, provider, references }: ProviderRef & { references: readonly string[] },
): Promise<ReadonlyMap<string, NamedAttempt>> {
  if (references.length === 0) return new Map();
  const { rows } = await client.query<NamedAttempt>(
    `select reference, notice_id as "noticeId", attempt, attempted_at_ms as "attemptedAtMs", made_order as "order",
       status in (${sqlWords(AWAITED)}) as "isLive",
       array(select provider_message_id from notice_message part where part.tenant_id = $1
         and part.notice_id = named.notice_id and part.attempt = named.attempt) as "messageIds"
     from notice_attempt named where tenant_id = $1 and provider = $2 and reference = any($3::text[])`,
    [tenantId, provider, references],
  );
  return new Map(rows.map((row) => [row.reference, row]));
}

/** Ends parts, and notices once their parts say so. Those of the parts whose notices ended with them. */
export async function endParts(
  client: Client,
  { tenantId, provider }: ProviderRef,
  ends: readonly EndedPart[],
): Promise<ReadonlySet<EndedPart>> {
  const ended = new Set<EndedPart>();
  if (ends.length === 0) return ended;
  await client.query(
    `insert into notice_message (tenant_id, provider, provider_message_id, notice_id, attempt, session, status,
       receipt_key)
     select $1, $2, * from unnest($3::text[], $4::uuid[], $5::int[], $6::text[], $7::text[], $8::text[])
     on conflict (tenant_id, provider, provider_message_id, notice_id, attempt)
       do update set status = excluded.status, receipt_key = excluded.receipt_key where notice_message.status is null`,
    [
      tenantId,
      provider,
      ends.map(({ given }) => given.providerMessageId),
      ends.map(({ given }) => given.noticeId),
      ends.map(({ given }) => given.attempt),
      ends.map(({ given }) => given.session),
      ends.map(({ status }) => status),
      ends.map(({ receiptKey }) => receiptKey),
    ],
  );
  for (const turn of oneForEachNotice(ends)) for (const end of await endByParts(client, tenantId, turn)) ended.add(end);
  return ended;
}

/** The last part of each attempt decides it; two attempts of one notice take turns. */
function oneForEachNotice(parts: readonly EndedPart[]): EndedPart[][] {
  const last = new Map<string, EndedPart>();
  for (const part of parts) {
    const key = `${part.given.noticeId} ${part.given.attempt}`;
    const before = last.get(key);
    if (!before || before.atMs <= part.atMs) last.set(key, part);
  }
  const turns: EndedPart[][] = [];
  for (const part of last.values()) {
    const free = turns.find((turn) => turn.every(({ given }) => given.noticeId !== part.given.noticeId));
    if (free) free.push(part);
    else turns.push([part]);
  }
  return turns;
}

/** Those of the parts whose notices ended with them. What parts come to is `endOfParts` of the domain. */
async function endByParts(client: Client, tenantId: string, parts: readonly EndedPart[]): Promise<EndedPart[]> {
  const { rows } = await client.query<{ noticeId: string }>(
    `with told as (
       select notice_id, attempt, at_ms, provider_message_id, (
         select case when bool_or(status = 'undelivered') then 'undelivered'
                     when bool_and(coalesce(status, '') = 'delivered') then 'delivered' end
           from notice_message part
          where part.tenant_id = $1 and part.notice_id = told.notice_id and part.attempt = told.attempt
       ) as status
       from unnest($2::uuid[], $3::int[], $4::bigint[], $5::text[]) as told (notice_id, attempt, at_ms,
         provider_message_id)
     ), open as (
       select told.* from told join notice using (notice_id)
        where notice.tenant_id = $1 and told.status is not null
          and notice.status in (${sqlWords(AWAITED)}) and closed_at_ms is null
        order by notice_id for no key update of notice
     ), ended as (
       update notice_attempt set status = open.status, outcome_at_ms = open.at_ms, detail = null from open
        where notice_attempt.tenant_id = $1 and notice_attempt.notice_id = open.notice_id
          and notice_attempt.attempt = open.attempt and notice_attempt.status in (${sqlWords(AWAITED)})
       returning open.*
     )
     update notice set status = ended.status, outcome_at_ms = ended.at_ms, provider_error = null,
       next_look_at_ms = null, provider_message_id = coalesce(notice.provider_message_id, ended.provider_message_id)
       from ended where notice.tenant_id = $1 and notice.notice_id = ended.notice_id
     returning notice.notice_id as "noticeId"`,
    [
      tenantId,
      parts.map(({ given }) => given.noticeId),
      parts.map(({ given }) => given.attempt),
      parts.map(({ atMs }) => atMs),
      parts.map(({ given }) => given.providerMessageId),
    ],
  );
  const ended = new Set(rows.map(({ noticeId }) => noticeId));
  return parts.filter(({ given }) => ended.has(given.noticeId));
}
