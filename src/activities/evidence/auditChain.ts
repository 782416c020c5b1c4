/** The chain checked by itself: each record's body, hash, link and place, and each seal's root, hash and link. */
import { contentHash, textHash } from '../../db/contentHash';
import { headsOfSeal } from '../../db/evidence/accountChains';
import { type EvidenceRow, listSeals, readEvidence, type SealRow } from '../../db/evidence/evidenceRecords';
import type { Reader } from '../../db/transaction';
import { headLine, MerkleRoot, merkleRoot, NO_HASH, recordHash, sealHash } from '../../domain/evidence/evidenceChain';
import { type AuditFinding, changed, inserted, removed } from './auditFindings';

/** Records that are in memory together. */
const BATCH = 500;

export interface ChainAudit {
  records: number;
  seals: number;
  /** Of the last record; of the last seal. Null: there is none. */
  headHash: string | null;
  sealHash: string | null;
  findings: AuditFinding[];
}

/** Walks all records in order; `look` is given each batch, to compare it with the tables. */
export async function auditChain(
  reader: Reader,
  { tenantId }: { tenantId: string },
  look: (batch: readonly EvidenceRow[]) => Promise<AuditFinding[]>,
): Promise<ChainAudit> {
  const links = new Links(tenantId);
  const seals = new Seals(reader, tenantId);
  const findings: AuditFinding[] = [];
  let records = 0;
  for (let batch = await read(1); batch.length > 0; batch = await read((batch.at(-1)?.sequence ?? 0) + 1)) {
    records += batch.length;
    for (const row of batch) {
      findings.push(...links.check(row), ...(await seals.take(row)));
    }
    findings.push(...(await look(batch)));
  }
  findings.push(...(await seals.end()));
  return { records, seals: seals.count, headHash: links.headHash, sealHash: seals.lastHash, findings };

  function read(fromSequence: number): Promise<EvidenceRow[]> {
    return readEvidence(reader, { tenantId, fromSequence, limit: BATCH });
  }
}

class Links {
  private sequence = 0;
  private previous = NO_HASH;

  constructor(private readonly tenantId: string) {}

  get headHash(): string | null {
    return this.sequence === 0 ? null : this.previous;
  }

  check(row: EvidenceRow): AuditFinding[] {
    const { sequence, subjectKind, subjectId } = row;
    const what = `record ${sequence}`;
    const about = `${row.kind} of ${subjectKind} ${subjectId}`;
    const found: AuditFinding[] = [];
    if (contentHash(row.body) !== row.bodyHash)
      found.push(changed(what, `${about}: its body is not what was recorded`));
    if (recordHash(textHash, { tenantId: this.tenantId, ...row }) !== row.recordHash) {
      found.push(changed(what, `${about}: its hash is not that of what it says`));
    }
    const missing = sequence - this.sequence - 1;
    if (missing > 0) {
      const which = missing === 1 ? `record ${sequence - 1}` : `records ${this.sequence + 1} to ${sequence - 1}`;
      found.push(removed(which, `after record ${this.sequence} comes record ${sequence}`));
    } else if (row.prevHash !== this.previous) {
      // The hash that the successor kept is the witness: the one before was made anew, or this one put in.
      const before = sequence === 1 ? 'the beginning' : `record ${sequence - 1}`;
      const detail = `record ${sequence} (${about}) was recorded after another record`;
      found.push(sequence === 1 ? inserted(what, `it does not follow ${before}`) : changed(before, detail));
    }
    this.sequence = sequence;
    this.previous = row.recordHash;
    return found;
  }
}

/** Walks the seals beside the records. */
class Seals {
  count = 0;
  lastHash: string | null = null;
  private page: SealRow[] = [];
  private lastDate: string | undefined;
  private isRead = false;
  private lastSealed = 0;
  private tree = new MerkleRoot(textHash);

  constructor(
    private readonly reader: Reader,
    private readonly tenantId: string,
  ) {}

  async take({ sequence, recordHash: record }: EvidenceRow): Promise<AuditFinding[]> {
    const found: AuditFinding[] = [];
    for (let seal = await this.current(); seal && seal.lastSequence < sequence; seal = await this.current()) {
      found.push(...(await this.close(seal)));
    }
    this.tree.add(record);
    return found;
  }

  async end(): Promise<AuditFinding[]> {
    const found: AuditFinding[] = [];
    for (let seal = await this.current(); seal; seal = await this.current()) found.push(...(await this.close(seal)));
    return found;
  }

  private async close(seal: SealRow): Promise<AuditFinding[]> {
    const { businessDate, firstSequence, lastSequence } = seal;
    const what = `seal ${businessDate}`;
    const found: AuditFinding[] = [];
    if (sealHash(textHash, { tenantId: this.tenantId, ...seal }) !== seal.sealHash) {
      found.push(changed(what, 'its hash is not that of what it says'));
    }
    if (seal.prevSealHash !== (this.lastHash ?? NO_HASH) || firstSequence !== this.lastSealed + 1) {
      found.push(
        removed(`the seal before ${businessDate}`, 'it does not follow the seal before: one is gone or changed'),
      );
    }
    if (this.tree.root() !== seal.merkleRoot) {
      const range = `records ${firstSequence} to ${lastSequence}`;
      found.push(changed(range, `of them one was changed, removed or inserted after the seal of ${businessDate}`));
    }
    if (seal.headsRoot !== null) {
      const heads = await headsOfSeal(this.reader, { tenantId: this.tenantId, businessDate });
      if (merkleRoot(textHash, heads.map(headLine)) !== seal.headsRoot || heads.length !== seal.headCount) {
        found.push(changed(what, 'the heads of accounts under it are not those that it took'));
      }
    }
    this.tree = new MerkleRoot(textHash);
    this.page.shift();
    this.count += 1;
    [this.lastHash, this.lastSealed] = [seal.sealHash, lastSequence];
    return found;
  }

  private async current(): Promise<SealRow | undefined> {
    if (this.page.length === 0 && !this.isRead) {
      this.page = await listSeals(this.reader, { tenantId: this.tenantId, afterDate: this.lastDate, limit: BATCH });
      this.lastDate = this.page.at(-1)?.businessDate ?? this.lastDate;
      this.isRead = this.page.length < BATCH;
    }
    return this.page[0];
  }
}
