/** The `sink` provider's tables behind the interfaces that it asks for: the sms layer does not know the database. */
import type { Pool } from 'pg';
import { INBOX, keepInboxMessage } from './db/statements/inbox';
import { claimSinkReceipts, keepSinkMessage, markSinkReceiptIssued } from './db/statements/sink';
import { inTransaction } from './db/transaction';
import type { Vault } from './db/vault';
import type { SmsProvider } from './sms/port';
import type { SinkStore } from './sms/providers/sink';
import type { SinkReceiptStore } from './sms/providers/sinkReceipts';

export function createSinkStore(pool: Pool, vault: Vault, tenantId: string): SinkStore {
  return {
    keep: ({ reference, phone, text, atMs }, receipts) =>
      keepSinkMessage(pool, {
        tenantId,
        reference,
        phoneFingerprint: vault.fingerprint(tenantId, 'phone', phone),
        text,
        sentAtMs: atMs,
        receipts,
      }),
  };
}

/** The inbox of the app behind the port of providers: what it takes has arrived. */
export function createInbox(pool: Pool, tenantId: string): SmsProvider {
  return {
    name: INBOX,
    capabilities: { freeText: true, echoesReference: true, maxParts: 8, perSecond: 1_000 },
    async send({ reference, text, atMs }) {
      const messageId = await keepInboxMessage(pool, { tenantId, reference, text, atMs });
      if (messageId === undefined) return { status: 'unknown', detail: 'the attempt is not on record' };
      return { status: 'accepted', providerMessageIds: [messageId] };
    },
  };
}

export function createSinkReceiptStore(pool: Pool, tenantId: string): SinkReceiptStore {
  return {
    due: (asOfMs, limit) => inTransaction(pool, (client) => claimSinkReceipts(client, { tenantId, asOfMs, limit })),
    markIssued: (receipts) =>
      inTransaction(pool, async (client) => {
        for (const { messageId, sequence } of receipts) {
          await markSinkReceiptIssued(client, { tenantId, messageId, sequence });
        }
      }),
  };
}
