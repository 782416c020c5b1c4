/** The `sink` provider's tables behind the interfaces that it asks for: the sms layer does not know the database. */
import type { Pool } from 'pg';
import type { SinkStore } from '../../adapters/sms/providers/sink';
import type { SinkReceiptStore } from '../../adapters/sms/providers/sinkReceipts';
import { claimSinkReceipts, keepSinkMessage, markSinkReceiptIssued } from '../../db/messaging/delivery/sink';
import { inTransaction } from '../../db/transaction';
import type { Vault } from '../../db/vault';

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
