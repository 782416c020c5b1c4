/**
 * The policy a new deployment starts with. Source: facts 1.1, 1.2, 5.2 and 7; what the facts mark as background is a
 * starting value to verify, not a rule. The scorecard is an expert's card until one is fitted to the lender's data.
 */

import { SHANGHAI } from '../values/clock';
import type { AssessmentPolicy, Component, LendingPolicy, NoticePolicy } from './lendingPolicy';

/** Civil Code art. 561 (facts 2.6). */
const ALLOCATION: Component[] = ['fee', 'penalty', 'interest', 'principal'];

/** Facts 2.7: M7 begins on day 181. */
const WRITE_OFF_REVIEW_DAYS = 181;

const NOTICES: NoticePolicy = {
  quietFrom: '22:00',
  quietUntil: '08:00',
  // Facts 7 caps an account at one message a day; per borrower is stricter where there are two accounts.
  perBorrowerPerDay: 1,
  beforeDue: [
    { daysBefore: 3, kind: 'due-soon', at: '10:00' },
    { daysBefore: 1, kind: 'due-soon', at: '10:00' },
    { daysBefore: 0, kind: 'due-today', at: '16:00' },
  ],
  afterDue: [
    { daysPastDue: 1, kind: 'overdue-friendly', at: '10:00' },
    { daysPastDue: 3, kind: 'overdue-factual', at: '10:00' },
    { daysPastDue: 7, kind: 'overdue-factual', at: '10:00' },
    // The borrower is told before anything negative is reported (facts 2.7).
    { daysPastDue: 15, kind: 'credit-report-warning', at: '10:00' },
    { daysPastDue: 30, kind: 'overdue-formal', at: '10:00' },
    { daysPastDue: 60, kind: 'overdue-formal', at: '10:00' },
    { daysPastDue: 90, kind: 'overdue-final', at: '10:00' },
  ],
  onBill: { kind: 'bill-issued', at: '10:00' },
  // At the end of the quiet hours, which on any later time of the day means at once.
  onDisbursement: { kind: 'loan-disbursed', at: '08:00' },
  onSettlement: { kind: 'account-settled', at: '08:00' },
  expiresAfterDays: 3,
  // Less than the smallest minimum: what a payment that was nearly exact leaves. A missed minimum is written about.
  toleranceFen: 50,
};

const ASSESSMENT: AssessmentPolicy = {
  worstBureauBucketMonths: 3,
  maxBureauInquiries3Months: 8,
  maxDebtServiceRatio: '0.5',
  // Facts 2.4.
  maxUnsecuredFen: 20_000_000,
  limitStepFen: 10_000,
  scorecard: {
    version: 'expert-2026-01',
    basePoints: 470,
    characteristics: [
      {
        name: 'monthlyIncomeFen',
        bins: [
          { below: 300_000, points: 0 },
          { below: 600_000, points: 8 },
          { below: 1_200_000, points: 16 },
          { below: 2_500_000, points: 22 },
          { points: 26 },
        ],
      },
      {
        name: 'debtServiceRatio',
        bins: [{ below: 0.1, points: 24 }, { below: 0.25, points: 17 }, { below: 0.4, points: 8 }, { points: 0 }],
      },
      {
        name: 'unsecuredDebtToAnnualIncome',
        bins: [{ below: 0.1, points: 18 }, { below: 0.3, points: 12 }, { below: 0.7, points: 5 }, { points: 0 }],
      },
      {
        name: 'worstBureauCode',
        bins: [{ below: 1, points: 34 }, { below: 2, points: 12 }, { points: 0 }],
      },
      {
        name: 'bureauInquiries3Months',
        bins: [{ below: 2, points: 22 }, { below: 4, points: 14 }, { below: 6, points: 6 }, { points: 0 }],
      },
      {
        name: 'monthsOnPlatform',
        bins: [{ below: 3, points: 0 }, { below: 12, points: 6 }, { below: 36, points: 12 }, { points: 16 }],
      },
      {
        name: 'monthlySpendFen',
        bins: [{ below: 20_000, points: 0 }, { below: 100_000, points: 5 }, { points: 9 }],
      },
      {
        name: 'spendToIncome',
        bins: [{ below: 0.3, points: 12 }, { below: 0.6, points: 7 }, { points: 0 }],
      },
      {
        name: 'onTimePaymentRatio',
        bins: [{ below: 0.8, points: 0 }, { below: 0.9, points: 10 }, { below: 0.97, points: 22 }, { points: 32 }],
      },
      {
        name: 'refundRatio',
        bins: [{ below: 0.1, points: 9 }, { below: 0.25, points: 5 }, { points: 0 }],
      },
    ],
  },
  declineBelowPoints: 550,
  referBelowPoints: 580,
  bands: [
    { fromPoints: 650, incomeMultiple: '9', dailyRate: '0.0003' },
    { fromPoints: 625, incomeMultiple: '7', dailyRate: '0.0004' },
    { fromPoints: 600, incomeMultiple: '5', dailyRate: '0.0005' },
    { fromPoints: 580, incomeMultiple: '3', dailyRate: '0.0006' },
  ],
  offerValidDays: 30,
  referralDays: 3,
  objection: { openDays: 30, reviewDays: 15 },
  // A thousand yuan a month to live on, whatever share of the income that is.
  residualIncomeFen: 100_000,
  explanation: {
    scoreReasons: 4,
    // An expert's weights of what is hard for a person, until a lender has its own.
    recourse: {
      withinMonths: 6,
      proof: { cost: 1, months: 0 },
      facts: [
        { fact: 'monthlyIncomeFen', step: 50_000, cost: 12, stepsPerMonth: 2 },
        { fact: 'monthlyDebtServiceFen', step: 20_000, cost: 4, stepsPerMonth: 2 },
        { fact: 'unsecuredDebtFen', step: 200_000, cost: 6, stepsPerMonth: 2 },
        { fact: 'openOverdue', step: 1, cost: 10, stepsPerMonth: 1 },
        { fact: 'bureauInquiries3Months', step: 1, cost: 1, stepsPerMonth: 3 },
        { fact: 'monthsOnPlatform', step: 1, cost: 1, stepsPerMonth: 1 },
        { fact: 'monthlySpendFen', step: 20_000, cost: 3, stepsPerMonth: 2 },
        { fact: 'onTimePaymentRatio', step: 0.02, cost: 3, stepsPerMonth: 1 },
        { fact: 'refundRatio', step: 0.02, cost: 2, stepsPerMonth: 2 },
      ],
    },
  },
};

export const defaultPolicy: LendingPolicy = {
  // 2026-01 was the same without instalments, 2026-02 without the smallest minimum and the tolerance, 2026-03 without the
  // residual income, what would change a decision, and objections. All begin on one date, on which a sample portfolio begins as well;
  // the one inserted last is in force, and accounts opened under an earlier one keep it.
  version: '2026-04',
  effectiveFrom: '2026-01-01',
  zone: SHANGHAI,
  lenderOfRecord: '示例消费金融有限公司',
  cashLoan: {
    principalFen: { min: 100_000, max: 20_000_000 },
    dailyRate: { min: '0.00015', max: '0.0006' },
    termsMonths: [3, 6, 12],
    methods: ['level', 'interest-first'],
    interestFirstMaxMonths: 12,
    penaltyMultiplier: '1.5',
    penaltyAnnualCap: '0.24',
    allocationOrder: ALLOCATION,
    writeOffReviewDaysPastDue: WRITE_OFF_REVIEW_DAYS,
  },
  revolving: {
    limitFen: { min: 50_000, max: 5_000_000 },
    billDay: 1,
    dueDay: 10,
    minimumPaymentRatio: '0.1',
    // One yuan: a text costs more than less would bring in.
    smallestMinimumFen: 100,
    revolvingDailyRate: '0.0005',
    overdueDailyRate: '0.0005',
    allocationOrder: ALLOCATION,
    declineOverLimit: true,
    declineWhenOverdue: true,
    writeOffReviewDaysPastDue: WRITE_OFF_REVIEW_DAYS,
    instalments: {
      feeRates: { '3': '0.025', '6': '0.045', '9': '0.065', '12': '0.088' },
      minimumFen: 10_000,
      // Usual on the market: the fee is for the plan, not for the time.
      feeRefundOnEarlySettlement: false,
    },
  },
  notices: NOTICES,
  monitoring: { utilisationRatio: '0.9', minimumOnlyStreak: 3, freezeFromBucket: 'M2' },
  assessment: ASSESSMENT,
};
