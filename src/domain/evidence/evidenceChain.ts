/**
 * The chain of evidence as arithmetic: what a record's hash covers, the tree over the records of a seal, and the path
 * from a record to a seal's root. The hash function is an argument: SHA-256 of a text in UTF-8, as hex.
 *
 * Each preimage begins with its own word, so that no leaf can pass for a node and no record for a seal.
 */
export type HashText = (text: string) => string;

/** What the first record and the first seal follow. */
export const NO_HASH = '0'.repeat(64);

export interface RecordHead {
  tenantId: string;
  /** From 1, without gaps. */
  sequence: number;
  prevHash: string;
  kind: string;
  subjectKind: string;
  subjectId: string;
  bodyHash: string;
  atMs: number;
}

export interface SealHead {
  tenantId: string;
  businessDate: string;
  firstSequence: number;
  /** One less than the first: nothing was recorded. */
  lastSequence: number;
  merkleRoot: string;
  prevSealHash: string;
  /** Root over the heads of accounts' chains that moved since the seal before; absent on seals from before them. */
  headsRoot?: string | null | undefined;
  headCount?: number | null | undefined;
}

/** One step from a leaf to the root: the other half, and where it stands. */
export interface PathStep {
  side: 'left' | 'right';
  hash: string;
}

/** No field holds a line break (the database refuses one), so the lines cannot be read in two ways. */
export function recordHash(hash: HashText, record: RecordHead): string {
  const { tenantId, sequence, prevHash, kind, subjectKind, subjectId, bodyHash, atMs } = record;
  return hash(
    ['creditloom-record-1', tenantId, sequence, prevHash, kind, subjectKind, subjectId, bodyHash, atMs].join('\n'),
  );
}

export function sealHash(hash: HashText, seal: SealHead): string {
  const { tenantId, businessDate, firstSequence, lastSequence, merkleRoot, prevSealHash, headsRoot, headCount } = seal;
  const said = [tenantId, businessDate, firstSequence, lastSequence, merkleRoot, prevSealHash];
  const lines =
    headsRoot == null ? ['creditloom-seal-1', ...said] : ['creditloom-seal-2', ...said, headsRoot, headCount];
  return hash(lines.join('\n'));
}

/** What a leaf holds of an account: how far its chain went, and its signature there. */
export function headLine({ accountId, chainNo, head }: { accountId: string; chainNo: number; head: string }): string {
  return [accountId, chainNo, head].join('\n');
}

/** The root over records in their order, one after the other: what is kept grows with the logarithm of their number. */
export class MerkleRoot {
  /** Roots of full subtrees, the largest first; no two of one size. */
  private readonly peaks: { size: number; hash: string }[] = [];

  constructor(private readonly hash: HashText) {}

  add(record: string): void {
    let added = { size: 1, hash: leafHash(this.hash, record) };
    for (let last = this.peaks.at(-1); last?.size === added.size; last = this.peaks.at(-1)) {
      this.peaks.pop();
      added = { size: 2 * added.size, hash: nodeHash(this.hash, last.hash, added.hash) };
    }
    this.peaks.push(added);
  }

  root(): string {
    const [last, ...others] = this.peaks.map(({ hash }) => hash).reverse();
    if (last === undefined) return this.hash('creditloom-empty-1');
    return others.reduce((right, left) => nodeHash(this.hash, left, right), last);
  }
}

export function merkleRoot(hash: HashText, records: readonly string[]): string {
  const tree = new MerkleRoot(hash);
  for (const record of records) tree.add(record);
  return tree.root();
}

/** The path of one record, by its index from 0. Throws a RangeError for an index that is none. */
export function inclusionPath(hash: HashText, records: readonly string[], index: number): PathStep[] {
  if (!Number.isInteger(index) || index < 0 || index >= records.length) {
    throw new RangeError(`index ${index} is not one of ${records.length} records`);
  }
  const path: PathStep[] = [];
  let level = records.map((record) => leafHash(hash, record));
  for (let at = index; level.length > 1; at = Math.floor(at / 2)) {
    const other = level[at % 2 === 0 ? at + 1 : at - 1];
    // Without a neighbour it is promoted, not paired with itself: a doubled record would otherwise have the same root.
    if (other !== undefined) path.push({ side: at % 2 === 0 ? 'right' : 'left', hash: other });
    level = nextLevel(hash, level);
  }
  return path;
}

/** The root that a record and its path lead to. */
export function rootOfPath(hash: HashText, record: string, path: readonly PathStep[]): string {
  return path.reduce(
    (own, { side, hash: other }) => (side === 'left' ? nodeHash(hash, other, own) : nodeHash(hash, own, other)),
    leafHash(hash, record),
  );
}

function nextLevel(hash: HashText, level: readonly string[]): string[] {
  const next: string[] = [];
  for (let at = 0; at < level.length; at += 2) {
    const [left = '', right] = level.slice(at, at + 2);
    next.push(right === undefined ? left : nodeHash(hash, left, right));
  }
  return next;
}

function leafHash(hash: HashText, record: string): string {
  return hash(`creditloom-leaf-1\n${record}`);
}

function nodeHash(hash: HashText, left: string, right: string): string {
  return hash(`creditloom-node-1\n${left}\n${right}`);
}

/** Heads of accounts that moved since they were under a seal last: these go under the next one. */
export function headsToSeal<Head extends { accountId: string; chainNo: number }>(
  heads: readonly Head[],
  sealed: readonly { accountId: string; chainNo: number }[],
): Head[] {
  return heads
    .filter((head) => !sealed.some((each) => each.accountId === head.accountId && each.chainNo >= head.chainNo))
    .sort((one, other) => (one.accountId < other.accountId ? -1 : 1));
}
