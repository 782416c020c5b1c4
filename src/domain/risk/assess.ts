/**
 * The judgement of an application, in its order: knock-outs decline, missing data refers to a person, then
 * affordability, score and limit. Missing data never approves.
 */

import type { LendingPolicy, Range } from '../policy/lendingPolicy';
import type { ReasonCode } from '../policy/reasonCodes';
import { type Affordability, affordabilityOf, type OwnCredit, unaffordable } from './affordability';
import { type Assessment, type AssessmentInput, IDENTITY_CHECKS } from './assessment';
import { hardDeclines } from './eligibility';
import {
  type Band,
  bandOf,
  type CreditRequest,
  type LimitResult,
  limitFor,
  limitRangeOf,
  limitWithin,
  rateOf,
  rateReasonOf,
} from './limits';
import { type CompleteInput, characteristicsOf, type Score, scoreOf, weakestReasons } from './scorecard';

/** How many characteristics a decline by score names where the policy does not say: more than a few explain nothing. */
const SCORE_REASONS = 3;

/** Throws `RangeError` when the requested amount is not whole fen: that is checked where it enters. */
export function assess(
  input: AssessmentInput,
  request: CreditRequest,
  policy: LendingPolicy,
  ours?: OwnCredit,
): Assessment {
  checkRequest(request);
  const known = readableOf(input);
  const knockedOut = hardDeclines(known, policy.assessment);
  if (knockedOut.length > 0) return verdict('declined', knockedOut, policy);

  const missing = missingIn(known);
  if (missing.length > 0) return verdict('referred', missing, policy);

  const complete = known as CompleteInput;
  const found = affordabilityOf(complete.finances, policy.assessment, ours);
  const refused = unaffordable(found, limitRangeOf(request.product, policy).min);
  if (refused.length > 0) return verdict('declined', refused, policy);

  return judgeScore(scoreOf(policy.assessment.scorecard, characteristicsOf(complete)), request, found, policy);
}

/**
 * What a person's approval of a referral may grant: the last band, and no more than the product's smallest amount
 * where the figures of affordability are missing. Knock-outs and what is known to be unaffordable still decline.
 */
export function assessApprovedByPerson(
  input: AssessmentInput,
  request: CreditRequest,
  policy: LendingPolicy,
  ours?: OwnCredit,
): Assessment {
  checkRequest(request);
  const known = readableOf(input);
  const knockedOut = hardDeclines(known, policy.assessment);
  if (knockedOut.length > 0) return verdict('declined', knockedOut, policy);

  const band = policy.assessment.bands.at(-1);
  if (!band) throw new Error(`policy ${policy.version} has no band`);
  const range = limitRangeOf(request.product, policy);
  const found = knownAffordability(known, policy, ours);
  const refused = found ? unaffordable(found, range.min) : [];
  if (refused.length > 0) return verdict('declined', refused, policy);
  const limit = found ? limitFor(request, band, found, policy) : limitWithoutFigures(request, range, policy);
  return limited(limit, priceOf(request, band, policy), policy, ['APPROVED_BY_PERSON']);
}

/** As requested only where that is what was asked for. */
function limitWithoutFigures({ requestedFen }: CreditRequest, range: Range, policy: LendingPolicy): LimitResult {
  const reason = requestedFen > range.min ? 'LIMIT_WITHOUT_FIGURES' : 'LIMIT_AS_REQUESTED';
  return limitWithin(Math.min(requestedFen, range.min), range, reason, policy);
}

/** What an approval by a person would grant with what is proved, and what is still not known then. */
export function outlookOfReferral(
  known: AssessmentInput,
  request: CreditRequest,
  policy: LendingPolicy,
  ours?: OwnCredit,
): { assessment: Assessment; missing: ReasonCode[] } {
  return { assessment: assessApprovedByPerson(known, request, policy, ours), missing: missingIn(readableOf(known)) };
}

function judgeScore(score: Score, request: CreditRequest, found: Affordability, policy: LendingPolicy): Assessment {
  const { scorecard, declineBelowPoints, referBelowPoints, bands, explanation } = policy.assessment;
  const scored = { scorePoints: score.points, scoreParts: score.parts };
  if (score.points < declineBelowPoints) {
    const why = weakestReasons(scorecard, score.parts, explanation?.scoreReasons ?? SCORE_REASONS);
    return { ...verdict('declined', ['SCORE_BELOW_MINIMUM', ...why], policy), ...scored };
  }
  const band = bandOf(score.points, bands);
  if (score.points < referBelowPoints || !band) {
    const hopeless = explanation ? ungrantable(request, found, policy) : [];
    if (hopeless.length > 0) return { ...verdict('declined', hopeless, policy), ...scored };
    return { ...verdict('referred', ['SCORE_NEEDS_PERSON'], policy), ...scored };
  }
  const limit = limitFor(request, band, found, policy);
  return { ...limited(limit, priceOf(request, band, policy), policy, []), ...scored };
}

/**
 * Why not even a person's approval could grant anything, which gives the last band. Nobody is referred for nothing; and a
 * better score, which is judged by the limit, would otherwise turn a referral into a decline.
 */
function ungrantable(request: CreditRequest, found: Affordability, policy: LendingPolicy): ReasonCode[] {
  const lastBand = policy.assessment.bands.at(-1);
  const limit = lastBand && limitFor(request, lastBand, found, policy);
  return limit?.limitFen === 0 ? limit.reasons : [];
}

type Price = Pick<Assessment, 'dailyRate' | 'rateReasonCode'>;

function priceOf({ product }: CreditRequest, band: Band, policy: LendingPolicy): Price {
  const { bands, explanation } = policy.assessment;
  const dailyRate = rateOf(product, band, policy);
  return explanation ? { dailyRate, rateReasonCode: rateReasonOf(product, band, bands) } : { dailyRate };
}

function limited(limit: LimitResult, price: Price, policy: LendingPolicy, before: ReasonCode[]): Assessment {
  if (limit.limitFen === 0) return verdict('declined', limit.reasons, policy);
  return { ...verdict('approved', [...before, ...limit.reasons], policy), limitFen: limit.limitFen, ...price };
}

function verdict(outcome: Assessment['outcome'], reasonCodes: ReasonCode[], policy: LendingPolicy): Assessment {
  return {
    outcome,
    reasonCodes,
    scorePoints: undefined,
    scoreParts: {},
    limitFen: 0,
    dailyRate: '0',
    policyVersion: policy.version,
  };
}

/** The input with everything dropped that cannot be right, so that it counts as missing and not as good news. */
function readableOf({ identity, finances, behaviour }: AssessmentInput): AssessmentInput {
  const keep = <Value>(value: Value | undefined | null, isReadable: (value: Value) => boolean): Value | undefined =>
    value !== undefined && value !== null && isReadable(value) ? value : undefined;
  const isBoolean = (value: boolean) => typeof value === 'boolean';
  return {
    identity: {
      check: keep(identity.check, (check) => IDENTITY_CHECKS.includes(check)),
      adult: keep(identity.adult, isBoolean),
    },
    finances: {
      monthlyIncomeFen: keep(finances.monthlyIncomeFen, isCount),
      monthlyDebtServiceFen: keep(finances.monthlyDebtServiceFen, isCount),
      unsecuredDebtFen: keep(finances.unsecuredDebtFen, isCount),
      worstBureauCode: keep(finances.worstBureauCode, (code) => isCount(code) && code <= 7),
      openOverdue: keep(finances.openOverdue, isBoolean),
      bureauInquiries3Months: keep(finances.bureauInquiries3Months, isCount),
    },
    behaviour: {
      monthsOnPlatform: keep(behaviour.monthsOnPlatform, isCount),
      monthlySpendFen: keep(behaviour.monthlySpendFen, isCount),
      onTimePaymentRatio: keep(behaviour.onTimePaymentRatio, isShare),
      refundRatio: keep(behaviour.refundRatio, isShare),
    },
  };
}

function missingIn({ identity, finances, behaviour }: AssessmentInput): ReasonCode[] {
  const fields: [ReasonCode, unknown][] = [
    ['MISSING_IDENTITY_CHECK', identity.check],
    ['MISSING_ADULT', identity.adult],
    ['MISSING_INCOME', finances.monthlyIncomeFen],
    ['MISSING_DEBT_SERVICE', finances.monthlyDebtServiceFen],
    ['MISSING_UNSECURED_DEBT', finances.unsecuredDebtFen],
    ['MISSING_OPEN_OVERDUE', finances.openOverdue],
    ['MISSING_BUREAU_HISTORY', finances.worstBureauCode],
    ['MISSING_BUREAU_INQUIRIES', finances.bureauInquiries3Months],
    ['MISSING_PLATFORM_MONTHS', behaviour.monthsOnPlatform],
    ['MISSING_SPEND', behaviour.monthlySpendFen],
    ['MISSING_ON_TIME_RATIO', behaviour.onTimePaymentRatio],
    ['MISSING_REFUND_RATIO', behaviour.refundRatio],
  ];
  return fields.filter(([, value]) => value === undefined).map(([reason]) => reason);
}

function knownAffordability(
  { finances }: AssessmentInput,
  policy: LendingPolicy,
  ours: OwnCredit | undefined,
): Affordability | undefined {
  const { monthlyIncomeFen, monthlyDebtServiceFen, unsecuredDebtFen } = finances;
  if (monthlyIncomeFen === undefined || monthlyDebtServiceFen === undefined || unsecuredDebtFen === undefined) {
    return undefined;
  }
  const known = { monthlyIncomeFen, monthlyDebtServiceFen, unsecuredDebtFen };
  return affordabilityOf(known, policy.assessment, ours);
}

function checkRequest({ requestedFen }: CreditRequest): void {
  if (!isCount(requestedFen)) throw new RangeError(`requested amount ${requestedFen} is not whole fen of 0 or more`);
}

function isCount(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}

function isShare(value: string): boolean {
  return /^(0(\.\d{1,14})?|1(\.0{1,14})?)$/.test(value);
}
