/** The chain of evidence as arithmetic: whatever is changed, removed, inserted or swapped has another root or hash. */
import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  inclusionPath,
  MerkleRoot,
  merkleRoot,
  NO_HASH,
  type RecordHead,
  recordHash,
  rootOfPath,
  sealHash,
} from '../../../src/domain/evidence/evidenceChain';

const hash = (text: string) => createHash('sha256').update(text, 'utf8').digest('hex');
const hex = fc.nat(1_000_000).map((number) => hash(String(number)));
const records = fc.uniqueArray(hex, { minLength: 1, maxLength: 40 });

describe('the tree', () => {
  test('of one, two and three records is as it is written down', () => {
    const [a, b, c] = ['a', 'b', 'c'].map(hash) as [string, string, string];
    const leaf = (text: string) => hash(`creditloom-leaf-1\n${text}`);
    const node = (left: string, right: string) => hash(`creditloom-node-1\n${left}\n${right}`);
    expect(merkleRoot(hash, [])).toBe(hash('creditloom-empty-1'));
    expect(merkleRoot(hash, [a])).toBe(leaf(a));
    expect(merkleRoot(hash, [a, b])).toBe(node(leaf(a), leaf(b)));
    expect(merkleRoot(hash, [a, b, c])).toBe(node(node(leaf(a), leaf(b)), leaf(c)));
    // With the odd one doubled these two would be one.
    expect(merkleRoot(hash, [a, b, c, c])).not.toBe(merkleRoot(hash, [a, b, c]));
  });

  test('leads from each record to the root, and from no other', () => {
    fc.assert(
      fc.property(records, fc.nat(), hex, (all, at, other) => {
        const index = at % all.length;
        const record = all[index] ?? '';
        const path = inclusionPath(hash, all, index);
        expect(rootOfPath(hash, record, path)).toBe(merkleRoot(hash, all));
        if (other !== record) expect(rootOfPath(hash, other, path)).not.toBe(merkleRoot(hash, all));
      }),
    );
  });

  test('changes its root with a record changed, removed, inserted or swapped', () => {
    fc.assert(
      fc.property(records, fc.nat(), fc.nat(), hex, (all, first, second, other) => {
        const root = merkleRoot(hash, all);
        const [i, j] = [first % all.length, second % all.length];
        const swapped = all.map((each, at) => (at === i ? all[j] : at === j ? all[i] : each) ?? '');
        if (i !== j) expect(merkleRoot(hash, swapped)).not.toBe(root);
        expect(merkleRoot(hash, all.toSpliced(i, 1))).not.toBe(root);
        expect(merkleRoot(hash, all.toSpliced(i, 0, other))).not.toBe(root);
        if (all[i] !== other) expect(merkleRoot(hash, all.with(i, other))).not.toBe(root);
      }),
    );
  });

  test('can be read at any moment, and grows on', () => {
    const tree = new MerkleRoot(hash);
    const added: string[] = [];
    for (let number = 0; number < 20; number += 1) {
      expect(tree.root()).toBe(merkleRoot(hash, added));
      added.push(hash(String(number)));
      tree.add(hash(String(number)));
    }
  });

  test('has no path for an index that is none', () => {
    expect(() => inclusionPath(hash, [hash('a')], 1)).toThrow(RangeError);
  });
});

const RECORD: RecordHead = {
  tenantId: 'lender',
  sequence: 7,
  prevHash: NO_HASH,
  kind: 'notice-decision',
  subjectKind: 'notice',
  subjectId: 'n-1',
  bodyHash: hash('body'),
  atMs: 1_000,
};

describe('hashes', () => {
  test.each(Object.keys(RECORD) as (keyof RecordHead)[])('of a record covers its %s to the last byte', (field) => {
    const before = recordHash(hash, RECORD);
    const value = RECORD[field];
    const changed = typeof value === 'number' ? value + 1 : `${value}x`;
    expect(recordHash(hash, { ...RECORD, [field]: changed })).not.toBe(before);
  });

  test('of a seal covers each of its fields', () => {
    const seal = {
      tenantId: 'lender',
      businessDate: '2026-03-02',
      firstSequence: 1,
      lastSequence: 2,
      merkleRoot: hash('root'),
      prevSealHash: NO_HASH,
    };
    const before = sealHash(hash, seal);
    for (const [field, value] of Object.entries(seal)) {
      const changed = typeof value === 'number' ? value + 1 : `${value}x`;
      expect(sealHash(hash, { ...seal, [field]: changed })).not.toBe(before);
    }
  });
});
