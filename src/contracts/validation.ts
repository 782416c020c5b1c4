/**
 * The contract's own checks, for callers that speak Temporal instead of HTTP. Each returns undefined or one sentence
 * that names the field, the fault and the fix. The API checks the same shapes with zod before they get here.
 */

import { isKnownFen } from '../domain/acceptedValues';
import { type AssessmentInput, IDENTITY_CHECKS } from '../domain/assessment';
import { PAYMENT_INTENTS } from '../domain/facts';
import { FEE_PAYERS } from '../domain/instalmentFees';
import type { DecimalRate } from '../domain/money';
import { PRODUCTS, REPAYMENT_METHODS } from '../domain/products';
import {
  type AccountInput,
  type CreditReturn,
  type Payment,
  type PaymentReversal,
  PURCHASE_POSTINGS,
  type Purchase,
  type PurchaseApproval,
  type PurchaseConfirmation,
  type RateCorrection,
  type Refund,
  type Restructuring,
  type RestructuringApproval,
  type SettledDebit,
  WRITE_OFF_DECISIONS,
  type WriteOffDecision,
} from './account';
import { type Acceptance, type ApplicationInput, REFERRAL_DECISIONS, type ReferralDecision } from './application';
import {
  badAmount,
  badChoice,
  badClock,
  badDate,
  badId,
  badInstant,
  badInstantsOfClock,
  badNumber,
  badPair,
  badPersonalNumber,
  badPersonId,
  badRate,
  badText,
  badUndated,
  type Fault,
  ifGiven,
} from './checks';
import type { CostSheetConfirmation } from './costSheet';
import type { DebitLaneInput } from './debitLane';
import type { EndOfDayInput } from './endOfDay';
import type { HousekeepingInput } from './housekeeping';
import type { InstalmentSettlement, InstalmentStart } from './instalments';
import type { NoticeLaneInput } from './noticeLane';

/** A lane that looks more often is rung anyway; less than a minute would be a poll. */
const MIN_LOOK_MS = 60_000;

/** Five years: what is agreed with a borrower in trouble must come to an end. */
const MAX_RESTRUCTURED_MONTHS = 60;
/** As the terms of a policy: more is a mistake of the caller. */
const MAX_INSTALMENT_MONTHS = 60;
/** Ten years: as over HTTP. Which terms are offered is said by the policy. */
const MAX_MONTHS = 120;
/** Bills of a century. */
const MAX_STATEMENT = 1200;
/** An instalment's number grows with every schedule that replaces another; more is a mistake of the caller. */
const MAX_INSTALMENT = 1000;

/** As lower-case hex. */
const SHA_256 = /^[0-9a-f]{64}$/;

export function invalidPayment(payment: Payment): Fault {
  return (
    badId('paymentId', payment.paymentId) ??
    badAmount(payment.amountFen) ??
    badDate('paidOn', payment.paidOn) ??
    badUndated(payment) ??
    badChoice('intent', payment.intent, PAYMENT_INTENTS) ??
    ifGiven(payment.designatedInstalment, (number) => badNumber('designatedInstalment', number, MAX_INSTALMENT))
  );
}

export function invalidSettledDebit(debit: SettledDebit): Fault {
  return badId('reference', debit.reference) ?? badAmount(debit.amountFen) ?? badDate('settledOn', debit.settledOn);
}

export function invalidPaymentReversal(reversal: PaymentReversal): Fault {
  return (
    badId('reversalId', reversal.reversalId) ??
    badId('paymentId', reversal.paymentId) ??
    badDate('reversedOn', reversal.reversedOn) ??
    badUndated(reversal)
  );
}

export function invalidRefund(refund: Refund): Fault {
  return (
    badId('refundId', refund.refundId) ??
    badAmount(refund.amountFen) ??
    badDate('refundedOn', refund.refundedOn) ??
    badUndated(refund) ??
    ifGiven(refund.purchaseId, (id) => badId('purchaseId', id))
  );
}

export function invalidPurchase(purchase: Purchase): Fault {
  return (
    badId('purchaseId', purchase.purchaseId) ??
    badAmount(purchase.amountFen) ??
    badDate('purchasedOn', purchase.purchasedOn) ??
    badUndated(purchase) ??
    ifGiven(purchase.posting, (posting) => badChoice('posting', posting, PURCHASE_POSTINGS))
  );
}

export function invalidPurchaseApproval(approval: PurchaseApproval): Fault {
  return (
    badId('approvalId', approval.approvalId) ??
    badId('purchaseId', approval.purchaseId) ??
    badAmount(approval.amountFen) ??
    badId('decidedBy', approval.decidedBy) ??
    badText('reason', approval.reason)
  );
}

export function invalidPurchaseConfirmation(confirmation: PurchaseConfirmation): Fault {
  return (
    badId('confirmationId', confirmation.confirmationId) ??
    badId('purchaseId', confirmation.purchaseId) ??
    badDate('confirmedOn', confirmation.confirmedOn) ??
    badUndated(confirmation)
  );
}

export function invalidCreditReturn(creditReturn: CreditReturn): Fault {
  return (
    badId('returnId', creditReturn.returnId) ??
    badAmount(creditReturn.amountFen) ??
    badDate('returnedOn', creditReturn.returnedOn) ??
    badUndated(creditReturn)
  );
}

export function invalidRateCorrection(correction: RateCorrection): Fault {
  const { dailyRate, revolvingDailyRate, overdueDailyRate } = correction;
  const rates: [string, DecimalRate | undefined][] = [
    ['dailyRate', dailyRate],
    ['revolvingDailyRate', revolvingDailyRate],
    ['overdueDailyRate', overdueDailyRate],
  ];
  const given = rates.filter(([, rate]) => rate !== undefined);
  return (
    badId('correctionId', correction.correctionId) ??
    badDate('from', correction.from) ??
    (given.length === 0 ? 'dailyRate, revolvingDailyRate or overdueDailyRate must be given' : undefined) ??
    given.map(([field, rate]) => badRate(field, rate)).find((fault) => fault !== undefined) ??
    badPersonId('decidedBy', correction.decidedBy)
  );
}

export function invalidRestructuring(restructuring: Restructuring): Fault {
  return (
    badId('restructuringId', restructuring.restructuringId) ??
    badDate('agreedOn', restructuring.agreedOn) ??
    badUndated(restructuring) ??
    badNumber('months', restructuring.months, MAX_RESTRUCTURED_MONTHS) ??
    badRate('dailyRate', restructuring.dailyRate) ??
    ifGiven(restructuring.decidedBy, (names) => badPair('decidedBy', names))
  );
}

export function invalidRestructuringApproval({ restructuringId }: RestructuringApproval): Fault {
  return badId('restructuringId', restructuringId);
}

export function invalidInstalmentStart(start: InstalmentStart): Fault {
  const { statementNumber, unbilled } = start;
  const isOneSource = (statementNumber === undefined) !== (unbilled === undefined);
  return (
    badId('planId', start.planId) ??
    (isOneSource ? undefined : 'statementNumber or unbilled must be given, and not both') ??
    ifGiven(statementNumber, (number) => badNumber('statementNumber', number, MAX_STATEMENT)) ??
    (unbilled === undefined || unbilled === true ? undefined : 'unbilled must be true, or absent') ??
    badAmount(start.principalFen, 'principalFen') ??
    badNumber('months', start.months, MAX_INSTALMENT_MONTHS) ??
    badChoice('feePayer', start.feePayer, FEE_PAYERS) ??
    badDate('startedOn', start.startedOn) ??
    ifGiven(start.costSheet, badConfirmation)
  );
}

export function invalidInstalmentSettlement(settlement: InstalmentSettlement): Fault {
  return (
    badId('settlementId', settlement.settlementId) ??
    badId('planId', settlement.planId) ??
    badDate('settledOn', settlement.settledOn)
  );
}

export function invalidWriteOffDecision(decision: WriteOffDecision): Fault {
  return (
    badPersonId('decidedBy', decision.decidedBy) ??
    badChoice('decision', decision.decision, WRITE_OFF_DECISIONS) ??
    // Who keeps an account changes nothing, and may leave it at that.
    (decision.decision === 'keep' && decision.reason === undefined ? undefined : badText('reason', decision.reason))
  );
}

export function invalidReferralDecision(decision: ReferralDecision): Fault {
  return (
    badPersonId('decidedBy', decision.decidedBy) ??
    badChoice('decision', decision.decision, REFERRAL_DECISIONS) ??
    badText('reason', decision.reason) ??
    ifGiven(decision.figuresId, (id) => badId('figuresId', id)) ??
    ifGiven(decision.proved, badProved)
  );
}

export function invalidAcceptance(acceptance: Acceptance): Fault {
  return (
    badId('key', acceptance.key) ??
    badDate('acceptedOn', acceptance.acceptedOn) ??
    badChoice('product', acceptance.product, PRODUCTS) ??
    (acceptance.product === 'cash-loan' ? badDraw(acceptance) : badDueDay(acceptance.dueDay)) ??
    ifGiven(acceptance.costSheet, badConfirmation)
  );
}

function badDraw({ principalFen, months, method }: Extract<Acceptance, { product: 'cash-loan' }>): Fault {
  return (
    badAmount(principalFen, 'principalFen') ??
    badNumber('months', months, MAX_MONTHS) ??
    badChoice('method', method, REPAYMENT_METHODS)
  );
}

function badDueDay(dueDay: unknown): Fault {
  return dueDay === undefined ? undefined : badNumber('dueDay', dueDay, 28);
}

export function invalidAccountInput(input: AccountInput): Fault {
  return badId('tenantId', input.tenantId) ?? badId('accountId', input.accountId) ?? badClock(input.clock);
}

export function invalidApplicationInput(input: ApplicationInput): Fault {
  return (
    badId('tenantId', input.tenantId) ??
    badId('applicationId', input.applicationId) ??
    badId('borrowerId', input.borrowerId) ??
    badChoice('product', input.product, PRODUCTS) ??
    badAmount(input.requestedFen, 'requestedFen') ??
    ifGiven(input.facts, badFacts) ??
    badClock(input.clock)
  );
}

/** What was not asked of applications before, so that those of before go on: see `newlyRefused` of the workflows. */
export function unacceptableApplication({ borrowerId, facts, clock }: ApplicationInput): Fault {
  return badPersonalNumber('borrowerId', borrowerId) ?? ifGiven(facts, badFiguresOfFacts) ?? badInstantsOfClock(clock);
}

function badFiguresOfFacts(facts: AssessmentInput): Fault {
  return badFigures('facts', facts);
}

export function invalidHousekeepingInput(input: HousekeepingInput): Fault {
  return badId('tenantId', input.tenantId);
}

export function invalidEndOfDayInput(input: EndOfDayInput): Fault {
  return (
    badId('tenantId', input.tenantId) ??
    badClock(input.clock) ??
    ifGiven(input.fromDate, (date) => badDate('fromDate', date))
  );
}

export function invalidDebitLaneInput(input: DebitLaneInput): Fault {
  return invalidLaneInput(input);
}

export function invalidNoticeLaneInput(input: NoticeLaneInput): Fault {
  return invalidLaneInput(input);
}

function invalidLaneInput(input: Pick<NoticeLaneInput, 'tenantId' | 'lane' | 'lookEveryMs' | 'clock'>): Fault {
  const isLane = Number.isSafeInteger(input.lane) && input.lane >= 0;
  const isInterval = Number.isSafeInteger(input.lookEveryMs) && input.lookEveryMs >= MIN_LOOK_MS;
  return (
    badId('tenantId', input.tenantId) ??
    (isLane ? undefined : 'lane must be a whole number from 0, such as 3') ??
    (isInterval ? undefined : 'lookEveryMs must be a whole number of at least 60000, such as 86400000 for a day') ??
    badClock(input.clock)
  );
}

function badConfirmation(value: CostSheetConfirmation): Fault {
  const { hash, confirmedBy, confirmedAt }: Partial<Record<string, unknown>> =
    typeof value === 'object' && value !== null ? { ...value } : {};
  const isHash = typeof hash === 'string' && SHA_256.test(hash);
  return (
    (isHash ? undefined : 'costSheet.hash must be the 64 hex characters that came with the cost sheet') ??
    badPersonId('costSheet.confirmedBy', confirmedBy) ??
    badInstant('costSheet.confirmedAt', confirmedAt)
  );
}

/** The same groups, each where something of it was proved. */
function badProved(value: unknown): Fault {
  if (
    !isObject(value) ||
    !Object.entries(value).every(([name, group]) => Object.hasOwn(FIGURES, name) && isObject(group))
  ) {
    return 'proved must be an object of identity, finances and behaviour, each with what was proved of it, or left out';
  }
  return badFigures('proved', value);
}

/** What is not known is left out inside the three groups; a missing group is a mistake of the caller. */
function badFacts(value: unknown): Fault {
  const groups: Record<string, unknown> = isObject(value) ? { ...value } : {};
  if (Object.keys(FIGURES).every((name) => isObject(groups[name]))) return undefined;
  return 'facts must have the objects identity, finances and behaviour; what is not known is left out inside them';
}

/** A decimal from 0 to 1. */
const RATIO = /^(0(\.\d{1,14})?|1(\.0{1,14})?)$/;
type Check = (value: unknown) => boolean;
const isFlag: Check = (value) => typeof value === 'boolean';
const isRatio: Check = (value) => typeof value === 'string' && RATIO.test(value);
const upTo =
  (most: number): Check =>
  (value) =>
    Number.isSafeInteger(value) && (value as number) >= 0 && (value as number) <= most;

type ChecksOf<Group> = { [Name in keyof Required<Group>]: Check };
/** Every figure of an assessment, with what it may be: the same as over HTTP. */
const FIGURES: { [Part in keyof AssessmentInput]: ChecksOf<AssessmentInput[Part]> } = {
  identity: { check: (value) => IDENTITY_CHECKS.some((each) => each === value), adult: isFlag },
  finances: {
    ...{ monthlyIncomeFen: isKnownFen, monthlyDebtServiceFen: isKnownFen, unsecuredDebtFen: isKnownFen },
    ...{ worstBureauCode: upTo(7), openOverdue: isFlag, bureauInquiries3Months: upTo(10_000) },
  },
  behaviour: {
    ...{ monthsOnPlatform: upTo(1200), monthlySpendFen: isKnownFen },
    ...{ onTimePaymentRatio: isRatio, refundRatio: isRatio },
  },
};

/** Unknown names too: what nobody checks would be stored as it came. */
function badFigures(field: string, groups: object): Fault {
  for (const [part, group] of Object.entries(groups)) {
    const checks: Record<string, Check> = Object.hasOwn(FIGURES, part)
      ? { ...FIGURES[part as keyof AssessmentInput] }
      : {};
    for (const [name, value] of Object.entries(group ?? {})) {
      const isRight = Object.hasOwn(checks, name) && (value === undefined || checks[name]?.(value) === true);
      if (!isRight)
        return `${field}.${part} has a figure that is not known or not possible: leave it out, or correct it`;
    }
  }
  return undefined;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
