/** Seals the chain of evidence at the end of a business date; the arithmetic is of the domain, the guard of the database. */
import { textHash } from '../db/contentHash';
import { sealHeads } from '../db/statements/accountChains';
import {
  insertSeal,
  lastSeal,
  lastSequenceBefore,
  lockEvidence,
  lockSeals,
  readEvidence,
  type SealRow,
  sealFrom,
} from '../db/statements/evidence';
import type { Client } from '../db/transaction';
import type { IsoDate } from '../domain/calendar';
import { endOfDateMs, SHANGHAI } from '../domain/clock';
import { headLine, MerkleRoot, merkleRoot, NO_HASH, sealHash } from '../domain/evidence';

const BATCH = 1000;

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
