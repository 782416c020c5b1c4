/**
 * Deciding again what is on record, as it was known then: the answer of today's code, from the facts, the policy version
 * and the card of then, beside the answer that was given.
 */
import type { SourceKind } from '../origination/dataSources';
import type { GatheredFacts } from '../origination/gatheredFacts';
import type { LendingPolicy } from '../policy/lendingPolicy';
import type { OwnCredit } from './affordability';
import type { Assessment, ProvedFigures } from './assessment';
import type { ShadowScore } from './challenger';
import { type Decider, type DecisionBasis, decideCredit, recourseOfDecision } from './creditDecision';
import type { CreditRequest } from './limits';
import type { ModelStanding } from './modelStanding';
import type { Recourse } from './recourse';

/** What a decision says of itself, as it is stored. */
export interface DecisionBody extends Assessment {
  /** Absent in decisions from before it was kept. */
  basis?: StoredBasis;
  recourse?: Recourse;
  /** Where a person decided. */
  byPerson?: { decision: 'approve' | 'decline' };
  proved?: ProvedFigures;
  /** What a challenger made of it; it decides nothing, so that it is not compared. */
  shadow?: ShadowScore;
}

/** Of the inputs their hashes: they are kept apart from the decision. */
interface StoredBasis {
  inputHash: string;
  requestHash: string;
  ours: OwnCredit;
  decider: Decider;
  cardVersion: string;
  /** Of the card then; absent where it was not governed. */
  standing?: ModelStanding;
  /** Kinds of sources whose records no consent let in; absent where it rests on nothing that was told or seen. */
  refused?: SourceKind[];
}

export interface RecordedDecision {
  body: DecisionBody;
  decidedBy: string;
  /** What was let into it; of one from before there were inputs, what its application told. */
  gathered: GatheredFacts;
  request: CreditRequest;
}

/** What it rests on, as it was known then. `before`: the answer of the decision before it. */
export function basisOf(
  { body, decidedBy, gathered, request }: RecordedDecision,
  before: Assessment | null,
): DecisionBasis {
  return {
    gathered,
    proved: body.proved,
    request,
    ours: body.basis?.ours,
    decider: deciderOf(body, decidedBy),
    standing: body.basis?.standing,
    before,
  };
}

/** The answer as it was given, without what it rests on. */
export function answerOnRecord({ body }: RecordedDecision): object {
  const { outcome, reasonCodes, scorePoints, scoreParts, limitFen, dailyRate, rateReasonCode, policyVersion } = body;
  const { recourse } = body;
  const price = { limitFen, dailyRate, rateReasonCode };
  return { outcome, reasonCodes, scorePoints, scoreParts, ...price, policyVersion, recourse };
}

/** The same decided again. */
export function answerAgain(basis: DecisionBasis, { body }: RecordedDecision, policy: LendingPolicy): object {
  const again = decideCredit(basis, policy);
  // Decisions from before it was kept said nothing of what would change them.
  return { ...again, recourse: body.basis && recourseOfDecision(basis, policy, again) };
}

function deciderOf({ basis, byPerson, reasonCodes }: DecisionBody, decidedBy: string): Decider {
  if (basis) return basis.decider;
  if (byPerson) return { by: 'person', word: byPerson.decision };
  if (decidedBy === 'deadline') return { by: 'deadline' };
  return { by: 'policy', isStopped: reasonCodes[0] === 'INCIDENT_MEASURE' };
}
