/** Templates as providers know them: asked for once, answered for good. */

import type { WordingName } from '../../../domain/messaging/outbox/wordings';
import type { RegistrationStatus } from '../../../domain/messaging/templates/templateStages';
import type { Client, Reader } from '../../transaction';
import type { TemplateRef } from './templates';

export interface RegistrationRow extends TemplateRef {
  provider: string;
  status: RegistrationStatus;
  /** The provider's own code of the template. */
  code: string | null;
  reason: string | null;
  submittedAtMs: number;
  askedAtMs: number;
}

const COLUMNS = `tenant_id as "tenantId", kind, version, provider, status, code, reason,
  submitted_at_ms as "submittedAtMs", asked_at_ms as "askedAtMs"`;

/** In the order of the providers' names. */
export async function readRegistrations(
  reader: Reader,
  { tenantId, kind, version }: TemplateRef,
): Promise<RegistrationRow[]> {
  const { rows } = await reader.query<RegistrationRow>(
    `select ${COLUMNS} from template_registration where tenant_id = $1 and kind = $2 and version = $3
      order by provider`,
    [tenantId, kind, version],
  );
  return rows;
}

/** Keeps what a provider answered; one that has answered for good stands. */
export async function saveRegistration(
  client: Client,
  registration: Omit<RegistrationRow, 'submittedAtMs'>,
): Promise<void> {
  const { tenantId, kind, version, provider, status, code, reason, askedAtMs } = registration;
  await client.query(
    `insert into template_registration as r (tenant_id, kind, version, provider, status, code, reason, submitted_at_ms,
       asked_at_ms)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $8)
     on conflict (tenant_id, kind, version, provider) do update
       set status = $5, code = coalesce($6, r.code), reason = $7, asked_at_ms = $8 where r.status = 'pending'`,
    [tenantId, kind, version, provider, status, code, reason, askedAtMs],
  );
}

/** What a provider that takes no free text is to be sent with; undefined where it does not know the text. */
export async function registeredTemplate(
  reader: Reader,
  { tenantId, kind, version, provider }: { tenantId: string; kind: WordingName; version: number; provider: string },
): Promise<{ code: string } | undefined> {
  const { rows } = await reader.query<{ code: string }>(
    `select code from template_registration
      where tenant_id = $1 and kind = $2 and version = $3 and provider = $4 and status = 'approved'`,
    [tenantId, kind, version, provider],
  );
  return rows[0];
}
