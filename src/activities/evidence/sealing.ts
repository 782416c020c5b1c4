/** Seals the chain of evidence at the end of a business date; the arithmetic is of the domain, the guard of the database. */
import type { SealActivities } from '../../contracts/activities';
import { textHash } from '../../db/contentHash';
import { sealHeads } from '../../db/evidence/accountChains';
import {
  insertSeal,
  lastSeal,
  lastSequenceBefore,
  lockEvidence,
  lockSeals,
  readEvidence,
  type SealRow,
  sealFrom,
} from '../../db/evidence/evidenceRecords';
import { type Client, inTransaction } from '../../db/transaction';
import { headLine, MerkleRoot, merkleRoot, NO_HASH, sealHash } from '../../domain/evidence/evidenceChain';
import { addDays, type IsoDate } from '../../domain/values/calendar';
import { endOfDateMs, SHANGHAI } from '../../domain/values/clock';
import type { ActivityDependencies } from '../dependencies';

const BATCH = 1000;

export interface SealInput {
  tenantId: string;
  date: IsoDate;
}

/** The seal that covers a date; `isNew`: it was made now. */
export interface Sealed {
  isNew: boolean;
  row: SealRow;
}

type SealDependencies = Pick<ActivityDependencies, 'pool'> & { heartbeat?(): void };

export function createSealActivities({
  pool,
  heartbeat,
}: SealDependencies): SealActivities & { sealDate(input: SealInput): Promise<Sealed> } {
  const sealDate = ({ tenantId, date }: SealInput) =>
    inTransaction(pool, async (client) => {
      const covering = await sealFrom(client, { tenantId, date });
      return { isNew: covering === undefined, row: await sealDay(client, { tenantId, date }) };
    });
  return {
    // Safe to retry: a date that a seal covers is not sealed again.
    sealDate,
    // Safe to retry: it goes on after the last seal.
    async sealDates({ tenantId, fromDate, throughDate }) {
      const before = await lastSeal(pool, { tenantId });
      const first = before ? addDays(before.businessDate, 1) : fromDate;
      for (let date = first; date < throughDate; date = addDays(date, 1)) {
        await sealDate({ tenantId, date });
        heartbeat?.();
      }
      const { row } = await sealDate({ tenantId, date: throughDate });
      return { sealedThrough: row.businessDate };
    },
  };
}

/**
 * Seals everything up to the end of the date that no seal covers yet; a date on which nothing was recorded has an empty
 * seal. Done again, also for an earlier date, it returns the seal that covers the date. In a transaction.
 */
export async function sealDay(
  client: Client,
  { tenantId, date }: { tenantId: string; date: IsoDate },
): Promise<SealRow> {
  await lockSeals(client, { tenantId });
  const covering = await sealFrom(client, { tenantId, date });
  if (covering) return covering;
  // Before the chain of evidence is held. No account is held at all: a payment that commits meanwhile is under the next.
  const heads = await sealHeads(client, { tenantId, businessDate: date });
  await lockEvidence(client, { tenantId });
  const before = await lastSeal(client, { tenantId });
  const firstSequence = (before?.lastSequence ?? 0) + 1;
  const last = await lastSequenceBefore(client, { tenantId, beforeMs: endOfDateMs(date, SHANGHAI) });
  const lastSequence = Math.max(firstSequence - 1, last);
  const seal = {
    businessDate: date,
    firstSequence,
    lastSequence,
    merkleRoot: await rootOf(client, { tenantId, firstSequence, lastSequence }),
    prevSealHash: before?.sealHash ?? NO_HASH,
    headsRoot: merkleRoot(textHash, heads.map(headLine)),
    headCount: heads.length,
  };
  const sealed = { ...seal, sealHash: sealHash(textHash, { tenantId, ...seal }) };
  await insertSeal(client, { tenantId, ...sealed });
  return sealed;
}

async function rootOf(
  client: Client,
  { tenantId, firstSequence, lastSequence }: { tenantId: string; firstSequence: number; lastSequence: number },
): Promise<string> {
  const tree = new MerkleRoot(textHash);
  for (let from = firstSequence; from <= lastSequence; from += BATCH) {
    const limit = Math.min(BATCH, lastSequence - from + 1);
    for (const { recordHash } of await readEvidence(client, { tenantId, fromSequence: from, limit })) {
      tree.add(recordHash);
    }
  }
  return tree.root();
}
