/** What is wrong with a policy only across fields: each fault with its path and its fix. */

import type { IsRestDay } from '../credit/cashLoan/dueDateShift';
import { splitIntoInstalments } from '../credit/revolving/instalmentFees';
import { SOURCE_KINDS } from '../origination/dataSources';
import { MOST_ROUNDS, roundsOf } from '../origination/sourceRounds';
import { type TrueCost, trueCostOf, withinCostCap } from '../origination/trueCost';
import { FACTS } from '../risk/assessmentFacts';
import { minutesOf } from '../values/clock';
import { type DecimalRate, type Fen, RATE_ONE, scaleRate } from '../values/money';
import { capOf, scheduleCostFaults } from './costChecks';
import type {
  AssessmentPolicy,
  AutoDebitPolicy,
  LendingPolicy,
  NoticePolicy,
  Range,
  RevolvingPolicy,
  Scorecard,
} from './lendingPolicy';
import type { PolicyFault } from './policyFault';

/** Nobody is contacted in these hours (facts 2.1): a policy may be stricter, never laxer. */
const MUST_BE_QUIET_FROM = '22:00';
const MUST_BE_QUIET_UNTIL = '08:00';
/** As the terms of a cash loan, 1 to 60; no zeros before it, or one term could be named twice. */
const TERM_IN_MONTHS = /^([1-9]|[1-5]\d|60)$/;

/** Expects a policy whose fields are each right by themselves. */
export function crossFaults(policy: LendingPolicy, isRestDay: IsRestDay): PolicyFault[] {
  return [
    ...cashLoanFaults(policy, isRestDay),
    ...revolvingFaults(policy),
    ...quietHourFaults(policy.notices),
    ...rungFaults(policy.notices),
    ...autoDebitFaults(policy.autoDebit),
    ...scorecardFaults(policy.assessment.scorecard),
    ...bandFaults(policy.assessment, policy),
    ...recourseFaults(policy.assessment),
    ...sourceFaults(policy.assessment),
  ];
}

function cashLoanFaults(policy: LendingPolicy, isRestDay: IsRestDay): PolicyFault[] {
  const { cashLoan } = policy;
  const faults = rangeFaults('cashLoan.principalFen', cashLoan.principalFen);
  const { dailyRate, termsMonths, methods, interestFirstMaxMonths, allocationOrder } = cashLoan;
  if (scaleRate(dailyRate.min) > scaleRate(dailyRate.max)) {
    faults.push({ path: 'cashLoan.dailyRate.max', message: `is below min ${dailyRate.min}: raise max or lower min` });
  }
  const annual = annualFaults('cashLoan.dailyRate.max', dailyRate.max, policy);
  faults.push(...(annual.length > 0 ? annual : scheduleCostFaults(policy, isRestDay)));
  if (termsMonths.some((months, at) => at > 0 && months <= (termsMonths[at - 1] ?? 0))) {
    faults.push({ path: 'cashLoan.termsMonths', message: 'does not rise: sort it and drop what is there twice' });
  }
  if (methods.includes('interest-first') && !termsMonths.some((months) => months <= interestFirstMaxMonths)) {
    const message = `offers interest-first, but no term is within ${interestFirstMaxMonths} months: drop one of both`;
    faults.push({ path: 'cashLoan.methods', message });
  }
  return [
    ...faults,
    ...uniqueFaults('cashLoan.allocationOrder', allocationOrder),
    ...uniqueFaults('cashLoan.methods', methods),
  ];
}

function revolvingFaults(policy: LendingPolicy): PolicyFault[] {
  const { revolving } = policy;
  const faults = rangeFaults('revolving.limitFen', revolving.limitFen);
  if (revolving.dueDay <= revolving.billDay) {
    const message = `is ${revolving.dueDay}, not after billDay ${revolving.billDay}: a bill is due later in its month, so raise dueDay`;
    faults.push({ path: 'revolving.dueDay', message });
  }
  return [
    ...faults,
    ...annualFaults('revolving.revolvingDailyRate', revolving.revolvingDailyRate, policy),
    ...annualFaults('revolving.overdueDailyRate', revolving.overdueDailyRate, policy),
    ...uniqueFaults('revolving.allocationOrder', revolving.allocationOrder),
    ...instalmentFaults(revolving, policy),
  ];
}

/** The cost line counts every charge, and a fee that looks small by its rate costs twice that in a year. */
function instalmentFaults({ instalments, limitFen }: RevolvingPolicy, policy: LendingPolicy): PolicyFault[] {
  if (!instalments) return [];
  const { annualCap, tolerance } = capOf(policy);
  const faults = Object.entries(instalments.feeRates).flatMap(([months, feeRate]): PolicyFault[] => {
    const path = `revolving.instalments.feeRates.${months}`;
    if (!TERM_IN_MONTHS.test(months)) {
      return [{ path, message: `is no term: name it by months as a whole number from 1 to 60, such as "12"` }];
    }
    const { aprNominal } = costOfPlan(limitFen.max, Number(months), feeRate);
    if (withinCostCap(aprNominal, annualCap, tolerance)) return [];
    const percent = `${(aprNominal * 100).toFixed(2)} %`;
    return [{ path, message: `is ${feeRate}, ${percent} a year, above ${annualCap} (facts 2.5): lower it` }];
  });
  if (instalments.minimumFen > limitFen.max) {
    const message = `is ${instalments.minimumFen}, above limitFen.max ${limitFen.max}: nothing could be split, so lower it`;
    faults.push({ path: 'revolving.instalments.minimumFen', message });
  }
  return faults;
}

/** Of the largest amount, where rounding weighs least. */
function costOfPlan(principalFen: Fen, months: number, feeRate: DecimalRate): TrueCost {
  const { parts } = splitIntoInstalments({ principalFen, months, feeRate, feePayer: 'borrower' });
  return trueCostOf({
    receivedFen: principalFen,
    paymentsFen: parts.map((part) => part.principalFen + part.feeFen),
  });
}

function quietHourFaults({ quietFrom, quietUntil }: NoticePolicy): PolicyFault[] {
  const isCrossing = minutesOf(quietFrom) > minutesOf(quietUntil);
  const faults: PolicyFault[] = [];
  if (!isCrossing || minutesOf(quietFrom) > minutesOf(MUST_BE_QUIET_FROM)) {
    const message = `is ${quietFrom}: nobody is contacted from ${MUST_BE_QUIET_FROM} on (facts 2.1), set that or an earlier evening time`;
    faults.push({ path: 'notices.quietFrom', message });
  }
  if (minutesOf(quietUntil) < minutesOf(MUST_BE_QUIET_UNTIL)) {
    const message = `is ${quietUntil}: nobody is contacted before ${MUST_BE_QUIET_UNTIL} (facts 2.1), set that or a later time`;
    faults.push({ path: 'notices.quietUntil', message });
  }
  return faults;
}

function rungFaults(notices: NoticePolicy): PolicyFault[] {
  const faults: PolicyFault[] = [];
  const { quietFrom, quietUntil, beforeDue, afterDue } = notices;
  const rungs = [
    ...beforeDue.map((rung, at) => ({ path: `notices.beforeDue[${at}]`, rung })),
    ...afterDue.map((rung, at) => ({ path: `notices.afterDue[${at}]`, rung })),
    ...(['onBill', 'onDisbursement', 'onSettlement', 'onPayment'] as const).map((name) => ({
      path: `notices.${name}`,
      rung: notices[name],
    })),
  ];
  for (const { path, rung } of rungs) {
    if (rung && (minutesOf(rung.at) >= minutesOf(quietFrom) || minutesOf(rung.at) < minutesOf(quietUntil))) {
      const message = `is ${rung.at}, in the quiet hours ${quietFrom} to ${quietUntil}: set a time between them`;
      faults.push({ path: `${path}.at`, message });
    }
  }
  for (const [at, { kind, daysBefore }] of beforeDue.entries()) {
    if ((kind === 'due-today') !== (daysBefore === 0)) {
      const message = `is ${kind} at ${daysBefore} days before: due-today belongs to 0 days, due-soon to more`;
      faults.push({ path: `notices.beforeDue[${at}].kind`, message });
    }
  }
  return [
    ...faults,
    ...uniqueFaults(
      'notices.beforeDue',
      beforeDue.map((rung) => rung.daysBefore),
    ),
    ...uniqueFaults(
      'notices.afterDue',
      afterDue.map((rung) => rung.daysPastDue),
    ),
  ];
}

function autoDebitFaults(autoDebit: AutoDebitPolicy | undefined): PolicyFault[] {
  const days = autoDebit?.retryOnDaysAfter ?? [];
  const isRising = days.every((day, at) => at === 0 || day > (days[at - 1] ?? day));
  if (isRising) return [];
  return [{ path: 'autoDebit.retryOnDaysAfter', message: 'does not rise: sort it and drop what is there twice' }];
}

/** Also of a card that is registered as a model. */
export function scorecardFaults({ characteristics }: Scorecard): PolicyFault[] {
  const path = 'assessment.scorecard.characteristics';
  const faults = uniqueFaults(
    path,
    characteristics.map(({ name }) => name),
  );
  for (const [at, { bins }] of characteristics.entries()) {
    const bounds = bins.slice(0, -1).map(({ below }) => below);
    const isRising = bounds.every(
      (below, bin) => below !== undefined && (bin === 0 || below > (bounds[bin - 1] ?? below)),
    );
    if (!isRising || bins.at(-1)?.below !== undefined) {
      const message = 'do not cover every value once: give every bin but the last a "below", each above the one before';
      faults.push({ path: `${path}[${at}].bins`, message });
    }
  }
  return faults;
}

/** A better score never gets worse terms: then a higher income never lowers a limit either. */
/** A referral that is declined at its own deadline must not end before its sources were asked for the last time. */
function sourceFaults({ sources, referralDays }: AssessmentPolicy): PolicyFault[] {
  if (!sources) return [];
  const { required, deadlineHours } = sources;
  const path = 'assessment.sources';
  const faults = uniqueFaults(
    `${path}.required`,
    required.map(({ kind }) => kind),
  );
  for (const [at, { kind, freshDays }] of required.entries()) {
    const { freshDays: most } = SOURCE_KINDS[kind];
    if (freshDays <= most) continue;
    const message = `is ${freshDays}, but what a ${kind} source showed is used for ${most} days at most: lower it`;
    faults.push({ path: `${path}.required[${at}].freshDays`, message });
  }
  if (deadlineHours > referralDays * 24) {
    const message = `is ${deadlineHours}, after a referral is over by referralDays ${referralDays}: lower it, or raise those`;
    faults.push({ path: `${path}.deadlineHours`, message });
  }
  const rounds = roundsOf(sources);
  if (rounds > MOST_ROUNDS) {
    const message = `ask ${rounds} times until deadlineHours ${deadlineHours}, and ${MOST_ROUNDS} are allowed: make the last pause longer`;
    faults.push({ path: `${path}.retryAfterMinutes`, message });
  }
  return faults;
}

function bandFaults(assessment: AssessmentPolicy, { cashLoan }: LendingPolicy): PolicyFault[] {
  const { bands, declineBelowPoints, referBelowPoints } = assessment;
  const faults: PolicyFault[] = [];
  if (referBelowPoints < declineBelowPoints) {
    const message = `is ${referBelowPoints}, below declineBelowPoints ${declineBelowPoints}: raise it to that or more`;
    faults.push({ path: 'assessment.referBelowPoints', message });
  }
  const lowest = bands.at(-1);
  if (lowest && lowest.fromPoints > referBelowPoints) {
    const message = `begin at ${lowest.fromPoints}: points from referBelowPoints ${referBelowPoints} on have no band, add one from there`;
    faults.push({ path: 'assessment.bands', message });
  }
  for (const [at, band] of bands.entries()) {
    const path = `assessment.bands[${at}]`;
    const rate = scaleRate(band.dailyRate);
    if (rate < scaleRate(cashLoan.dailyRate.min) || rate > scaleRate(cashLoan.dailyRate.max)) {
      const message = `is ${band.dailyRate}, outside cashLoan.dailyRate: set ${cashLoan.dailyRate.min} to ${cashLoan.dailyRate.max}`;
      faults.push({ path: `${path}.dailyRate`, message });
    }
    const better = bands[at - 1];
    if (!better) continue;
    if (band.fromPoints >= better.fromPoints) {
      faults.push({
        path: `${path}.fromPoints`,
        message: 'is not below the band before it: sort the bands, best first',
      });
    }
    const isDearer = rate >= scaleRate(better.dailyRate);
    const isSmaller = scaleRate(band.incomeMultiple) <= scaleRate(better.incomeMultiple);
    if (!isDearer || !isSmaller) {
      faults.push({ path, message: 'has better terms than the band before it: lower its multiple or raise its rate' });
    }
  }
  return faults;
}

/** One way for each fact; whole steps of what is whole. */
function recourseFaults({ explanation }: AssessmentPolicy): PolicyFault[] {
  const path = 'assessment.explanation.recourse.facts';
  const facts = explanation?.recourse.facts ?? [];
  const parts = facts.flatMap(({ fact, step }, at): PolicyFault[] =>
    (FACTS[fact].unit === 'share' ? step <= 1 : Number.isSafeInteger(step))
      ? []
      : [{ path: `${path}[${at}].step`, message: 'is no step of that fact: a whole number, or for a share at most 1' }],
  );
  return [
    ...uniqueFaults(
      path,
      facts.map(({ fact }) => fact),
    ),
    ...parts,
  ];
}

function rangeFaults(path: string, { min, max }: Range): PolicyFault[] {
  return min > max ? [{ path: `${path}.max`, message: `is ${max}, below min ${min}: raise max or lower min` }] : [];
}

function annualFaults(path: string, dailyRate: DecimalRate, policy: LendingPolicy): PolicyFault[] {
  const { annualCap } = capOf(policy);
  if (scaleRate(dailyRate) * 365n <= scaleRate(annualCap)) return [];
  const mostDaily = (scaleRate(annualCap) / 365n).toString().padStart(RATE_ONE.toString().length - 1, '0');
  const message = `is ${dailyRate} a day, above ${annualCap} a year (facts 2.5): set at most 0.${mostDaily}`;
  return [{ path, message }];
}

function uniqueFaults(path: string, values: readonly (string | number)[]): PolicyFault[] {
  const twice = values.find((value, at) => values.indexOf(value) !== at);
  return twice === undefined ? [] : [{ path, message: `names ${twice} twice: remove one` }];
}
