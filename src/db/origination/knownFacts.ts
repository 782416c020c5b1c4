/** What a judgement would know now: for who is shown one, and decides nothing by it. */
import {
  type GatheredFacts,
  gatherFacts,
  type SeenRecord,
  usableRecords,
} from '../../domain/origination/gatheredFacts';
import type { LendingPolicy } from '../../domain/policy/lendingPolicy';
import type { Reader } from '../transaction';
import type { ApplicationRow } from './applications';
import { readConsentedRecords, readSourceRecords } from './sourceRecords';

export async function readKnownFacts(
  reader: Reader,
  row: Pick<ApplicationRow, 'tenantId' | 'applicationId' | 'facts' | 'receivedAtMs'>,
  { policy, asOfMs }: { policy: LendingPolicy; asOfMs: number },
): Promise<GatheredFacts> {
  const { sources } = policy.assessment;
  const atMs = Math.max(asOfMs, row.receivedAtMs);
  const all: SeenRecord[] = await readSourceRecords(reader, row);
  const consented = await readConsentedRecords(reader, { ...row, atMs });
  const ids = new Set(consented.map(({ recordId }) => recordId));
  const told = all.some(({ sourceKind }) => sourceKind === 'application') ? [] : [toldBefore(row)];
  const usable = usableRecords([...told, ...all], { sources, atMs });
  const isIn = (record: SeenRecord) => told.includes(record) || ids.has(record.recordId);
  const refused = usable.filter((record) => !isIn(record)).map(({ sourceKind }) => sourceKind);
  return gatherFacts(usable.filter(isIn), { sources, refused });
}

/** An application of before there were records is given one when it is judged next. */
function toldBefore({ facts, receivedAtMs }: Pick<ApplicationRow, 'facts' | 'receivedAtMs'>): SeenRecord {
  return {
    recordId: '',
    sourceKind: 'application',
    status: 'partial',
    missing: [],
    figures: facts,
    seenAtMs: receivedAtMs,
  };
}
