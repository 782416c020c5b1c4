/** Keeps what providers' callbacks brought: receipts as receipts, texts of borrowers as commands. */
import { recordReply } from '../db/statements/contact';
import { insertInboundText } from '../db/statements/inboundTexts';
import { appendNoticeEvidence } from '../db/statements/noticeEvidence';
import { recordReceipt } from '../db/statements/receipts';
import { type Client, inTransaction } from '../db/transaction';
import { commandOf } from '../domain/inboundCommand';
import type { InboundText, ProviderReceipt } from '../sms/port';
import type { ApiContext } from './context';

export interface KeptCounts {
  received: number;
  /** Ended a notice. */
  applied: number;
  repeated: number;
  /** Kept without an end: of an unknown message, of one that has ended, or of one that is on its way. */
  kept: number;
}

/** In one transaction: a push that fails half-way comes again as a whole, and doubles are no harm. */
export async function keepReceipts(
  { pool, tenantId }: Pick<ApiContext, 'pool' | 'tenantId'>,
  {
    provider,
    receipts,
    receivedAtMs,
  }: { provider: string; receipts: readonly ProviderReceipt[]; receivedAtMs: number },
): Promise<KeptCounts> {
  const counts = { received: receipts.length, applied: 0, repeated: 0, kept: 0 };
  const from = { tenantId, provider, receivedAtMs };
  await inTransaction(pool, async (client) => {
    const noticeIds: string[] = [];
    for (const receipt of inLockOrder(receipts)) {
      const { status, code } = receipt;
      const result = await recordReceipt(client, { ...from, ...receipt, body: { status, code } });
      if (result.receipt === 'repeated') counts.repeated += 1;
      else counts[result.movedNoticeId === undefined ? 'kept' : 'applied'] += 1;
      if (result.movedNoticeId !== undefined) noticeIds.push(result.movedNoticeId);
    }
    await appendNoticeEvidence(client, { tenantId, noticeIds, atMs: receivedAtMs });
  });
  return counts;
}

/**
 * Keeps texts of borrowers once each: the phone as the vault's fingerprint, of the words the command alone, by which
 * courtesies stop (docs/contact-rules.md). In the caller's transaction.
 */
export async function keepInbound(
  client: Client,
  { tenantId, vault }: Pick<ApiContext, 'tenantId' | 'vault'>,
  { provider, texts, receivedAtMs }: { provider: string; texts: readonly InboundText[]; receivedAtMs: number },
): Promise<{ received: number; repeated: number }> {
  let repeated = 0;
  for (const { phone, text, messageKey } of texts) {
    // A plain hash over a phone number could be guessed.
    const keptKey = vault.fingerprint(tenantId, 'phone', `inbound/${messageKey}`);
    const recipient = vault.fingerprint(tenantId, 'phone', phone);
    const command = commandOf(text);
    const row = { tenantId, provider, receivedAtMs, messageKey: keptKey, phoneFingerprint: recipient, command };
    const outcome = await insertInboundText(client, row);
    if (outcome === 'repeated') repeated += 1;
    else if (command !== 'other') {
      await recordReply(client, { tenantId, recipient, messageKey: keptKey, wantsCourtesy: false, atMs: receivedAtMs });
    }
  }
  return { received: texts.length, repeated };
}

/** Rows are locked in one order in every push, so that two pushes never wait for each other crosswise. */
function inLockOrder(receipts: readonly ProviderReceipt[]): ProviderReceipt[] {
  const orderOf = ({ providerMessageId, receiptKey }: ProviderReceipt) => `${providerMessageId} ${receiptKey}`;
  return [...receipts].sort((first, second) => (orderOf(first) < orderOf(second) ? -1 : 1));
}
