/**
 * What of an assessment a person can change, and how far within a time: for each fact the values that can be reached,
 * with what they cost and how long they take. Protected facts are none of the assessment at all, and what is past (the
 * worst code of the credit report) or stands (age, identity) nobody changes. Source: PIPL art. 24; facts 2.3.
 */
import type { AssessmentPolicy, ChangeableFact, RecoursePolicy } from '../policy/lendingPolicy';
import type { AssessmentInput } from './assessment';

export type FactValue = number | string | boolean;

interface FactRow {
  group: keyof AssessmentInput;
  unit: 'fen' | 'count' | 'months' | 'share' | 'flag' | 'match';
  /** The way in which it is better for the person. */
  better: 'up' | 'down';
  en: string;
  zh: string;
}

/** Every fact of an assessment. What a person can change of them is policy, and never one of `FIXED_FACTS`. */
export const FACTS = {
  check: { group: 'identity', unit: 'match', better: 'up', en: 'identity check', zh: '身份核验' },
  adult: { group: 'identity', unit: 'flag', better: 'up', en: 'legal age', zh: '是否成年' },
  monthlyIncomeFen: { group: 'finances', unit: 'fen', better: 'up', en: 'monthly income', zh: '月收入' },
  monthlyDebtServiceFen: {
    group: 'finances',
    unit: 'fen',
    better: 'down',
    en: 'monthly cost of existing debts',
    zh: '现有债务月还款额',
  },
  unsecuredDebtFen: {
    group: 'finances',
    unit: 'fen',
    better: 'down',
    en: 'unsecured consumer credit owed elsewhere',
    zh: '其他信用类消费债务',
  },
  worstBureauCode: { group: 'finances', unit: 'count', better: 'down', en: 'worst late month', zh: '最长逾期期数' },
  openOverdue: { group: 'finances', unit: 'flag', better: 'down', en: 'debt overdue now', zh: '当前到期欠款' },
  bureauInquiries3Months: {
    group: 'finances',
    unit: 'count',
    better: 'down',
    en: 'credit applications of the last three months',
    zh: '近三个月信贷申请查询次数',
  },
  monthsOnPlatform: {
    group: 'behaviour',
    unit: 'months',
    better: 'up',
    en: 'months on the platform',
    zh: '平台使用月数',
  },
  monthlySpendFen: { group: 'behaviour', unit: 'fen', better: 'down', en: 'monthly spending', zh: '月消费额' },
  onTimePaymentRatio: { group: 'behaviour', unit: 'share', better: 'up', en: 'share paid on time', zh: '按时还款比例' },
  refundRatio: { group: 'behaviour', unit: 'share', better: 'down', en: 'share of refunds', zh: '退款比例' },
} as const satisfies Record<string, FactRow>;

export type FactName = keyof typeof FACTS;
export const FACT_NAMES = Object.keys(FACTS) as FactName[];

/** Nobody changes them within months, whatever a policy says. */
export const FIXED_FACTS = ['check', 'adult', 'worstBureauCode'] as const satisfies FactName[];
export type FixedFact = (typeof FIXED_FACTS)[number];

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
    if (from === undefined) return { fact, from, levels: provedLevels(fact, policy, recourse) };
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
function provedLevels(fact: FactName, policy: AssessmentPolicy, { proof }: RecoursePolicy): Level[] {
  const { unit, better } = FACTS[fact];
  const values: FactValue[] =
    unit === 'match' ? ['matched'] : unit === 'flag' ? [isBestTrue(better)] : numberLevels(fact, policy);
  return values.map((value) => ({ value, cost: proof.cost, months: proof.months }));
}

function numberLevels(fact: FactName, policy: AssessmentPolicy): FactValue[] {
  const { unit, better } = FACTS[fact];
  const edges = policy.scorecard.characteristics
    .filter(({ name }) => name === fact)
    .flatMap(({ bins }) => bins.flatMap(({ below }) => (below === undefined ? [] : [below])));
  const smallest = unit === 'share' ? 0.001 : 1;
  // Better downwards: the largest value below each edge; upwards: the edge itself. 0 is the best or the worst there is.
  const reached = better === 'up' ? edges : [0, ...edges.map((edge) => edge - smallest)];
  const bounds = {
    worstBureauCode: policy.worstBureauBucketMonths - 1,
    bureauInquiries3Months: policy.maxBureauInquiries3Months,
  };
  const bound = fact in bounds ? [bounds[fact as keyof typeof bounds]] : [];
  const sorted = [...new Set([...reached, ...bound])].filter((value) => value >= 0).sort((one, other) => one - other);
  const values = better === 'up' ? sorted : sorted.reverse();
  return unit === 'share' ? values.map(shareText) : values;
}

function isBestTrue(better: FactRow['better']): boolean {
  return better === 'up';
}

function shareText(share: number): string {
  return String(Math.round(share * 1_000_000) / 1_000_000);
}
