/** Reviews of wordings, kept under seal in the transaction that approves them. */
import type { TemplateEvidence } from '../../../domain/messaging/guard/guardEvidence';
import type { Client, Reader } from '../../transaction';
import type { TemplateRef } from './templates';
import { type WordingSeals, wordingHashOf } from './wordingSeals';

/**
 * Keeps that a second person reviewed the wording as it stands. In the transaction of the approval. `conflict`: another
 * review of the version is on record, and stands. Throws when the template is not there.
 */
export async function recordWordingReview(
  client: Client,
  seals: WordingSeals,
  { tenantId, kind, version, ...review }: TemplateRef & { submittedBy: string; approvedBy: string; atMs: number },
): Promise<'recorded' | 'repeated' | 'conflict'> {
  const { submittedBy, approvedBy, atMs } = review;
  const { rows } = await client.query<{ body: string; signature: string }>(
    'select body, signature from notice_template where tenant_id = $1 and kind = $2 and version = $3',
    [tenantId, kind, version],
  );
  if (!rows[0]) throw new Error(`template ${kind} version ${version} is not there to be reviewed`);
  const wordingHash = wordingHashOf(rows[0]);
  const seal = seals.seal({ tenantId, kind, version, wordingHash, submittedBy, approvedBy });
  const { rowCount } = await client.query(
    `insert into wording_review (tenant_id, kind, version, wording_hash, submitted_by, approved_by, approved_at_ms, seal)
     values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict do nothing`,
    [tenantId, kind, version, wordingHash, submittedBy, approvedBy, atMs, seal],
  );
  if (rowCount === 1) return 'recorded';
  const known = await client.query<{ isSame: boolean }>(
    `select seal = $4 as "isSame" from wording_review where tenant_id = $1 and kind = $2 and version = $3`,
    [tenantId, kind, version, seal],
  );
  return known.rows[0]?.isSame ? 'repeated' : 'conflict';
}

/** The active wording of each kind beside what was reviewed; a review whose seal is false is none. */
export async function activeWordings(
  reader: Reader,
  seals: WordingSeals,
  { tenantId }: { tenantId: string },
): Promise<TemplateEvidence[]> {
  const { rows } = await reader.query<TemplateEvidence & { seal: string | null }>(
    `select template.kind, template.version, status, body, signature, review.wording_hash as "approvedHash",
       review.submitted_by as "submittedBy", review.approved_by as "approvedBy", seal
     from notice_template template left join wording_review review using (tenant_id, kind, version)
     where tenant_id = $1 and status = 'active'`,
    [tenantId],
  );
  return rows.map(({ seal, ...row }) => {
    const { kind, version, approvedHash, submittedBy, approvedBy } = row;
    const isSealed =
      seal !== null &&
      approvedHash !== null &&
      submittedBy !== null &&
      approvedBy !== null &&
      seals.isSealed({ tenantId, kind, version, wordingHash: approvedHash, submittedBy, approvedBy }, seal);
    return { ...row, wordingHash: wordingHashOf(row), approvedHash: isSealed ? approvedHash : null };
  });
}
