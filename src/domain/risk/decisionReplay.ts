/**
 * Deciding again what is on record, as it was known then: the answer of today's code, from the facts, the policy version
 * and the card of then, beside the answer that was given.
 */
import type { LendingPolicy } from '../policy/lendingPolicy';
import type { OwnCredit } from './affordability';
import { type Assessment, type AssessmentInput, type ProvedFigures, withProved } from './assessment';
import { type Decider, decideCredit } from './creditDecision';
import type { CreditRequest } from './limits';
import { type Recourse, recourseOf } from './recourse';

/** What a decision says of itself, as it is stored. */
export interface DecisionBody extends Assessment {
  /** Absent in decisions from before it was kept. */
  basis?: StoredBasis;
  recourse?: Recourse;
  /** Where a person decided. */
  byPerson?: { decision: 'approve' | 'decline' };
  proved?: ProvedFigures;
}

/** Of the inputs their hashes: they are kept apart from the decision. */
export interface StoredBasis {
  inputHash: string;
  requestHash: string;
  ours: OwnCredit;
  decider: Decider;
  cardVersion: string;
}

export interface RecordedDecision {
  body: DecisionBody;
  decidedBy: string;
  /** As it was told with the application. */
  facts: AssessmentInput;
  request: CreditRequest;
}

/** The input of a decision: what was told, and what a person saw proof of for that decision. */
export function inputOf({ body, facts }: RecordedDecision): AssessmentInput {
  return deciderOf(body, '').by === 'person' ? withProved(facts, body.proved) : facts;
}

/** The answer as it was given, without what it rests on. */
export function answerOnRecord({ body }: RecordedDecision): object {
  const { outcome, reasonCodes, scorePoints, scoreParts, limitFen, dailyRate, rateReasonCode, policyVersion } = body;
  const { recourse } = body;
  const price = { limitFen, dailyRate, rateReasonCode };
  return { outcome, reasonCodes, scorePoints, scoreParts, ...price, policyVersion, recourse };
}

/** The same decided again. `before`: the answer of the decision before it. */
export function answerAgain(recorded: RecordedDecision, before: Assessment | null, policy: LendingPolicy): object {
  const { body, decidedBy, request } = recorded;
  const input = inputOf(recorded);
  const ours = body.basis?.ours;
  const again = decideCredit({ input, request, ours, decider: deciderOf(body, decidedBy), before }, policy);
  // Decisions from before it was kept said nothing of what would change them.
  return { ...again, recourse: body.basis && recourseOf({ input, request, policy, ours }, again) };
}

function deciderOf({ basis, byPerson, reasonCodes }: DecisionBody, decidedBy: string): Decider {
  if (basis) return basis.decider;
  if (byPerson) return { by: 'person', word: byPerson.decision };
  if (decidedBy === 'deadline') return { by: 'deadline' };
  return { by: 'policy', isStopped: reasonCodes[0] === 'INCIDENT_MEASURE' };
}
