/** The facts of a decision: let in by their consents, and read through what was let in. */
import type { SourcesToAsk } from '../../contracts/activities';
import type { ApplicationRow } from '../../db/origination/applications';
import { admitRecords, nextDecisionId, readSourceRecords } from '../../db/origination/sourceRecords';
import { keepTold } from '../../db/origination/toldFacts';
import type { Client } from '../../db/transaction';
import type { SourceKind } from '../../domain/origination/dataSources';
import { type GatheredFacts, gatherFacts, kindsToAsk, usableRecords } from '../../domain/origination/gatheredFacts';
import { nextRoundAtMs } from '../../domain/origination/sourceRounds';
import type { LendingPolicy } from '../../domain/policy/lendingPolicy';

export interface AdmittedFacts {
  /** Of the decision that is made of them. */
  decisionId: number;
  gathered: GatheredFacts;
  /** As the decision keeps them, and with it the evidence. */
  inputs: { recordId: string; sourceKind: SourceKind; contentHash: string }[];
  /** Kinds of those that no valid consent let in. */
  refused: SourceKind[];
}

/**
 * Enters into a decision what its consents let in, and gives that back. To be followed by the decision in the same
 * transaction: an input without one is not kept.
 */
export async function admitFacts(
  client: Client,
  row: ApplicationRow,
  { policy, asOfMs }: { policy: LendingPolicy; asOfMs: number },
): Promise<AdmittedFacts> {
  // Of an application from before there were records.
  await keepTold(client, row);
  // An application is not judged before it came, whatever the clocks of two machines say.
  const usedAtMs = Math.max(asOfMs, row.receivedAtMs);
  const { sources } = policy.assessment;
  const usable = usableRecords(await readSourceRecords(client, row), { sources, atMs: usedAtMs });
  const decisionId = await nextDecisionId(client);
  const { records, refused } = await admitRecords(client, { decisionId, usedAtMs, records: usable });
  return {
    decisionId,
    refused,
    gathered: gatherFacts(records, { sources, refused }),
    inputs: records.map(({ recordId, sourceKind, contentHash }) => ({ recordId, sourceKind, contentHash })),
  };
}

/** Whom to ask again for a referral, and when; undefined where nobody is, or the time for it is over. */
export function nextToAsk(
  gathered: GatheredFacts,
  { receivedAtMs }: ApplicationRow,
  { policy, asOfMs, round }: { policy: LendingPolicy; asOfMs: number; round: number },
): SourcesToAsk | undefined {
  const { sources } = policy.assessment;
  const kinds = kindsToAsk(gathered);
  if (!sources || kinds.length === 0) return undefined;
  const atMs = nextRoundAtMs(sources, { round: Math.max(1, round), askedAtMs: asOfMs, receivedAtMs });
  return atMs === undefined ? undefined : { kinds, round: round + 1, atMs };
}
