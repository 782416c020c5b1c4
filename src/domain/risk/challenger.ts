/**
 * Champion and challenger (冠军/挑战者): a second card scores each case that the first one scored, in the shadow. Its points
 * and what it would have answered are stored beside the decision, and nothing of them decides.
 */
import type { LendingPolicy, Scorecard } from '../policy/lendingPolicy';
import type { OwnCredit } from './affordability';
import { assess } from './assess';
import type { AssessmentInput } from './assessment';
import type { RiskCard } from './cards/card';
import { scoreByCard } from './cards/cardScore';
import type { CreditRequest } from './limits';
import type { ModelForm } from './modelStages';
import { CHARACTERISTICS, type CompleteInput, characteristicsOf } from './scorecard';

export interface Challenger {
  model: string;
  cardHash: string;
  form: ModelForm;
  content: Scorecard | RiskCard;
}

export interface ShadowScore {
  model: string;
  cardHash: string;
  points: number;
  /** With the bounds of the policy; of a trained card, with its own cut-off. */
  outcome: 'approved' | 'referred' | 'declined';
}

interface Scored {
  input: AssessmentInput;
  request: CreditRequest;
  policy: LendingPolicy;
  ours?: OwnCredit | undefined;
  /** Of the champion: undefined where no card was asked. */
  scorePoints: number | undefined;
}

/** Undefined where the champion did not score, and for a card that looks at what no application has. */
export function shadowOf({ form, content, model, cardHash }: Challenger, scored: Scored): ShadowScore | undefined {
  const { input, request, policy, ours, scorePoints } = scored;
  if (scorePoints === undefined) return undefined;
  if (form === 'trained') {
    const card = content as RiskCard;
    if (!isOfApplications(card)) return undefined;
    const { points } = scoreByCard(card, characteristicsOf(input as CompleteInput));
    return { model, cardHash, points, outcome: points >= card.cutOff ? 'approved' : 'declined' };
  }
  const assessment = { ...policy.assessment, scorecard: content as Scorecard };
  const judged = assess(input, request, { ...policy, assessment }, ours);
  if (judged.scorePoints === undefined) return undefined;
  return { model, cardHash, points: judged.scorePoints, outcome: judged.outcome };
}

/** Whether each column of a trained card is a characteristic of an application. */
export function isOfApplications({ columns }: RiskCard): boolean {
  return columns.every(({ name, kind }) => kind !== 'category' && Object.hasOwn(CHARACTERISTICS, name));
}
