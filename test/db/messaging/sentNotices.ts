/** A notice on its way to a carrier, by the statements that a sweep runs. */

import type { AttemptMade } from '../../../src/db/messaging/outbox/noticeAttempts';
import { claimDue, planNotices } from '../../../src/db/messaging/outbox/notices';
import type { Client } from '../../../src/db/transaction';
import { markAttempted } from '../../support/ofOne';
import { DAY_MS, openAccount, TENANT } from '../testDatabase';

/** The only notice of a new account and lane, attempted and not answered yet. Each step commits for itself. */
export async function attemptedNotice(
  run: <Result>(work: (client: Client) => Promise<Result>) => Promise<Result>,
  { lane, atMs, provider }: { lane: number; atMs: number; provider: string },
): Promise<{ noticeId: string; made: AttemptMade | undefined }> {
  const ref = await run((client) => openAccount(client, `sent-${lane}`));
  const notice = {
    ...({ kind: 'due-soon', dedupeKey: 'only', obligationKey: 'instalment-1', priority: 3 } as const),
    sendAfterMs: atMs,
    expiresAtMs: atMs + DAY_MS,
  };
  const borrowerId = `${ref.accountId}-borrower`;
  await run((client) => planNotices(client, { ...ref, borrowerId, lane, notices: [notice] }));
  const [due] = await run((client) => claimDue(client, { tenantId: TENANT, lane, asOfMs: atMs, limit: 1 }));
  const noticeId = due?.noticeId ?? '';
  const said = { provider, templateVersion: 1, text: 'text', parts: 1 };
  const made = await run((client) => markAttempted(client, { tenantId: TENANT, noticeId, ...said, atMs }));
  return { noticeId, made };
}
