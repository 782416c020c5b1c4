/**
 * A credit decision from all that it rests on, and from nothing else: whoever decides, and whoever decides again what is
 * on record, asks this. Stored beside the decision, what it rests on makes the answer repeatable for as long as policy
 * versions and cards are kept.
 */
import { assessGathered, type GatheredFacts } from '../origination/gatheredFacts';
import type { LendingPolicy } from '../policy/lendingPolicy';
import type { OwnCredit } from './affordability';
import { assessApprovedByPerson } from './assess';
import { type Assessment, type AssessmentInput, type ProvedFigures, withProved } from './assessment';
import type { CreditRequest } from './limits';
import { isUnfitCard, judgedByStanding, type ModelStanding } from './modelStanding';
import { type Recourse, recourseOf } from './recourse';

/**
 * Who decides: the rules, a person, or the deadline of a referral that nobody decided. An objection turns a decline into
 * a review, and the deadline of that calls a person again. `isStopped`: an incident stops applications. `isOver`: no
 * source is asked any more.
 */
export type Decider =
  | { by: 'policy'; isStopped: boolean; isOver?: boolean | undefined }
  | { by: 'person'; word: 'approve' | 'decline' }
  | { by: 'deadline' }
  | { by: 'objection' }
  | { by: 'review-deadline' };

export interface DecisionBasis {
  /** What was let into the decision. */
  gathered: GatheredFacts;
  /** What a person saw proof of, for this decision. */
  proved?: ProvedFigures | undefined;
  request: CreditRequest;
  /** Absent in decisions from before it counted. */
  ours?: OwnCredit | undefined;
  decider: Decider;
  /** Of the card; absent where it is not governed. */
  standing?: ModelStanding | undefined;
  /** The decision before this one; null for the first. */
  before: Assessment | null;
}

/** What is judged: of a person's decision with what was proved for it. */
export function inputOf({
  gathered,
  proved,
  decider,
}: Pick<DecisionBasis, 'gathered' | 'proved' | 'decider'>): AssessmentInput {
  return decider.by === 'person' ? withProved(gathered.facts, proved) : gathered.facts;
}

export function decideCredit(basis: DecisionBasis, policy: LendingPolicy): Assessment {
  const { gathered, request, ours, decider, standing, before } = basis;
  switch (decider.by) {
    case 'policy':
      // Nothing is judged by rules that may be what is wrong: a person decides, when it is over.
      return decider.isStopped
        ? undecided('referred', ['INCIDENT_MEASURE'], policy)
        : judgedByStanding(assessGathered(gathered, request, policy, { isOver: decider.isOver, ours }), standing);
    case 'person':
      return decider.word === 'approve'
        ? assessApprovedByPerson(inputOf(basis), request, policy, ours)
        : declinedAfter(before, 'DECLINED_BY_PERSON', policy);
    case 'deadline':
      return declinedAfter(before, 'REFERRAL_DEADLINE_PASSED', policy);
    case 'objection':
      return after(before, 'referred', 'OBJECTION', policy);
    case 'review-deadline':
      return after(before, 'referred', 'OBJECTION_OVERDUE', policy);
  }
}

/** What would change the answer; nothing of a person's facts does while the card may not decide. */
export function recourseOfDecision(
  basis: DecisionBasis,
  policy: LendingPolicy,
  answer: Assessment,
): Recourse | undefined {
  const { request, ours, decider } = basis;
  // It is not of the facts: an incident stops it, or no card may judge.
  const isStopped = decider.by === 'policy' && decider.isStopped;
  return isStopped || isUnfitCard(answer)
    ? undefined
    : recourseOf({ input: inputOf(basis), request, policy, ours }, answer);
}

function declinedAfter(before: Assessment | null, reasonCode: string, policy: LendingPolicy): Assessment {
  return after(before, 'declined', reasonCode, policy);
}

/** For this reason and all those of the answer before it; one that comes again is named once. */
function after(
  before: Assessment | null,
  outcome: 'declined' | 'referred',
  reasonCode: string,
  policy: LendingPolicy,
): Assessment {
  const others = before?.reasonCodes.filter((code) => code !== reasonCode) ?? [];
  const answer = undecided(outcome, [reasonCode, ...others], policy);
  return { ...answer, scorePoints: before?.scorePoints, scoreParts: before?.scoreParts ?? {} };
}

/** A decline that no person made may be objected to; after an objection the answer is a person's, and stands. */
export function mayObject({ outcome }: Pick<Assessment, 'outcome'>, decider: Decider): boolean {
  return outcome === 'declined' && (decider.by === 'policy' || decider.by === 'deadline');
}

function undecided(outcome: 'declined' | 'referred', reasonCodes: string[], policy: LendingPolicy): Assessment {
  const nothing = { scorePoints: undefined, scoreParts: {}, limitFen: 0, dailyRate: '0' };
  return { outcome, reasonCodes, ...nothing, policyVersion: policy.version };
}
