/**
 * The gate for policy data: shape, ranges, and what only shows across fields. A policy that passes can be folded,
 * planned and judged with, so nothing after this gate asks again. Every fault is told with its path and its fix.
 */
import { z } from 'zod';
import { isRestDay } from '../../adapters/calendars/restDays';
import { type LadderPlace, NOTICE_TABLE, type NoticeKind } from '../../domain/messaging/outbox/noticeKinds';
import { SUPPLIED_KINDS } from '../../domain/origination/dataSources';
import { crossFaults, scorecardFaults } from '../../domain/policy/crossChecks';
import {
  BUCKETS,
  type Bucket,
  type ChangeableFact,
  COMPONENTS,
  type LendingPolicy,
  REPAYMENT_METHODS,
  type Scorecard,
} from '../../domain/policy/lendingPolicy';
import { FACT_NAMES, type FactName, FIXED_FACTS } from '../../domain/risk/assessmentFacts';
import { CHARACTERISTICS } from '../../domain/risk/scorecard';
import { MAX_AMOUNT_FEN } from '../../domain/values/acceptedValues';
import { isIsoDate } from '../../domain/values/calendar';
import { countCharacters } from '../../domain/values/characters';
import { type DecimalRate, scaleRate } from '../../domain/values/money';
import { namesWith } from '../../domain/values/tables';
import { MINUTES_PER_DAY } from '../../domain/values/timeUnits';

/** The data is no policy that may be used; the message has one line for each fault. */
export class PolicyError extends Error {
  override readonly name = 'PolicyError';
}

/** Throws {@link PolicyError} that names path, fault and fix of everything that is wrong. */
export function parsePolicy(json: unknown): LendingPolicy {
  const parsed = lendingPolicySchema.safeParse(json);
  const faults = parsed.success
    ? crossFaults(parsed.data, isRestDay)
    : parsed.error.issues.map(({ path, message }) => ({ path: pathText(path), message }));
  if (!parsed.success || faults.length > 0) {
    const lines = faults.map(({ path, message }) => `- ${path || 'the policy'} ${message}`);
    throw new PolicyError(`the policy cannot be used:\n${lines.join('\n')}`);
  }
  return parsed.data;
}

/** One field with one message, whatever is wrong with it: what it is, what it must be, and an example. */
function field<Value>(test: (value: unknown) => boolean, mustBe: string, example: unknown) {
  return z.custom<Value>(test, {
    error: ({ input }) => {
      const fault = input === undefined ? 'is missing' : `is ${shown(input)}`;
      return `${fault}; it must be ${mustBe}: set for example ${JSON.stringify(example)}`;
    },
  });
}

function whole(min: number, max: number, what: string, example: number) {
  const test = (value: unknown) => Number.isSafeInteger(value) && Number(value) >= min && Number(value) <= max;
  return field<number>(test, `${what}, a whole number from ${min} to ${max}`, example);
}

function rate(min: DecimalRate, max: DecimalRate, what: string, example: DecimalRate) {
  const test = (value: unknown) =>
    typeof value === 'string' &&
    /^\d{1,6}(\.\d{1,14})?$/.test(value) &&
    scaleRate(value) >= scaleRate(min) &&
    scaleRate(value) <= scaleRate(max);
  return field<DecimalRate>(test, `${what}, a decimal as text from ${min} to ${max}`, example);
}

function text(what: string, example: string) {
  return field<string>(
    (value) => typeof value === 'string' && value.trim() !== '' && countCharacters(value) <= 100,
    what,
    example,
  );
}

function choice<Choice extends string>(choices: readonly Choice[]) {
  return field<Choice>((value) => choices.some((each) => each === value), `one of ${choices.join(', ')}`, choices[0]);
}

const flag = () => field<boolean>((value) => typeof value === 'boolean', 'true or false', true);
const points = (example: number) => whole(-1000, 1000, 'points', example);
const fen = (example: number) => whole(1, MAX_AMOUNT_FEN, 'an amount in fen', example);
const days = (max: number, example: number) => whole(1, max, 'a number of days', example);
const wallTime = (example: string) =>
  field<string>((value) => typeof value === 'string' && /^([01]\d|2[0-3]):[0-5]\d$/.test(value), 'HH:MM', example);

function list<Item extends z.ZodType>(item: Item, min: number, what: string) {
  const error = `must be a list of ${what}, with at least ${min}: add what is missing`;
  return z.array(item, { error }).min(min, { error });
}

function section<Shape extends z.ZodRawShape>(shape: Shape) {
  return z.strictObject(shape, {
    error: (issue) =>
      issue.code === 'unrecognized_keys'
        ? `has no field ${issue.keys.join(', ')}: remove it, or correct it to one of ${Object.keys(shape).join(', ')}`
        : `must be an object with ${Object.keys(shape).join(', ')}: add it`,
  });
}

type Changeable = ChangeableFact['fact'];
const isChangeable = (fact: FactName): fact is Changeable => !FIXED_FACTS.some((fixed) => fixed === fact);
const CHANGEABLE = FACT_NAMES.filter(isChangeable);

/** Any but that of an account in order. */
const FREEZE_BUCKETS: readonly Bucket[] = BUCKETS.slice(1);
const kindsOf = (ladder: LadderPlace): readonly NoticeKind[] => namesWith(NOTICE_TABLE, { ladder });

const amountRange = () => section({ min: fen(100_000), max: fen(20_000_000) });
const allocationOrder = () => list(choice(COMPONENTS), COMPONENTS.length, COMPONENTS.join(', '));
const writeOffReviewDays = () => days(100_000, 181);

const cashLoanSchema = section({
  principalFen: amountRange(),
  dailyRate: section({
    min: rate('0', '1', 'the lowest daily rate', '0.00015'),
    max: rate('0', '1', 'the highest daily rate', '0.0006'),
  }),
  termsMonths: list(whole(1, 60, 'a term in months', 12), 1, 'terms in months'),
  methods: list(choice(REPAYMENT_METHODS), 1, REPAYMENT_METHODS.join(', ')),
  interestFirstMaxMonths: whole(1, 12, 'at most a year (facts 2.4)', 12),
  penaltyMultiplier: rate('0', '1.5', 'of the contract rate (facts 1.2)', '1.5'),
  penaltyAnnualCap: rate('0', '0.24', 'within the cost line of 24 % a year (facts 2.5)', '0.24'),
  allocationOrder: allocationOrder(),
  writeOffReviewDaysPastDue: writeOffReviewDays(),
  graceDays: whole(0, 30, 'days after a due date that are still on time', 3).exactOptional(),
  coolingOffDays: whole(0, 30, 'days in which a payoff owes no interest (facts 2.6)', 7).exactOptional(),
  principalFirstFromDaysPastDue: days(100_000, 91).exactOptional(),
  dueDateShift: choice(['none', 'next-working-day'] as const).exactOptional(),
});

/** A record whose keys are terms in months; what is wrong with a key shows in the path. */
const feeRates = () => {
  const error = 'must be an object of fee rates by months, such as {"12": "0.088"}, with at least one: add it';
  return z
    .record(z.string(), rate('0', '1', 'a share of the principal', '0.088'), { error })
    .refine((rates) => Object.keys(rates).length > 0, { error });
};

const instalmentsSchema = section({
  feeRates: feeRates(),
  minimumFen: fen(10_000),
  feeRefundOnEarlySettlement: flag(),
});

const revolvingSchema = section({
  limitFen: amountRange(),
  billDay: whole(1, 27, 'a day that every month has, before the due day', 1),
  dueDay: whole(2, 28, 'a day that every month has, after the bill day', 10),
  minimumPaymentRatio: rate('0.01', '1', 'a share of the billed principal', '0.1'),
  revolvingDailyRate: rate('0', '1', 'a daily rate', '0.0005'),
  overdueDailyRate: rate('0', '1', 'a daily rate', '0.0005'),
  allocationOrder: allocationOrder(),
  declineOverLimit: flag(),
  declineWhenOverdue: flag(),
  writeOffReviewDaysPastDue: writeOffReviewDays(),
  smallestMinimumFen: fen(100).exactOptional(),
  dailyPurchasesOfLimit: rate('1', '1000', 'the purchases of a day as a multiple of the limit', '2').exactOptional(),
  instalments: instalmentsSchema.exactOptional(),
});

/** `null` switches the notice off. */
const optionalRung = (ladder: LadderPlace, at: string) =>
  section({ kind: choice(kindsOf(ladder)), at: wallTime(at) }).nullable();

const noticesSchema = section({
  quietFrom: wallTime('22:00'),
  quietUntil: wallTime('08:00'),
  perBorrowerPerDay: whole(1, 10, 'a number of notices', 1),
  beforeDue: list(
    section({
      daysBefore: whole(0, 28, 'days before the due date', 3),
      kind: choice(kindsOf('beforeDue')),
      at: wallTime('10:00'),
    }),
    0,
    'rungs',
  ),
  afterDue: list(
    section({ daysPastDue: days(360, 1), kind: choice(kindsOf('afterDue')), at: wallTime('10:00') }),
    0,
    'rungs',
  ),
  onBill: optionalRung('onBill', '10:00'),
  onDisbursement: optionalRung('onDisbursement', '08:00'),
  onSettlement: optionalRung('onSettlement', '08:00'),
  onPayment: optionalRung('onPayment', '08:00').exactOptional(),
  expiresAfterDays: days(30, 3),
  toleranceFen: fen(50).exactOptional(),
  contact: section({
    perBorrowerPerWeek: whole(1, 50, 'a number of notices', 5),
    spacingMinutes: whole(0, MINUTES_PER_DAY, 'minutes between two notices', 240),
    restDaysFrom: wallTime('09:00').nullable(),
    billSpreadMinutes: whole(0, 600, 'minutes', 240),
    phoneCoolDownDays: days(60, 7).exactOptional(),
  }).exactOptional(),
});

const autoDebitSchema = section({
  at: wallTime('20:00'),
  retryOnDaysAfter: list(days(28, 1), 0, 'days after the due date'),
  amount: choice(['due', 'minimum'] as const),
});

const monitoringSchema = section({
  utilisationRatio: rate('0.01', '1', 'a share of the limit', '0.9'),
  minimumOnlyStreak: whole(1, 60, 'a number of bills', 3),
  freezeFromBucket: choice(FREEZE_BUCKETS),
});

const finite = (value: unknown) => typeof value === 'number' && Number.isFinite(value);

const scorecardSchema: z.ZodType<Scorecard> = section({
  version: text('a name for this card', 'expert-2026-01'),
  basePoints: points(470),
  characteristics: list(
    section({
      name: choice(Object.keys(CHARACTERISTICS)),
      bins: list(
        section({
          below: field<number>(finite, 'a number, or absent in the last bin', 0.5).exactOptional(),
          points: points(12),
        }),
        1,
        'bins',
      ),
    }),
    1,
    'characteristics',
  ),
});

/** A card alone, as a policy has one. Throws {@link PolicyError} that names path, fault and fix. */
export function parseScorecard(json: unknown): Scorecard {
  const parsed = scorecardSchema.safeParse(json);
  const faults = parsed.success
    ? scorecardFaults(parsed.data)
    : parsed.error.issues.map(({ path, message }) => ({ path: pathText(path), message }));
  if (parsed.success && faults.length === 0) return parsed.data;
  const lines = faults.map(({ path, message }) => `- ${path || 'the card'} ${message}`);
  throw new PolicyError(`the card cannot be used:\n${lines.join('\n')}`);
}

const effort = () => whole(1, 10_000, 'points of effort', 12);
/** So many values of one fact are tried at most: 24 months of ten steps. */
const STEPS_A_MONTH = 10;

const recourseSchema = section({
  withinMonths: whole(1, 24, 'months', 6),
  proof: section({ cost: effort(), months: whole(0, 24, 'months', 0) }),
  facts: list(
    section({
      fact: choice(CHANGEABLE),
      step: field<number>((value) => typeof value === 'number' && value > 0, "a step in the fact's own unit", 50_000),
      cost: effort(),
      stepsPerMonth: whole(1, STEPS_A_MONTH, 'steps that a person can make in a month', 2),
    }),
    0,
    'facts that a person can change',
  ),
});

const assessmentSchema = section({
  worstBureauBucketMonths: whole(1, 7, 'the first bureau code that knocks out', 3),
  maxBureauInquiries3Months: whole(0, 100, 'a number of inquiries', 8),
  maxDebtServiceRatio: rate('0.01', '1', 'a share of income', '0.5'),
  maxUnsecuredFen: fen(20_000_000),
  limitStepFen: fen(10_000),
  scorecard: scorecardSchema,
  challenger: text('the name of a model on record', 'expert-2026-02').exactOptional(),
  declineBelowPoints: points(550),
  referBelowPoints: points(580),
  bands: list(
    section({
      fromPoints: points(600),
      incomeMultiple: rate('0', '60', 'a multiple of the monthly capacity', '5'),
      dailyRate: rate('0', '1', 'a daily rate', '0.0005'),
    }),
    1,
    'bands, best first',
  ),
  offerValidDays: days(365, 30),
  referralDays: days(90, 3),
  sources: section({
    required: list(
      section({ kind: choice(SUPPLIED_KINDS), freshDays: days(365, 30) }),
      1,
      'sources that must have been seen',
    ),
    retryAfterMinutes: list(whole(1, 10_080, 'business minutes', 60), 1, 'pauses in business minutes'),
    deadlineHours: whole(1, 2160, 'business hours', 72),
  }).exactOptional(),
  residualIncomeFen: fen(100_000).exactOptional(),
  explanation: section({
    scoreReasons: whole(1, 4, 'reasons of a score', 4),
    recourse: recourseSchema,
  }).exactOptional(),
});

const lendingPolicySchema: z.ZodType<LendingPolicy> = section({
  version: text('the name of this version', '2026-01'),
  effectiveFrom: field<string>((value) => typeof value === 'string' && isIsoDate(value), 'a date', '2026-01-01'),
  zone: section({
    name: text('an IANA zone name', 'Asia/Shanghai'),
    utcOffsetMinutes: whole(-720, 840, 'minutes ahead of UTC', 480),
  }),
  lenderOfRecord: text('the name of the lender', '示例消费金融有限公司'),
  cashLoan: cashLoanSchema,
  revolving: revolvingSchema,
  notices: noticesSchema,
  autoDebit: autoDebitSchema.exactOptional(),
  monitoring: monitoringSchema,
  assessment: assessmentSchema,
  cost: section({
    annualCap: rate('0', '0.24', 'within the cost line of 24 % a year (facts 2.5)', '0.24'),
    tolerance: rate('0', '0.0001', 'what rounding to the fen may add', '0.000001'),
  }).exactOptional(),
});

function pathText(path: readonly PropertyKey[]): string {
  return path.map((key, at) => (typeof key === 'number' ? `[${key}]` : `${at > 0 ? '.' : ''}${String(key)}`)).join('');
}

function shown(input: unknown): string {
  const json = JSON.stringify(input) ?? String(input);
  return json.length > 60 ? `${json.slice(0, 57)}...` : json;
}
