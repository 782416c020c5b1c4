/** The gate for models: the card of one, in either form, by the same rules as where it decides. */
import type { Scorecard } from '../../domain/policy/lendingPolicy';
import type { RiskCard } from '../../domain/risk/cards/card';
import { nameInCard } from '../../domain/risk/modelLife';
import type { ModelForm } from '../../domain/risk/modelStages';
import type { PsiBaseline } from '../../domain/risk/modelStanding';
import { PolicyError, parseScorecard } from './lendingPolicySchema';
import { parseRiskCard, RiskCardError } from './riskCardSchema';

export interface ModelCard {
  form: ModelForm;
  content: Scorecard | RiskCard;
  psiBaseline?: PsiBaseline | undefined;
}

/** What is wrong with a card that is to be registered, in one line for each fault. */
export class ModelCardError extends Error {
  override readonly name = 'ModelCardError';
}

/** A trained card has columns, the other one characteristics. Throws {@link ModelCardError}. */
export function parseModelCard(json: unknown, named: { card: string; version: string }): ModelCard {
  const form: ModelForm = typeof json === 'object' && json !== null && 'columns' in json ? 'trained' : 'points';
  const content = read(form, json);
  const [name, expected] = [nameInCard(form, content), `${named.card}-${named.version}`];
  if (name !== expected) {
    throw new ModelCardError(`the card calls itself ${name}: register it as that, or name the card ${expected}`);
  }
  return form === 'trained' ? { form, content, psiBaseline: (content as RiskCard).psiBaseline } : { form, content };
}

function read(form: ModelForm, json: unknown): Scorecard | RiskCard {
  try {
    return form === 'trained' ? parseRiskCard(json) : parseScorecard(json);
  } catch (error) {
    if (error instanceof PolicyError || error instanceof RiskCardError) throw new ModelCardError(error.message);
    throw error;
  }
}

const SHARES_WITHIN = 1e-3;

/** A baseline of a card that brings none. Throws {@link ModelCardError}. */
export function parseBaseline(json: unknown): PsiBaseline {
  const { below, shares } = (json ?? {}) as { below?: unknown; shares?: unknown };
  const isNumbers = (list: unknown): list is number[] =>
    Array.isArray(list) && list.every((each) => typeof each === 'number' && Number.isFinite(each));
  const fix = 'give {"below": [rising bounds], "shares": [one share more, together 1]}';
  if (!isNumbers(below) || !isNumbers(shares) || shares.length !== below.length + 1) {
    throw new ModelCardError(`the baseline has other fields: ${fix}`);
  }
  const isRising = below.every((bound, at) => at === 0 || bound > (below[at - 1] ?? bound));
  const sum = shares.reduce((total, share) => total + share, 0);
  const isShares = shares.every((share) => share >= 0 && share <= 1) && Math.abs(sum - 1) <= SHARES_WITHIN;
  if (!isRising || !isShares) throw new ModelCardError(`the baseline does not add up: ${fix}`);
  return { below, shares };
}
