/** Texts that people sent to us. Of the words only the command is kept, of the phone a keyed fingerprint. */
import type { InboundCommand } from '../../../domain/messaging/contact/optOutCommand';
import type { Reader } from '../../transaction';

export interface InboundTextRow {
  tenantId: string;
  provider: string;
  /** What makes two arrivals the same one; keyed. */
  messageKey: string;
  /** Of the vault, as borrowers' phones have it: `fingerprint(tenantId, 'phone', phone)`. */
  phoneFingerprint: string;
  command: InboundCommand;
  receivedAtMs: number;
}

/** Keeps a text once. */
export async function insertInboundText(database: Reader, row: InboundTextRow): Promise<'recorded' | 'repeated'> {
  const { rowCount } = await database.query(
    `insert into inbound_text (tenant_id, provider, message_key, phone_fingerprint, command, received_at_ms)
     values ($1, $2, $3, $4, $5, $6) on conflict do nothing`,
    [row.tenantId, row.provider, row.messageKey, row.phoneFingerprint, row.command, row.receivedAtMs],
  );
  return rowCount === 0 ? 'repeated' : 'recorded';
}

/** The commands that came from a phone, latest first. */
export async function readInboundCommands(
  reader: Reader,
  { tenantId, phoneFingerprint }: { tenantId: string; phoneFingerprint: string },
): Promise<{ command: InboundCommand; provider: string; receivedAtMs: number }[]> {
  const { rows } = await reader.query<{ command: InboundCommand; provider: string; receivedAtMs: number }>(
    `select command, provider, received_at_ms as "receivedAtMs" from inbound_text
      where tenant_id = $1 and phone_fingerprint = $2 order by received_at_ms desc, provider, message_key`,
    [tenantId, phoneFingerprint],
  );
  return rows;
}
