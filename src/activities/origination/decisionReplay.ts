/** Decides again every decision on record, and says which answers are other than they were. Reads only. */
import { contentHash } from '../../db/contentHash';
import { type DecidedApplication, readDecidedApplications } from '../../db/origination/decidedApplications';
import { readRecordsOf } from '../../db/origination/sourceRecords';
import { inRepeatableRead } from '../../db/snapshot';
import type { Client } from '../../db/transaction';
import { type GatheredFacts, gatherFacts, NOTHING_GATHERED } from '../../domain/origination/gatheredFacts';
import type { LendingPolicy } from '../../domain/policy/lendingPolicy';
import type { Assessment } from '../../domain/risk/assessment';
import { inputOf } from '../../domain/risk/creditDecision';
import { answerAgain, answerOnRecord, basisOf } from '../../domain/risk/decisionReplay';
import type { BookDependencies } from '../bookDependencies';

/** Of a large table one page at a time. */
const PAGE = 500;

interface DecisionReplay {
  decisions: number;
  /** Whose answer, or whose input, is no longer what was recorded. */
  differing: { decisionId: number; applicationId: string; what: 'answer' | 'input'; was: string; is: string }[];
}

export interface DecisionReplays {
  replayDecisions(query: { tenantId: string; applicationId?: string | undefined }): Promise<DecisionReplay>;
}

export function createDecisionReplay({ pool, policies }: Pick<BookDependencies, 'pool' | 'policies'>): DecisionReplays {
  return {
    replayDecisions: (query) =>
      inRepeatableRead(pool, async (client) => {
        const found: DecisionReplay = { decisions: 0, differing: [] };
        const before = new Map<string, Assessment>();
        for (let afterId = 0; ; ) {
          const page = await readDecidedApplications(client, { ...query, afterId, limit: PAGE });
          for (const decision of page) await replayOne(client, policies, { decision, before, found });
          const last = page.at(-1);
          if (!last || page.length < PAGE) return found;
          afterId = last.decisionId;
        }
      }),
  };
}

async function replayOne(
  client: Client,
  policies: BookDependencies['policies'],
  { decision, before, found }: { decision: DecidedApplication; before: Map<string, Assessment>; found: DecisionReplay },
): Promise<void> {
  const { tenantId, applicationId, decisionId, policyVersion, body } = decision;
  const policy = await policies.version(client, tenantId, policyVersion);
  const recorded = { ...decision, gathered: await gatheredThen(client, decision, policy) };
  const basis = basisOf(recorded, before.get(applicationId) ?? null);
  before.set(applicationId, body);
  found.decisions += 1;
  const compare = (what: 'answer' | 'input', was: string, is: string) => {
    if (was !== is) found.differing.push({ decisionId, applicationId, what, was, is });
  };
  compare('answer', contentHash(answerOnRecord(recorded)), contentHash(answerAgain(basis, recorded, policy)));
  if (body.basis) compare('input', body.basis.inputHash, contentHash(inputOf(basis)));
}

/** What was let in by its consents then. One from before there were inputs rests on what its application told. */
async function gatheredThen(
  client: Client,
  { tenantId, decisionId, body, facts }: DecidedApplication,
  { assessment: { sources } }: LendingPolicy,
): Promise<GatheredFacts> {
  if (!body.basis) return { facts, gaps: [], isRefused: false };
  const { refused } = body.basis;
  if (!refused) return NOTHING_GATHERED;
  return gatherFacts(await readRecordsOf(client, { tenantId, decisionId }), { sources, refused });
}
