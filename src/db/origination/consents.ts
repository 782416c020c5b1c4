/**
 * What borrowers agreed to: which kind of source may be asked and used, and from when to when. A row is a key over time;
 * what refers to it must lie within (docs/decisions/0079-consent-is-a-key.md).
 */
import type { ConsentPurpose, SourceKind } from '../../domain/origination/dataSources';
import { macsOf } from '../evidence/macs';
import { macOf, proveRow, signRow } from '../evidence/signedRows';
import type { Client, Reader } from '../transaction';

/** Of an application; what applications are kept with comes before them. */
export interface OfApplication {
  tenantId: string;
  applicationId: string;
}

export interface ConsentRow extends OfApplication {
  consentId: string;
  borrowerId: string;
  sourceKind: SourceKind;
  purpose: ConsentPurpose;
  fromMs: number;
  /** The first instant at which it is over; null: none is set. Of one that was withdrawn: when it was. */
  untilMs: number | null;
  /** As it was given; null: until it is withdrawn. */
  givenUntilMs: number | null;
  withdrawnAtMs: number | null;
  withdrawnBy: string | null;
  withdrawnReason: string | null;
}

export interface NewConsent extends OfApplication {
  borrowerId: string;
  sourceKind: SourceKind;
  purpose: ConsentPurpose;
  fromMs: number;
  givenUntilMs: number | null;
  /** Who gave it in: a principal. */
  recordedBy: string | undefined;
}

/** One of a kind for an application, so that its id is that of both. */
export function consentIdOf({ applicationId, sourceKind }: Pick<NewConsent, 'applicationId' | 'sourceKind'>): string {
  return `${applicationId}.${sourceKind}`;
}

const COLUMNS = `tenant_id as "tenantId", application_id as "applicationId", consent_id as "consentId",
  borrower_id as "borrowerId", source_kind as "sourceKind", purpose, lower(valid_during) as "fromMs",
  upper(valid_during) as "untilMs", given_until_at_ms as "givenUntilMs", withdrawn_at_ms as "withdrawnAtMs",
  withdrawn_by as "withdrawnBy", withdrawn_reason as "withdrawnReason"`;

/** Keeps it once; one that is there stays as it is. */
export async function insertConsent(client: Client, consent: NewConsent): Promise<void> {
  const { tenantId, applicationId, borrowerId, sourceKind, purpose, fromMs, givenUntilMs, recordedBy } = consent;
  const consentId = consentIdOf(consent);
  const validDuring = `[${fromMs},${givenUntilMs ?? ''})`;
  const mac = macOf(macsOf(client), 'consent', {
    tenant_id: tenantId,
    consent_id: consentId,
    borrower_id: borrowerId,
    source_kind: sourceKind,
    purpose,
    valid_during: validDuring,
    application_id: applicationId,
    given_until_at_ms: givenUntilMs,
    recorded_by: recordedBy ?? null,
    mac: null,
  });
  await client.query(
    `insert into consent (tenant_id, consent_id, borrower_id, source_kind, purpose, valid_during, application_id,
       given_until_at_ms, recorded_by, mac)
     select $1, $2, $3, $4, $5, $6, $7, $8, $9, $10
      where not exists (select from consent where tenant_id = $1 and consent_id = $2)`,
    [
      tenantId,
      consentId,
      borrowerId,
      sourceKind,
      purpose,
      validDuring,
      applicationId,
      givenUntilMs,
      recordedBy ?? null,
      mac,
    ],
  );
}

/** In the order of their ids. */
export async function readConsents(reader: Reader, ref: OfApplication): Promise<ConsentRow[]> {
  const { rows } = await reader.query<ConsentRow>(
    `select ${COLUMNS} from consent where tenant_id = $1 and application_id = $2 order by consent_id`,
    [ref.tenantId, ref.applicationId],
  );
  return rows;
}

export interface Withdrawal extends OfApplication {
  sourceKind: SourceKind;
  atMs: number;
  /** A principal. */
  by: string;
  reason: string;
}

export type Withdrawn =
  | { status: 'withdrawn' | 'was-withdrawn'; consent: ConsentRow }
  /** It was never given. */
  | { status: 'unknown' };

/**
 * Ends a consent at an instant, once: from then on nothing is asked, kept or decided by it. What was decided before stands,
 * and so do its records. Waits for a decision that is being made by it.
 */
export async function withdrawConsent(client: Client, withdrawal: Withdrawal): Promise<Withdrawn> {
  const { tenantId, atMs, by, reason } = withdrawal;
  const consentId = consentIdOf(withdrawal);
  // Before anything is looked at: a decision that is being made by it holds the row until it is kept.
  await client.query('select from consent where tenant_id = $1 and consent_id = $2 for update', [tenantId, consentId]);
  await proveRow(client, 'consent', [tenantId, consentId]);
  const { rowCount } = await client.query(
    // It ends after its beginning, because no range is empty, and after what was seen and decided by it, which the clock of
    // another machine may have dated a little later than ours shows now.
    `update consent set withdrawn_at_ms = $3, withdrawn_by = $4, withdrawn_reason = $5,
       valid_during = int8range(lower(valid_during), least(upper(valid_during), greatest($3, 1 + greatest(
         lower(valid_during),
         (select max(seen_at_ms) from source_record seen
           where seen.tenant_id = $1 and seen.application_id = consent.application_id and seen.consent_id = $2),
         (select max(used_at_ms) from decision_input used join source_record using (tenant_id, record_id)
           where used.tenant_id = $1 and source_record.application_id = consent.application_id
             and used.consent_id = $2)))))
      where tenant_id = $1 and consent_id = $2 and withdrawn_at_ms is null`,
    [tenantId, consentId, atMs, by, reason],
  );
  if (rowCount === 1) await signRow(client, 'consent', [tenantId, consentId]);
  const { rows } = await client.query<ConsentRow>(
    `select ${COLUMNS} from consent where tenant_id = $1 and consent_id = $2`,
    [tenantId, consentId],
  );
  const [consent] = rows;
  if (!consent) return { status: 'unknown' };
  return { status: rowCount === 1 ? 'withdrawn' : 'was-withdrawn', consent };
}
