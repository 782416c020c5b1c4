/**
 * What of an assessment a person can change, and how far within a time: for each fact the values that can be reached,
 * with what they cost and how long they take. Protected facts are none of the assessment at all, and what is past (the
 * worst code of the credit report) or stands (age, identity) nobody changes. Source: PIPL art. 24; facts 2.3.
 */
import type { AssessmentPolicy, ChangeableFact, RecoursePolicy } from '../policy/lendingPolicy';
import type { AssessmentInput } from './assessment';
import { FACT_NAMES, FACTS, type FactName, type FactRow, type FactValue } from './assessmentFacts';

/** One value that a fact can have in the end. */
interface Level {
  value: FactValue;
  /** In points of effort; 0 as it is. */
  cost: number;
  months: number;
}

/** The levels of one fact, cheapest first. Missing ones are proved, and none of their levels is free. */
export interface Dimension {
  fact: FactName;
  from: FactValue | undefined;
  levels: Level[];
}

/** One dimension for each fact, in the order of `FACTS`. */
export function dimensionsOf(input: AssessmentInput, policy: AssessmentPolicy, recourse: RecoursePolicy): Dimension[] {
  return FACT_NAMES.map((fact): Dimension => {
    const from = valueOfFact(input, fact);
    if (from === undefined) return { fact, from, levels: provedLevels(fact, input, policy, recourse.proof) };
    const rule = recourse.facts.find((each) => each.fact === fact);
    const as: Level = { value: from, cost: 0, months: 0 };
    return { fact, from, levels: rule ? [as, ...changedLevels(from, rule, recourse.withinMonths)] : [as] };
  });
}

export function valueOfFact(input: AssessmentInput, fact: FactName): FactValue | undefined {
  return (input[FACTS[fact].group] as Record<string, FactValue | undefined>)[fact];
}

/** The input with other values for some facts. */
export function withValues(input: AssessmentInput, values: ReadonlyMap<FactName, FactValue>): AssessmentInput {
  const changed = {
    identity: { ...input.identity },
    finances: { ...input.finances },
    behaviour: { ...input.behaviour },
  };
  for (const [fact, value] of values) Reflect.set(changed[FACTS[fact].group], fact, value);
  return changed;
}

/** For bounds: a share as its number, a flag as 0 or 1. */
export function numberOf(value: FactValue): number {
  return value === 'mismatched' ? 0 : value === 'matched' ? 1 : Number(value);
}

function changedLevels(from: FactValue, { fact, ...rule }: ChangeableFact, withinMonths: number): Level[] {
  const { unit, better } = FACTS[fact];
  const costOf = (steps: number) => ({ cost: steps * rule.cost, months: Math.ceil(steps / rule.stepsPerMonth) });
  if (unit === 'flag') {
    const value = isBestTrue(better);
    return from === value || costOf(1).months > withinMonths ? [] : [{ value, ...costOf(1) }];
  }
  const levels: Level[] = [];
  const most = unit === 'share' ? 1 : Number.MAX_SAFE_INTEGER;
  for (let steps = 1; Math.ceil(steps / rule.stepsPerMonth) <= withinMonths; steps += 1) {
    const before = Number(levels.at(-1)?.value ?? from);
    const reached = Number(from) + (better === 'up' ? steps : -steps) * rule.step;
    const value = Math.min(most, Math.max(0, reached));
    if (value === before) break;
    levels.push({ value: unit === 'share' ? shareText(value) : value, ...costOf(steps) });
  }
  return levels;
}

/** Values that a proof may show, the least demanding first: the edges at which the card or a knock-out changes. */
function provedLevels(
  fact: FactName,
  input: AssessmentInput,
  policy: AssessmentPolicy,
  { cost, months }: RecoursePolicy['proof'],
): Level[] {
  const { unit, better } = FACTS[fact];
  const values: FactValue[] =
    unit === 'match' ? ['matched'] : unit === 'flag' ? [isBestTrue(better)] : provedNumbers(fact, input, policy);
  return values.map((value) => ({ value, cost, months }));
}

/** The characteristic that weighs a figure against so many months of the income. */
const OF_INCOME: Partial<Record<FactName, { characteristic: string; months: number }>> = {
  monthlyDebtServiceFen: { characteristic: 'debtServiceRatio', months: 1 },
  unsecuredDebtFen: { characteristic: 'unsecuredDebtToAnnualIncome', months: 12 },
  monthlySpendFen: { characteristic: 'spendToIncome', months: 1 },
};
/** An income above every edge of the card may be what a large amount needs. */
const INCOMES_ABOVE = [2, 4];

function provedNumbers(fact: FactName, input: AssessmentInput, policy: AssessmentPolicy): FactValue[] {
  const { unit, better } = FACTS[fact];
  const smallest = unit === 'share' ? 0.001 : 1;
  const own = edgesOf(policy, fact);
  const weighed = OF_INCOME[fact];
  const incomeFen = input.finances.monthlyIncomeFen ?? 0;
  const ofIncome = weighed
    ? edgesOf(policy, weighed.characteristic).map((edge) => Math.round(edge * weighed.months * incomeFen))
    : [];
  const above = fact === 'monthlyIncomeFen' ? INCOMES_ABOVE.map((times) => times * Math.max(0, ...own)) : [];
  // Better downwards: the largest value below each edge; upwards: the edge itself. 0 is the best or the worst there is.
  const reached = better === 'up' ? [...own, ...above] : [0, ...[...own, ...ofIncome].map((edge) => edge - smallest)];
  const bounds: Partial<Record<FactName, number>> = {
    worstBureauCode: policy.worstBureauBucketMonths - 1,
    bureauInquiries3Months: policy.maxBureauInquiries3Months,
  };
  const distinct = new Set([...reached, ...[bounds[fact] ?? []].flat()]);
  const sorted = [...distinct].filter((value) => value >= 0).sort((one, other) => one - other);
  const values = better === 'up' ? sorted : sorted.reverse();
  return unit === 'share' ? values.map(shareText) : values;
}

/** Where the bins of a characteristic begin after the first; none where the card does not look at it. */
export function edgesOf({ scorecard }: Pick<AssessmentPolicy, 'scorecard'>, characteristic: string): number[] {
  const bins = scorecard.characteristics.find(({ name }) => name === characteristic)?.bins ?? [];
  return bins.flatMap(({ below }) => (below === undefined ? [] : [below]));
}

function isBestTrue(better: FactRow['better']): boolean {
  return better === 'up';
}

function shareText(share: number): string {
  return String(Math.round(share * 1_000_000) / 1_000_000);
}
