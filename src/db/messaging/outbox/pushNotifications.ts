/** Nudges of the app: that a message waits in its inbox, said at most once for each notice. */

import type { SendFailure } from '../../../domain/messaging/outbox/noticeStatuses';
import type { Client } from '../../transaction';

export interface PushRef {
  tenantId: string;
  noticeId: string;
}

export type PushOutcome =
  | { status: 'accepted' }
  | { status: 'refused'; failure: SendFailure; code: string; detail: string }
  | { status: 'unknown'; detail: string };

/** Committed before the app is told. False when this notice was nudged before: nobody does it again. */
export async function claimPush(
  client: Client,
  { tenantId, noticeId, reference, atMs }: PushRef & { reference: string; atMs: number },
): Promise<boolean> {
  const { rowCount } = await client.query(
    `insert into push_nudge (tenant_id, notice_id, reference, attempted_at_ms) values ($1, $2, $3, $4)
     on conflict do nothing`,
    [tenantId, noticeId, reference, atMs],
  );
  return rowCount === 1;
}

export async function markPush(
  client: Client,
  { tenantId, noticeId, outcome }: PushRef & { outcome: PushOutcome },
): Promise<void> {
  const { failure, code } = outcome.status === 'refused' ? outcome : { failure: null, code: null };
  await client.query(
    `update push_nudge set status = $3, failure = $4, code = $5, detail = $6
      where tenant_id = $1 and notice_id = $2 and status = 'attempted'`,
    [tenantId, noticeId, outcome.status, failure, code, outcome.status === 'accepted' ? null : outcome.detail],
  );
}
