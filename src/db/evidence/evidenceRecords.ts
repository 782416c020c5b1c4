/** The chain of evidence: appended last in a transaction, sealed by business date, read in its order. */
import type { IsoDate } from '../../domain/values/calendar';
import { contentHash } from '../contentHash';
import type { Client, Reader } from '../transaction';
import { macsOf } from './macs';

export const EVIDENCE_KINDS = [
  'notice-decision',
  'notice-outcome',
  'credit-decision',
  'write-off-decision',
  'template-decision',
  'incident-decision',
  'model-decision',
] as const;
export type EvidenceKind = (typeof EVIDENCE_KINDS)[number];

/** What records are about, as commands name it. */
export const EVIDENCE_SUBJECTS = ['notice', 'application', 'account', 'template', 'incident', 'model'] as const;
export type EvidenceSubject = (typeof EVIDENCE_SUBJECTS)[number];

export interface EvidenceInput {
  kind: EvidenceKind;
  subjectKind: EvidenceSubject;
  subjectId: string;
  /** No personal data: of a text only its hash. Numbers are whole. */
  body: Record<string, unknown>;
  atMs: number;
}

export interface EvidenceRow extends EvidenceInput {
  sequence: number;
  bodyHash: string;
  prevHash: string;
  recordHash: string;
  /** Null on records from before there were signatures. */
  mac: string | null;
}

export interface SealRow {
  businessDate: IsoDate;
  firstSequence: number;
  lastSequence: number;
  merkleRoot: string;
  prevSealHash: string;
  sealHash: string;
  /** Of the heads of accounts' chains that moved since the seal before; null on seals from before them. */
  headsRoot: string | null;
  headCount: number | null;
}

interface TenantRef {
  tenantId: string;
}

/**
 * Appends records in their order, in one statement. It holds the tenant's chain until the end of the transaction, so
 * it is the last thing that a transaction does: whoever holds the chain waits for nobody.
 */
export async function appendEvidence(
  client: Client,
  { tenantId, records }: TenantRef & { records: readonly EvidenceInput[] },
): Promise<void> {
  if (records.length === 0) return;
  const hashed = records.map(({ kind, subjectKind, subjectId, body, atMs }) => {
    // As the database gives it back: without what JSON leaves out.
    const kept = JSON.parse(JSON.stringify(body));
    const said = { kind, subjectKind, subjectId, bodyHash: contentHash(kept), atMs };
    return { ...said, body: kept, mac: macsOf(client).sign('evidence', evidenceContent({ tenantId, ...said })) };
  });
  await client.query('select append_evidence($1, $2::jsonb)', [tenantId, JSON.stringify(hashed)]);
}

/** What the signature of a record covers; its place is bound by the chain. */
export function evidenceContent(
  record: TenantRef & Pick<EvidenceRow, 'kind' | 'subjectKind' | 'subjectId' | 'bodyHash' | 'atMs'>,
): object {
  const { tenantId, kind, subjectKind, subjectId, bodyHash, atMs } = record;
  return { tenantId, kind, subjectKind, subjectId, bodyHash, atMs };
}

/** One seal at a time; apart from the chain, so that decisions do not wait while heads are gathered. */
export async function lockSeals(client: Client, { tenantId }: TenantRef): Promise<void> {
  await client.query(`select pg_advisory_xact_lock(hashtextextended('creditloom seal ' || $1, 56))`, [tenantId]);
}

/** Holds the chain until the end of the transaction: nothing is appended meanwhile. */
export async function lockEvidence(client: Client, { tenantId }: TenantRef): Promise<void> {
  await client.query('select lock_evidence($1)', [tenantId]);
}

const RECORD = `sequence, kind, subject_kind as "subjectKind", subject_id as "subjectId", body,
  body_hash as "bodyHash", prev_hash as "prevHash", record_hash as "recordHash", at_ms as "atMs", mac`;

/** Records from a sequence on, in order. */
export async function readEvidence(
  reader: Reader,
  { tenantId, fromSequence, limit }: TenantRef & { fromSequence: number; limit: number },
): Promise<EvidenceRow[]> {
  const { rows } = await reader.query<EvidenceRow>(
    `select ${RECORD} from evidence_record where tenant_id = $1 and sequence >= $2 order by sequence limit $3`,
    [tenantId, fromSequence, limit],
  );
  return rows;
}

export async function evidenceOf(
  reader: Reader,
  { tenantId, subjectKind, subjectId }: TenantRef & { subjectKind: string; subjectId: string },
): Promise<EvidenceRow[]> {
  const { rows } = await reader.query<EvidenceRow>(
    `select ${RECORD} from evidence_record where tenant_id = $1 and subject_kind = $2 and subject_id = $3
      order by sequence`,
    [tenantId, subjectKind, subjectId],
  );
  return rows;
}

/** The last record of the chain; 0 and no hash for none. */
export async function readEvidenceHead(
  reader: Reader,
  { tenantId }: TenantRef,
): Promise<{ sequence: number; recordHash: string }> {
  const { rows } = await reader.query<{ sequence: number; recordHash: string }>(
    `select sequence, record_hash as "recordHash" from evidence_record where tenant_id = $1
      order by sequence desc limit 1`,
    [tenantId],
  );
  return rows[0] ?? { sequence: 0, recordHash: '' };
}

/** The last record that belongs to a time before an instant, or that stands before such a one; 0 for none. */
export async function lastSequenceBefore(
  reader: Reader,
  { tenantId, beforeMs }: TenantRef & { beforeMs: number },
): Promise<number> {
  const { rows } = await reader.query<{ last: number | null }>(
    'select max(sequence) as last from evidence_record where tenant_id = $1 and at_ms < $2',
    [tenantId, beforeMs],
  );
  return rows[0]?.last ?? 0;
}

const SEAL = `business_date as "businessDate", first_sequence as "firstSequence", last_sequence as "lastSequence",
  merkle_root as "merkleRoot", prev_seal_hash as "prevSealHash", seal_hash as "sealHash",
  heads_root as "headsRoot", head_count as "headCount"`;

/** Seals after a date, the oldest first. */
export async function listSeals(
  reader: Reader,
  { tenantId, afterDate, limit }: TenantRef & { afterDate?: IsoDate | undefined; limit: number },
): Promise<SealRow[]> {
  const { rows } = await reader.query<SealRow>(
    `select ${SEAL} from evidence_seal where tenant_id = $1 and ($2::date is null or business_date > $2)
      order by business_date limit $3`,
    [tenantId, afterDate ?? null, limit],
  );
  return rows;
}

/** The first seal of a date or a later one. */
export async function sealFrom(
  reader: Reader,
  { tenantId, date }: TenantRef & { date: IsoDate },
): Promise<SealRow | undefined> {
  const { rows } = await reader.query<SealRow>(
    `select ${SEAL} from evidence_seal where tenant_id = $1 and business_date >= $2 order by business_date limit 1`,
    [tenantId, date],
  );
  return rows[0];
}

export async function lastSeal(reader: Reader, { tenantId }: TenantRef): Promise<SealRow | undefined> {
  const { rows } = await reader.query<SealRow>(
    `select ${SEAL} from evidence_seal where tenant_id = $1 order by business_date desc limit 1`,
    [tenantId],
  );
  return rows[0];
}

/** The database refuses a seal that does not follow the one before. */
export async function insertSeal(client: Client, { tenantId, ...seal }: TenantRef & SealRow): Promise<void> {
  await client.query(
    `insert into evidence_seal (tenant_id, business_date, first_sequence, last_sequence, merkle_root, prev_seal_hash,
       seal_hash, heads_root, head_count)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
    [
      tenantId,
      seal.businessDate,
      seal.firstSequence,
      seal.lastSequence,
      seal.merkleRoot,
      seal.prevSealHash,
      seal.sealHash,
      seal.headsRoot,
      seal.headCount,
    ],
  );
}
