/** The facts of an assessment, one row each: where they stand, in which unit, which way is better, and their names. */
import type { AssessmentInput } from './assessment';

export type FactValue = number | string | boolean;

export interface FactRow {
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
