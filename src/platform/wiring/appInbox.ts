/** The app's inbox, the second channel of notices. */
import type { Pool } from 'pg';
import type { SmsProvider } from '../../adapters/sms/port';
import { INBOX, keepInboxMessage } from '../../db/messaging/outbox/inbox';

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
