/** The ids under which a provider knows attempts: kept with its answer, and with what receipts that overtook it end. */
import { judgeOvertaken, type ToldBefore } from '../../../domain/messaging/delivery/receiptJudgement';
import { type Client, together } from '../../transaction';
import { lockMessages } from './messageLocks';
import { endParts, readGiven } from './receiptParts';
import { insertReceiptTroubles } from './receiptTroubles';

interface ProviderRef {
  tenantId: string;
  provider: string;
}

/** The ids under which the provider knows an attempt, and the session that submitted it. */
export interface Adopted {
  noticeId: string;
  attempt: number;
  providerMessageIds: readonly string[];
  session?: string | undefined;
}

/** Keeps the ids under which the provider knows attempts, and applies what receipts have told of them already. */
export async function adoptMessages(
  client: Client,
  { attempts, ...ref }: ProviderRef & { attempts: readonly Adopted[] },
): Promise<void> {
  const messages = attempts.flatMap(({ providerMessageIds, ...of }) =>
    providerMessageIds.map((providerMessageId) => ({ ...of, providerMessageId })),
  );
  if (messages.length === 0) return;
  const { tenantId, provider } = ref;
  const ids = messages.map(({ providerMessageId }) => providerMessageId);
  const [noticeIds, numbers] = [messages.map(({ noticeId }) => noticeId), messages.map(({ attempt }) => attempt)];
  const [, , given, reported] = await together([
    lockMessages(
      client,
      ids.map((providerMessageId) => ({ ...ref, providerMessageId })),
    ),
    client.query(
      `insert into notice_message (tenant_id, provider, provider_message_id, notice_id, attempt, session)
       select $1, $2, * from unnest($3::text[], $4::uuid[], $5::int[], $6::text[]) on conflict do nothing`,
      [tenantId, provider, ids, noticeIds, numbers, messages.map(({ session }) => session ?? null)],
    ),
    readGiven(client, { ...ref, providerMessageIds: ids, oldestMs: undefined }),
    readTold(client, ref, { ids, noticeIds, numbers }),
  ]);
  const isAdopted = new Set(messages.map(({ noticeId, attempt }) => `${noticeId} ${attempt}`));
  const judged = judgeOvertaken(
    reported,
    given.map((each) => ({ ...each, isAdopted: isAdopted.has(`${each.noticeId} ${each.attempt}`) })),
  );
  await insertReceiptTroubles(client, { ...ref, troubles: judged.flatMap(({ trouble }) => trouble ?? []) });
  await endParts(
    client,
    ref,
    judged.flatMap(({ ends }) => ends ?? []),
  );
}

/** Final receipts that came after one of these attempts was made. */
async function readTold(
  client: Client,
  { tenantId, provider }: ProviderRef,
  { ids, noticeIds, numbers }: { ids: readonly string[]; noticeIds: readonly string[]; numbers: readonly number[] },
): Promise<ToldBefore[]> {
  const { rows } = await client.query<ToldBefore>(
    `with made as (
       select min(coalesce(made_order, 0)) as made_order from notice_attempt
         join unnest($4::uuid[], $5::int[]) as given (notice_id, attempt) using (notice_id, attempt)
        where tenant_id = $1
     )
     select provider_message_id as "providerMessageId", receipt_key as "receiptKey", status,
       received_at_ms as "receivedAtMs", told_order as "order", session,
       (select reference from notice_attempt attempt where attempt.tenant_id = $1 and attempt.provider = $2
          and attempt.reference = receipt.reference) as reference
     from receipt, made
      where tenant_id = $1 and provider = $2 and provider_message_id = any($3::text[]) and status <> 'pending'
        and coalesce(told_order, 0) >= made.made_order
      order by received_at_ms, receipt_key`,
    [tenantId, provider, ids, noticeIds, numbers],
  );
  return rows;
}
