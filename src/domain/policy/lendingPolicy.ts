/**
 * What a lender decides about its products: policy data, versioned and dated. Source of the default values: facts
 * 1.1, 1.2, 4.1 and 7. Every account keeps the version it was opened under.
 */

import type { NoticeKind } from '../messaging/outbox/noticeKinds';
import type { SuppliedKind } from '../origination/dataSources';
import type { FactName, FixedFact } from '../risk/assessmentFacts';
import type { WallTime, Zone } from '../values/clock';
import type { DecimalRate, Fen } from '../values/money';

export type { NoticeKind } from '../messaging/outbox/noticeKinds';
export { PRODUCTS, type Product } from './products';

/** Parts of a debt that a payment settles. */
export const COMPONENTS = ['fee', 'penalty', 'interest', 'principal'] as const;
export type Component = (typeof COMPONENTS)[number];

export interface CashLoanPolicy {
  principalFen: Range;
  dailyRate: { min: DecimalRate; max: DecimalRate };
  termsMonths: number[];
  methods: RepaymentMethod[];
  /** Interest first repays the principal at the end: at most this many months (facts 2.4). */
  interestFirstMaxMonths: number;
  /** Penalty rate = min(multiplier x contract rate, annual cap / 365) (facts 1.2). */
  penaltyMultiplier: DecimalRate;
  penaltyAnnualCap: DecimalRate;
  /** Civil Code art. 561: costs, interest, principal, unless agreed otherwise. */
  allocationOrder: Component[];
  /** From this many days past due, two people decide on writing off (facts 2.7: M7). */
  writeOffReviewDaysPastDue: number;
  /** So many days after a due date are still on time; absent: none. Then they count from the due date. */
  graceDays?: number | undefined;
  /** A payoff within so many days of the start owes no interest (facts 2.6: voluntary); absent: none. */
  coolingOffDays?: number | undefined;
  /** From this many days past due on, payments settle principal first (facts 4.1); absent: never. */
  principalFirstFromDaysPastDue?: number | undefined;
  /** Whether a due date moves off a rest day; absent: it does not. */
  dueDateShift?: 'none' | 'next-working-day' | undefined;
}

/** `level`: equal payments by actual days. `level-monthly`: equal payments by month. `interest-first`: principal at the end. */
export const REPAYMENT_METHODS = ['level', 'level-monthly', 'interest-first'] as const;
export type RepaymentMethod = (typeof REPAYMENT_METHODS)[number];

export interface RevolvingPolicy {
  limitFen: Range;
  billDay: number;
  dueDay: number;
  minimumPaymentRatio: DecimalRate;
  /** On billed principal after its due date when the minimum was paid. */
  revolvingDailyRate: DecimalRate;
  /** On billed principal after its due date when the minimum was not paid. */
  overdueDailyRate: DecimalRate;
  allocationOrder: Component[];
  /** Whether a purchase above the available limit is declined. Off where the upstream has authorised already. */
  declineOverLimit: boolean;
  /** Whether a purchase is declined while the account is overdue. */
  declineWhenOverdue: boolean;
  writeOffReviewDaysPastDue: number;
  /**
   * The smallest minimum that a bill asks for: below it nothing is asked for, said or counted as late, and what is owed
   * is carried on. Absent, as under every version that was stored before: 0.
   */
  smallestMinimumFen?: Fen;
  /**
   * How many times the limit may be bought on one business day where credit pays for it; more needs a person. Absent: 2.
   */
  dailyPurchasesOfLimit?: DecimalRate;
  /** Absent: bills and purchases cannot be split, as under every version that was stored before there were plans. */
  instalments?: InstalmentPolicy;
}

/** Plans that split a bill or a purchase (facts 1.1). */
export interface InstalmentPolicy {
  /** By term in months, such as `"12"`: the fee of the whole term, as a share of the principal. */
  feeRates: Record<string, DecimalRate>;
  /** A smaller amount is not split. */
  minimumFen: Fen;
  /** Whether who settles a plan early is spared the rest of the fee, or pays it with the principal. */
  feeRefundOnEarlySettlement: boolean;
}

export interface Range {
  min: Fen;
  max: Fen;
}

/** When a notice goes out, against the due date; `at` is wall-clock time in the zone. */
export interface Rung {
  kind: NoticeKind;
  at: string;
}

export interface NoticePolicy {
  /** No notice of any kind in these hours (facts 2.1). */
  quietFrom: string;
  quietUntil: string;
  /** At most so many overdue and courtesy notices to one borrower on a day, over all products. */
  perBorrowerPerDay: number;
  beforeDue: (Rung & { daysBefore: number })[];
  afterDue: (Rung & { daysPastDue: number })[];
  onBill: Rung | null;
  onDisbursement: Rung | null;
  onSettlement: Rung | null;
  /** Thanks for a payment; absent, as under every version that was stored before: none. */
  onPayment?: Rung | null;
  /** A notice not sent so many days after its time is dropped: a stale reminder harms. */
  expiresAfterDays: number;
  /**
   * Nobody is written to about an amount past due, or reported for it, whose minimum is not above this (facts 2.7,
   * background). It changes no day. Absent, as under every version that was stored before: 0.
   */
  toleranceFen?: Fen;
  /** Absent, as under every version that was stored before: `DEFAULT_CONTACT` of `contactRules.ts`. */
  contact?: ContactPolicy;
}

/** The rest of a borrower's budget of contacts. */
export interface ContactPolicy {
  /** At most so many overdue and courtesy notices to one borrower in seven days, over all products. */
  perBorrowerPerWeek: number;
  /** Between any two notices to a borrower; statutory ones are outside. */
  spacingMinutes: number;
  /** No notice before this time on a rest day. */
  restDaysFrom: WallTime | null;
  /** The bills of one bill day go out within so many minutes from their time, those due sooner first. */
  billSpreadMinutes: number;
  /** A changed phone gets no notice of money for so many days. Absent, as under every version stored before: 7. */
  phoneCoolDownDays?: number;
}

/** How what is due is debited from borrowers who gave a mandate. */
export interface AutoDebitPolicy {
  /** Wall-clock time of the due date, and of the days after it. */
  at: WallTime;
  /** After a refusal for want of funds it is tried again so many days after the due date; rising. */
  retryOnDaysAfter: number[];
  /** `minimum`: of a bill only what must be paid at least; of an instalment it is the same. */
  amount: 'due' | 'minimum';
}

export interface MonitoringPolicy {
  /** Owed / limit from which high utilisation is warned of. */
  utilisationRatio: DecimalRate;
  /** Bills in a row on which only about the minimum was paid. */
  minimumOnlyStreak: number;
  /** A roll into this bucket or a worse one freezes new credit. */
  freezeFromBucket: Bucket;
}

/** The five classes of a loan's risk (facts 2.7). */
const ASSET_CLASSES = ['normal', 'special-mention', 'substandard', 'doubtful', 'loss'] as const;
export type AssetClass = (typeof ASSET_CLASSES)[number];

/** From current to worst: M1 to M6 are 30 days past due each (facts 2.7). */
export const BUCKETS = ['M0', 'M1', 'M2', 'M3', 'M4', 'M5', 'M6', 'M7'] as const;
export type Bucket = (typeof BUCKETS)[number];

export interface AssessmentPolicy {
  /** Knock-outs: identity must be matched, adult, no open overdue, worst bureau bucket below this. */
  worstBureauBucketMonths: number;
  maxBureauInquiries3Months: number;
  /** Monthly debt service over income, the new credit included. */
  maxDebtServiceRatio: DecimalRate;
  /** Unsecured consumer credit of one borrower with all lenders together; 200,000 CNY by law (facts 2.4). */
  maxUnsecuredFen: Fen;
  /** Limits are whole multiples of this. */
  limitStepFen: Fen;
  /** Share of a month's disposable income that a limit may reach, by score band. */
  scorecard: Scorecard;
  /** A model on record, such as `expert-2026-02`, that scores in the shadow and never decides. Absent: none. */
  challenger?: string;
  declineBelowPoints: number;
  referBelowPoints: number;
  /** Highest band first: the first whose `fromPoints` is reached gives limit multiple and rate. */
  bands: { fromPoints: number; incomeMultiple: DecimalRate; dailyRate: DecimalRate }[];
  offerValidDays: number;
  referralDays: number;
  /**
   * Who is asked about an applicant. Absent, as under every version that was stored before: nobody, and what the
   * application tells is what is judged.
   */
  sources?: SourcesPolicy;
  /** What a person keeps of the income after all debts, for the costs of living. Absent: 0. */
  residualIncomeFen?: Fen;
  /** Absent, as under every version that was stored before: three reasons of a score, and nothing of what would change. */
  explanation?: ExplanationPolicy;
  /** Absent, as under every version that was stored before: nobody can object. */
  objection?: ObjectionPolicy;
}

/** The right to a person's decision (PIPL art. 24), of a decline that no person made. */
interface ObjectionPolicy {
  /** To the end of so many days after the decline it may be objected to. */
  openDays: number;
  /** To the end of so many days after the objection a person must have decided. */
  reviewDays: number;
}

/** Which sources an application is judged by, and how long one is asked that does not answer. */
export interface SourcesPolicy {
  /** Each must have shown all that it brings, and no longer ago than so many days. */
  required: { kind: SuppliedKind; freshDays: number }[];
  /** Business minutes before what is missing is asked for again: first, second, ...; the last again and again. */
  retryAfterMinutes: number[];
  /** Business hours from the application on, after which nobody is asked any more. */
  deadlineHours: number;
}

/** How a decision is explained (PIPL art. 24). */
interface ExplanationPolicy {
  /** At most so many reasons of a score, 1 to 4. */
  scoreReasons: number;
  recourse: RecoursePolicy;
}

/** What a person can change within a time, and what it takes: values to start from, of the lender's own experience. */
export interface RecoursePolicy {
  withinMonths: number;
  /** Of a figure that is missing. */
  proof: { cost: number; months: number };
  facts: ChangeableFact[];
}

export interface ChangeableFact {
  fact: Exclude<FactName, FixedFact>;
  /** In the fact's own unit. */
  step: number;
  /** Points of effort of a step; they compare facts with each other. */
  cost: number;
  stepsPerMonth: number;
}

/** A points scorecard: a base, and for each characteristic the points of the first bin that fits. */
export interface Scorecard {
  version: string;
  basePoints: number;
  characteristics: Characteristic[];
}

interface Characteristic {
  /** Name of a characteristic of `assessment` input. */
  name: string;
  /** Ordered bins: the first with value < below applies; the last has no bound. */
  bins: { below?: number; points: number }[];
}

/** What a credit may cost in a year, everything together (facts 2.5): a stricter line than the law's, never a laxer one. */
interface CostPolicy {
  annualCap: DecimalRate;
  /** What rounding payments to the fen may add. */
  tolerance: DecimalRate;
}

/** One version of everything a lender decides. */
export interface LendingPolicy {
  version: string;
  /** From which date new accounts use it. */
  effectiveFrom: string;
  zone: Zone;
  lenderOfRecord: string;
  cashLoan: CashLoanPolicy;
  revolving: RevolvingPolicy;
  notices: NoticePolicy;
  monitoring: MonitoringPolicy;
  assessment: AssessmentPolicy;
  /** Absent, as under every version that was stored before: `DEFAULT_AUTO_DEBIT` of `autoDebit.ts`. */
  autoDebit?: AutoDebitPolicy;
  /** Absent, as under every version that was stored before: `COST_CAP` and `COST_TOLERANCE` of `trueCost.ts`. */
  cost?: CostPolicy;
}
