/** Stored copies of what sources showed of an applicant, and which of them entered a decision. */
import type { ConsentPurpose, SourceKind } from '../../domain/origination/dataSources';
import type { SeenRecord } from '../../domain/origination/gatheredFacts';
import { contentHash } from '../contentHash';
import { macsOf } from '../evidence/macs';
import { isProved, macOf, signedColumns, tamperedRow } from '../evidence/signedRows';
import { tryApart } from '../faults';
import type { Client, Reader } from '../transaction';
import { consentIdOf, type OfApplication } from './consents';

export interface SourceRecordRow extends SeenRecord, OfApplication {
  borrowerId: string;
  purpose: ConsentPurpose;
  supplier: string;
  consentId: string;
  missing: string[];
  contentHash: string;
}

export type NewSourceRecord = Omit<SourceRecordRow, 'consentId' | 'contentHash'>;

const COLUMNS = `tenant_id as "tenantId", application_id as "applicationId", record_id as "recordId",
  borrower_id as "borrowerId", source_kind as "sourceKind", purpose, supplier, consent_id as "consentId",
  seen_at_ms as "seenAtMs", status, missing, figures, content_hash as "contentHash"`;

/** Of everything that is said of it: two that say the same under one id are the same. */
function hashOf({
  recordId,
  applicationId,
  sourceKind,
  supplier,
  seenAtMs,
  status,
  missing,
  figures,
}: NewSourceRecord) {
  return contentHash({ recordId, applicationId, sourceKind, supplier, seenAtMs, status, missing, figures });
}

/**
 * Keeps a copy, under the consent of its kind; what is kept under its id stays. False where no consent was valid when it was
 * seen: then nothing is kept.
 */
export async function insertSourceRecord(client: Client, record: NewSourceRecord): Promise<boolean> {
  const { tenantId, applicationId, recordId, borrowerId, sourceKind, purpose, supplier, seenAtMs, status } = record;
  const { missing, figures } = record;
  const consentId = consentIdOf(record);
  const hash = hashOf(record);
  const mac = macOf(macsOf(client), 'source_record', {
    tenant_id: tenantId,
    record_id: recordId,
    application_id: applicationId,
    borrower_id: borrowerId,
    source_kind: sourceKind,
    purpose,
    supplier,
    consent_id: consentId,
    seen_at_ms: seenAtMs,
    status,
    missing,
    figures: JSON.parse(JSON.stringify(figures)),
    content_hash: hash,
    mac: null,
  });
  const values = [
    tenantId,
    recordId,
    applicationId,
    borrowerId,
    sourceKind,
    purpose,
    supplier,
    consentId,
    seenAtMs,
    status,
    missing,
    JSON.stringify(figures),
    hash,
    mac,
  ];
  const tried = await tryApart(client, () =>
    client.query(
      `insert into source_record (tenant_id, record_id, application_id, borrower_id, source_kind, purpose, supplier,
         consent_id, seen_at_ms, status, missing, figures, content_hash, mac)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
       on conflict (tenant_id, record_id) do nothing`,
      values,
    ),
  );
  if (!('fault' in tried)) return true;
  if (isWithoutConsent(tried.fault, 'source_record_consent')) return false;
  throw tried.fault;
}

/** In the order in which they were seen. */
export async function readSourceRecords(reader: Reader, ref: OfApplication): Promise<SourceRecordRow[]> {
  const { rows } = await reader.query<SourceRecordRow>(
    `select ${COLUMNS} from source_record where tenant_id = $1 and application_id = $2 order by seen_at_ms, record_id`,
    [ref.tenantId, ref.applicationId],
  );
  return rows;
}

/** Of the records of an application those whose consent is valid at an instant: for who is shown what would be decided. */
export async function readConsentedRecords(
  reader: Reader,
  { tenantId, applicationId, atMs }: OfApplication & { atMs: number },
): Promise<SourceRecordRow[]> {
  const { rows } = await reader.query<SourceRecordRow>(
    `select ${COLUMNS} from source_record
      where tenant_id = $1 and application_id = $2 and exists (select from consent
        where consent.tenant_id = $1 and consent.consent_id = source_record.consent_id
          and valid_during @> $3::bigint and withdrawn_at_ms is null)
      order by seen_at_ms, record_id`,
    [tenantId, applicationId, atMs],
  );
  return rows;
}

/** The number that a decision is going to have: its inputs bear it before there is one. */
export async function nextDecisionId(client: Client): Promise<number> {
  const { rows } = await client.query<{ id: number }>(`select nextval('decision_record_decision_id_seq') as id`);
  const [row] = rows;
  if (!row) throw new Error('there is no number for a decision');
  return row.id;
}

export interface Admitted {
  /** Read through what was let in, and proved. */
  records: SourceRecordRow[];
  /** Kinds of those that no valid consent let in. */
  refused: SourceKind[];
}

/**
 * Lets records into a decision that is about to be made, each under its consent at that instant, and reads back what was
 * let in: whoever decides has no other. The foreign key refuses, and what it refuses is missing.
 */
export async function admitRecords(
  client: Client,
  { decisionId, usedAtMs, records }: { decisionId: number; usedAtMs: number; records: readonly SourceRecordRow[] },
): Promise<Admitted> {
  const refused: SourceKind[] = [];
  for (const record of records) {
    const tried = await tryApart(client, () => insertInput(client, record, { decisionId, usedAtMs }));
    if (!('fault' in tried)) continue;
    if (!isWithoutConsent(tried.fault, 'decision_input_consent')) throw tried.fault;
    refused.push(record.sourceKind);
  }
  const [first] = records;
  return { refused, records: first ? await readAdmitted(client, { tenantId: first.tenantId, decisionId }) : [] };
}

async function insertInput(
  client: Client,
  record: SourceRecordRow,
  { decisionId, usedAtMs }: { decisionId: number; usedAtMs: number },
): Promise<void> {
  const { tenantId, recordId, applicationId, consentId, borrowerId, sourceKind, purpose } = record;
  await client.query(
    `insert into decision_input (tenant_id, decision_id, record_id, application_id, consent_id, borrower_id,
       source_kind, purpose, content_hash, used_at_ms) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
    [
      tenantId,
      decisionId,
      recordId,
      applicationId,
      consentId,
      borrowerId,
      sourceKind,
      purpose,
      record.contentHash,
      usedAtMs,
    ],
  );
}

type WithMac = SourceRecordRow & Record<string, unknown> & { mac: string | null };

/** What entered a decision, as it is stored now: unproved, for who compares it with what was decided. */
export async function readRecordsOf(
  reader: Reader,
  { tenantId, decisionId }: { tenantId: string; decisionId: number },
): Promise<WithMac[]> {
  const { rows } = await reader.query<WithMac>(
    `select ${COLUMNS}, ${signedColumns('source_record')} from source_record
       join (select tenant_id, record_id from decision_input where tenant_id = $1 and decision_id = $2) used
         using (tenant_id, record_id)
      order by seen_at_ms, record_id`,
    [tenantId, decisionId],
  );
  return rows;
}

async function readAdmitted(
  client: Client,
  { tenantId, decisionId }: { tenantId: string; decisionId: number },
): Promise<SourceRecordRow[]> {
  const rows = await readRecordsOf(client, { tenantId, decisionId });
  for (const row of rows) {
    if (!isProved(macsOf(client), 'source_record', row)) throw tamperedRow('source_record', [tenantId, row.recordId]);
  }
  return rows;
}

/** Of a decision, which records entered it: their ids and hashes. */
export interface DecisionInputRow {
  recordId: string;
  sourceKind: SourceKind;
  contentHash: string;
  consentId: string;
  usedAtMs: number;
}

export async function readDecisionInputs(
  reader: Reader,
  { tenantId, decisionId }: { tenantId: string; decisionId: number },
): Promise<DecisionInputRow[]> {
  const { rows } = await reader.query<DecisionInputRow>(
    `select record_id as "recordId", source_kind as "sourceKind", content_hash as "contentHash",
       consent_id as "consentId", used_at_ms as "usedAtMs"
     from decision_input where tenant_id = $1 and decision_id = $2 order by record_id`,
    [tenantId, decisionId],
  );
  return rows;
}

/** The foreign key to a consent that is valid then. */
function isWithoutConsent(fault: unknown, constraint: string): boolean {
  if (!(fault instanceof Error) || !('code' in fault) || !('constraint' in fault)) return false;
  return fault.code === '23503' && fault.constraint === constraint;
}
