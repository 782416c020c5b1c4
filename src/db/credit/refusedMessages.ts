/** What was told to an application, an incident, a template or a model and could not be taken: kept once, as it came. */
import { contentHash } from '../contentHash';
import { rawOf, storableKey } from '../faults';
import type { Client } from '../transaction';

export const REFUSED_MESSAGE_SUBJECTS = ['application', 'incident', 'template', 'model'] as const;

export interface RefusedMessage {
  tenantId: string;
  subjectKind: (typeof REFUSED_MESSAGE_SUBJECTS)[number];
  subjectId: string;
  kind: string;
  /** In our words, without a value that was sent. */
  fault: string;
  message: unknown;
  atMs: number;
}

export async function keepRefusedMessage(client: Client, refused: RefusedMessage): Promise<void> {
  const { tenantId, subjectKind, subjectId, kind, fault, message, atMs } = refused;
  await client.query(
    `insert into refused_message (tenant_id, subject_kind, subject_id, content_hash, kind, fault, raw, at_ms)
     values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict do nothing`,
    [tenantId, subjectKind, storableKey(subjectId), contentHash(message), kind, fault, rawOf(message), atMs],
  );
}
