/** The chain of evidence on a real PostgreSQL: without gap or fork under load, and guarded against any statement. */
import { describe, expect, test } from '@jest/globals';
import { sealDay } from '../../../src/activities/evidence/sealing';
import { textHash } from '../../../src/db/contentHash';
import { appendEvidence, type EvidenceInput, readEvidence } from '../../../src/db/evidence/evidenceRecords';
import { ensureTenant } from '../../../src/db/operations/tenants';
import { type Client, inTransaction } from '../../../src/db/transaction';
import { merkleRoot, NO_HASH, recordHash, sealHash } from '../../../src/domain/evidence/evidenceChain';
import { DAY_MS, NOW_MS, useDatabase } from '../testDatabase';

const database = useDatabase();
const run = <Result>(work: (client: Client) => Promise<Result>) => inTransaction(database.pool, work);

let tenants = 0;
/** A chain of its own for each test. */
async function newTenant(): Promise<string> {
  tenants += 1;
  const tenantId = `chain-${tenants}`;
  await inTransaction(database.owner, (client) => ensureTenant(client, { tenantId, name: 'A lender' }));
  return tenantId;
}

const input = (subjectId: string, changes: Partial<EvidenceInput> = {}): EvidenceInput => ({
  kind: 'incident-decision',
  subjectKind: 'incident',
  subjectId,
  body: { zebra: 1, about: ['文', undefined, 'b'], left: undefined },
  atMs: NOW_MS,
  ...changes,
});

const append = (tenantId: string, ...records: EvidenceInput[]) =>
  run((client) => appendEvidence(client, { tenantId, records }));
const chain = (tenantId: string) => readEvidence(database.pool, { tenantId, fromSequence: 1, limit: 10_000 });
const seal = (tenantId: string, date: string) => run((client) => sealDay(client, { tenantId, date }));

describe('appending', () => {
  test('links each record to the one before, with the hashes that the domain computes', async () => {
    const tenantId = await newTenant();
    await append(tenantId, input('a'), input('b'));
    await append(tenantId, input('c'));
    const rows = await chain(tenantId);
    expect(rows.map(({ sequence, subjectId }) => [sequence, subjectId])).toEqual([
      [1, 'a'],
      [2, 'b'],
      [3, 'c'],
    ]);
    let prevHash = NO_HASH;
    for (const row of rows) {
      expect(row.prevHash).toBe(prevHash);
      expect(row.recordHash).toBe(recordHash(textHash, { tenantId, ...row }));
      prevHash = row.recordHash;
    }
    expect(rows[0]?.body).toEqual({ zebra: 1, about: ['文', null, 'b'] });
  });

  test('of nothing leaves the chain to others', async () => {
    const tenantId = await newTenant();
    await run(async (holder) => {
      await appendEvidence(holder, { tenantId, records: [input('held')] });
      await append(tenantId);
    });
    expect(await chain(tenantId)).toHaveLength(1);
  });

  test('by many connections at once leaves no gap and no fork, also when some roll back', async () => {
    const tenantId = await newTenant();
    const work = Array.from({ length: 60 }, (_, number) =>
      run(async (client) => {
        await appendEvidence(client, { tenantId, records: [input(`${number}-a`), input(`${number}-b`)] });
        if (number % 5 === 0) throw new Error('taken back');
      }).catch(() => undefined),
    );
    await Promise.all(work);
    const rows = await chain(tenantId);
    expect(rows).toHaveLength(96);
    expect(rows.map(({ sequence }) => sequence)).toEqual(rows.map((_, at) => at + 1));
    rows.forEach((row, at) => {
      expect(row.prevHash).toBe(rows[at - 1]?.recordHash ?? NO_HASH);
    });
  });
});

describe('the database refuses', () => {
  const insert = (tenantId: string, sequence: number, prevHash: string, changes: { recordHash?: string } = {}) => {
    const head = { tenantId, sequence, prevHash, kind: 'incident-decision', subjectKind: 'incident', subjectId: 'x' };
    const row = { ...head, bodyHash: textHash('{}'), atMs: NOW_MS };
    return database.owner.query(
      `insert into evidence_record (tenant_id, sequence, kind, subject_kind, subject_id, body, body_hash, prev_hash,
         record_hash, at_ms) values ($1, $2, $3, $4, $5, '{}', $6, $7, $8, $9)`,
      [
        tenantId,
        sequence,
        row.kind,
        row.subjectKind,
        row.subjectId,
        row.bodyHash,
        prevHash,
        changes.recordHash ?? recordHash(textHash, row),
        NOW_MS,
      ],
    );
  };

  test('a gap, another record before, a false hash, and a second record in one place', async () => {
    const tenantId = await newTenant();
    await append(tenantId, input('a'));
    const [first] = await chain(tenantId);
    const head = first?.recordHash ?? '';
    await expect(insert(tenantId, 3, head)).rejects.toThrow('record 3 does not follow record 1');
    await expect(insert(tenantId, 1, NO_HASH)).rejects.toThrow('record 1 does not follow record 1');
    await expect(insert(tenantId, 2, NO_HASH)).rejects.toThrow('record 2 does not follow record 1');
    await expect(insert(tenantId, 2, head, { recordHash: textHash('x') })).rejects.toThrow('its hash is not that');
    await insert(tenantId, 2, head);
  });

  test('a line break, by which two records could read the same', async () => {
    const tenantId = await newTenant();
    await expect(append(tenantId, input('a\nb'))).rejects.toThrow('subject_id_check');
  });

  test.each(['evidence_record', 'evidence_seal', 'evidence_begin'])('changes and removals of %s', async (table) => {
    const tenantId = await newTenant();
    await append(tenantId, input('a'));
    await seal(tenantId, '2026-03-02');
    await database.owner.query('insert into evidence_begin values ($1, 0, 0, 0)', [tenantId]);
    const { owner: pool } = database;
    await expect(pool.query(`update ${table} set tenant_id = tenant_id`)).rejects.toThrow('append-only');
    await expect(pool.query(`delete from ${table}`)).rejects.toThrow('append-only');
    await expect(pool.query(`truncate ${table}`)).rejects.toThrow('append-only');
  });

  test('a seal that does not follow, or whose hash is false', async () => {
    const tenantId = await newTenant();
    await append(tenantId, input('a'));
    const { sealHash: before } = await seal(tenantId, '2026-03-02');
    const insertSeal = (date: string, first: number, last: number, prev: string, forged?: string) => {
      const head = { tenantId, businessDate: date, firstSequence: first, lastSequence: last, prevSealHash: prev };
      const root = textHash('root');
      const heads = { headsRoot: textHash('heads'), headCount: 0 };
      return database.owner.query(
        `insert into evidence_seal (tenant_id, business_date, first_sequence, last_sequence, merkle_root, prev_seal_hash,
           seal_hash, heads_root, head_count) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
        [
          tenantId,
          date,
          first,
          last,
          root,
          prev,
          forged ?? sealHash(textHash, { ...head, merkleRoot: root, ...heads }),
          heads.headsRoot,
          heads.headCount,
        ],
      );
    };
    await expect(insertSeal('2026-03-01', 2, 1, before)).rejects.toThrow('does not follow');
    await expect(insertSeal('2026-03-03', 1, 1, before)).rejects.toThrow('does not follow');
    await expect(insertSeal('2026-03-03', 2, 1, NO_HASH)).rejects.toThrow('does not follow');
    await expect(insertSeal('2026-03-03', 2, 2, before)).rejects.toThrow('not there');
    await expect(insertSeal('2026-03-03', 2, 1, before, textHash('x'))).rejects.toThrow('its hash is not that');
  });
});

describe('sealing', () => {
  test('takes what belongs to the date and everything before it, once, and a silent date as well', async () => {
    const tenantId = await newTenant();
    await append(tenantId, input('a'), input('b'), input('next day', { atMs: NOW_MS + DAY_MS }));
    const rows = await chain(tenantId);
    const first = await seal(tenantId, '2026-03-02');
    expect(first).toMatchObject({ firstSequence: 1, lastSequence: 2, prevSealHash: NO_HASH });
    expect(first.merkleRoot).toBe(
      merkleRoot(
        textHash,
        rows.slice(0, 2).map(({ recordHash: each }) => each),
      ),
    );
    expect(await seal(tenantId, '2026-03-02')).toEqual(first);
    expect(await seal(tenantId, '2026-03-01')).toEqual(first);
    const second = await seal(tenantId, '2026-03-03');
    expect(second).toMatchObject({ firstSequence: 3, lastSequence: 3, prevSealHash: first.sealHash });
    const silent = await seal(tenantId, '2026-03-04');
    expect(silent).toMatchObject({ firstSequence: 4, lastSequence: 3, merkleRoot: merkleRoot(textHash, []) });
  });
});
