/**
 * A credit decision from all that it rests on, and from nothing else: whoever decides, and whoever decides again what is
 * on record, asks this. Stored beside the decision, what it rests on makes the answer repeatable for as long as policy
 * versions and cards are kept.
 */
import type { LendingPolicy } from '../policy/lendingPolicy';
import type { OwnCredit } from './affordability';
import { assess, assessApprovedByPerson } from './assess';
import type { Assessment, AssessmentInput } from './assessment';
import type { CreditRequest } from './limits';

/** Who decides: the rules, a person, or the deadline of a referral that nobody decided. */
export type Decider =
  | { by: 'policy'; isStopped: boolean }
  | { by: 'person'; word: 'approve' | 'decline' }
  | { by: 'deadline' };

export interface DecisionBasis {
  /** With what a person saw proof of. */
  input: AssessmentInput;
  request: CreditRequest;
  /** Absent in decisions from before it counted. */
  ours?: OwnCredit | undefined;
  decider: Decider;
  /** The decision before this one; null for the first. */
  before: Assessment | null;
}

export function decideCredit(
  { input, request, ours, decider, before }: DecisionBasis,
  policy: LendingPolicy,
): Assessment {
  switch (decider.by) {
    case 'policy':
      // Nothing is judged by rules that may be what is wrong: a person decides, when it is over.
      return decider.isStopped
        ? undecided('referred', ['INCIDENT_MEASURE'], policy)
        : assess(input, request, policy, ours);
    case 'person':
      return decider.word === 'approve'
        ? assessApprovedByPerson(input, request, policy, ours)
        : declinedAfter(before, 'DECLINED_BY_PERSON', policy);
    case 'deadline':
      return declinedAfter(before, 'REFERRAL_DEADLINE_PASSED', policy);
  }
}

function declinedAfter(before: Assessment | null, reasonCode: string, policy: LendingPolicy): Assessment {
  const declined = undecided('declined', [reasonCode, ...(before?.reasonCodes ?? [])], policy);
  return { ...declined, scorePoints: before?.scorePoints, scoreParts: before?.scoreParts ?? {} };
}

function undecided(outcome: 'declined' | 'referred', reasonCodes: string[], policy: LendingPolicy): Assessment {
  const nothing = { scorePoints: undefined, scoreParts: {}, limitFen: 0, dailyRate: '0' };
  return { outcome, reasonCodes, ...nothing, policyVersion: policy.version };
}
