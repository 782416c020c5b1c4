/**
 * A proof that a third party checks without us: the records of a notice or of what was decided on, their paths to
 * sealed roots, the seals, and of decisions the rows themselves.
 */

import { contentHash, textHash } from '../../db/contentHash';
import {
  type EvidenceRow,
  type EvidenceSubject,
  evidenceOf,
  listSeals,
  readEvidence,
  type SealRow,
} from '../../db/evidence/evidenceRecords';
import type { Reader } from '../../db/transaction';
import { inclusionPath, type PathStep, recordHash, rootOfPath, sealHash } from '../../domain/evidence/evidenceChain';
import { conflict, notFound } from '../failures';
import { rowContentsOf } from './auditContents';

interface ProvenRecord extends Omit<EvidenceRow, 'mac'> {
  path: PathStep[];
  sealedOn: string;
  /** Of a decision: the row that `body.rowHash` is the hash of. */
  row?: unknown;
}

export interface Proof {
  proof: 'creditloom-notice-1' | 'creditloom-decision-1';
  tenantId: string;
  /** Of a notice; of all else its kind and id. */
  noticeId?: string;
  subjectKind?: EvidenceSubject;
  subjectId?: string;
  records: ProvenRecord[];
  /** Records that no seal covers yet, by sequence. */
  unsealed: number[];
  /** From the seal of the first record to the newest, without gaps. */
  seals: SealRow[];
}

interface Subject {
  tenantId: string;
  subjectKind: EvidenceSubject;
  subjectId: string;
}

const PAGE = 1000;
const GONE = 'records are gone from under the seal of';
const VERIFY = 'run `npx creditloom audit verify`';

/**
 * Throws a refusal for a subject without records, or of which nothing is sealed yet; {@link UnprovableError}
 * where the chain is not as it was sealed, so that no proof is ever printed that proves nothing.
 */
export async function proveSubject(reader: Reader, subject: Subject): Promise<Proof> {
  const { tenantId, subjectKind, subjectId } = subject;
  const name = `${subjectKind} ${subjectId}`;
  const all = await evidenceOf(reader, subject);
  const [first] = all;
  if (!first) throw notFound(`there is no record of ${name} of tenant ${tenantId}`);
  const seals = (await allSeals(reader, tenantId)).filter(({ lastSequence }) => lastSequence >= first.sequence);
  if (seals.length === 0) {
    throw conflict(`${name} is not sealed yet: run \`npx creditloom audit seal --date DATE\` first`);
  }
  const rows = await rowContentsOf(reader, { tenantId }, all);
  const records: ProvenRecord[] = [];
  for (const record of all) {
    const seal = seals.find(({ lastSequence }) => lastSequence >= record.sequence);
    if (!seal) continue;
    const hashes = await hashesOf(reader, tenantId, seal);
    if (hashes.length !== seal.lastSequence - seal.firstSequence + 1) {
      throw new UnprovableError(`${name} cannot be proved: ${GONE} ${seal.businessDate}; ${VERIFY}`);
    }
    const path = inclusionPath(textHash, hashes, record.sequence - seal.firstSequence);
    // The signature proves to us alone: a third party has not its key.
    const { mac: _, ...said } = record;
    const proven = { ...said, path, sealedOn: seal.businessDate };
    records.push(record.body.rowHash === undefined ? proven : { ...proven, row: rows.get(record.sequence) });
  }
  const unsealed = all.slice(records.length).map(({ sequence }) => sequence);
  const about: Partial<Proof> = subjectKind === 'notice' ? { noticeId: subjectId } : { subjectKind, subjectId };
  const kind = subjectKind === 'notice' ? 'creditloom-notice-1' : 'creditloom-decision-1';
  const proof: Proof = { proof: kind, tenantId, ...about, records, unsealed, seals };
  const fault = faultIn(proof);
  if (fault) throw new UnprovableError(`${name} cannot be proved: ${fault}; ${VERIFY}`);
  return proof;
}

/** The chain was changed after it was sealed. */
export class UnprovableError extends Error {
  override readonly name = 'UnprovableError';
}

/** What its reader would find, looked for before it is given out. */
function faultIn({ tenantId, records, seals }: Proof): string | undefined {
  for (const [at, seal] of seals.entries()) {
    const before = seals[at - 1];
    if (sealHash(textHash, { tenantId, ...seal }) !== seal.sealHash) return `the seal ${seal.businessDate} was changed`;
    const follows =
      !before || (seal.prevSealHash === before.sealHash && seal.firstSequence === before.lastSequence + 1);
    if (!follows) return `the seal before ${seal.businessDate} is gone or changed`;
  }
  for (const record of records) {
    const { sequence, body, bodyHash, path, row } = record;
    const seal = seals.find(({ lastSequence }) => lastSequence >= sequence);
    const isAsRecorded =
      contentHash(body) === bodyHash && recordHash(textHash, { tenantId, ...record }) === record.recordHash;
    if (!isAsRecorded) return `record ${sequence} was changed`;
    if (rootOfPath(textHash, record.recordHash, path) !== seal?.merkleRoot)
      return `record ${sequence} is not as sealed`;
    if (body.rowHash === undefined) continue;
    if (row === undefined) return `the row that record ${sequence} speaks of is gone`;
    if (contentHash(row) !== body.rowHash) return `the row that record ${sequence} speaks of was changed`;
  }
  return undefined;
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
