/** A proof that a third party checks without us: a notice's records, their paths to sealed roots, and the seals. */
import { textHash } from '../db/contentHash';
import { type EvidenceRow, evidenceOf, listSeals, readEvidence, type SealRow } from '../db/statements/evidence';
import type { Reader } from '../db/transaction';
import { inclusionPath, type PathStep } from '../domain/evidence';
import { ArgumentError } from './arguments';

export interface NoticeProof {
  proof: 'creditloom-notice-1';
  tenantId: string;
  noticeId: string;
  records: (EvidenceRow & { path: PathStep[]; sealedOn: string })[];
  /** Records that no seal covers yet, by sequence. */
  unsealed: number[];
  /** From the seal of the first record to the newest, without gaps. */
  seals: SealRow[];
}

const PAGE = 1000;

/** Throws {@link ArgumentError} for a notice without records, or of which nothing is sealed yet. */
export async function proveNotice(
  reader: Reader,
  { tenantId, noticeId }: { tenantId: string; noticeId: string },
): Promise<NoticeProof> {
  const all = await evidenceOf(reader, { tenantId, subjectKind: 'notice', subjectId: noticeId });
  const [first] = all;
  if (!first) throw new ArgumentError(`there is no record of notice ${noticeId} of tenant ${tenantId}`);
  const seals = (await allSeals(reader, tenantId)).filter(({ lastSequence }) => lastSequence >= first.sequence);
  if (seals.length === 0) {
    throw new ArgumentError(
      `notice ${noticeId} is not sealed yet: run \`npx creditloom audit seal --date DATE\` first`,
    );
  }
  const records: NoticeProof['records'] = [];
  for (const record of all) {
    const seal = seals.find(({ lastSequence }) => lastSequence >= record.sequence);
    if (!seal) continue;
    const hashes = await hashesOf(reader, tenantId, seal);
    const path = inclusionPath(textHash, hashes, record.sequence - seal.firstSequence);
    records.push({ ...record, path, sealedOn: seal.businessDate });
  }
  const unsealed = all.slice(records.length).map(({ sequence }) => sequence);
  return { proof: 'creditloom-notice-1', tenantId, noticeId, records, unsealed, seals };
}

async function allSeals(reader: Reader, tenantId: string): Promise<SealRow[]> {
  const seals: SealRow[] = [];
  for (;;) {
    const page = await listSeals(reader, { tenantId, afterDate: seals.at(-1)?.businessDate, limit: PAGE });
    seals.push(...page);
    if (page.length < PAGE) return seals;
  }
}

async function hashesOf(reader: Reader, tenantId: string, seal: SealRow): Promise<string[]> {
  const hashes: string[] = [];
  for (let from = seal.firstSequence; from <= seal.lastSequence; from += PAGE) {
    const limit = Math.min(PAGE, seal.lastSequence - from + 1);
    const rows = await readEvidence(reader, { tenantId, fromSequence: from, limit });
    hashes.push(...rows.map(({ recordHash }) => recordHash));
  }
  return hashes;
}
