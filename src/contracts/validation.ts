/**
 * The contract's own checks, for callers that speak Temporal instead of HTTP. Each returns undefined or one sentence
 * that names the field, the fault and the fix. The API checks the same shapes with zod before they get here.
 */
import { isIsoDate } from '../domain/calendar';
import type { DecimalRate } from '../domain/money';
import type {
  AccountInput,
  CreditReturn,
  Payment,
  PaymentReversal,
  Purchase,
  PurchaseConfirmation,
  RateCorrection,
  Refund,
  Restructuring,
  RestructuringApproval,
  WriteOffDecision,
} from './account';
import type { Acceptance, ApplicationInput, ReferralDecision } from './application';
import {
  badAmount,
  badChoice,
  badClock,
  badDate,
  badId,
  badNumber,
  badPair,
  badRate,
  badText,
  type Fault,
  ifGiven,
} from './checks';
import type { CostSheetConfirmation } from './costSheet';
import type { Datable } from './datable';
import type { DebitLaneInput } from './debitLane';
import type { DebitMandateChange } from './debitMandate';
import type { InstalmentSettlement, InstalmentStart } from './instalments';
import type { NoticeLaneInput } from './noticeLane';

/** A lane that looks more often is rung anyway; less than a minute would be a poll. */
const MIN_LOOK_MS = 60_000;

/** Five years: what is agreed with a borrower in trouble must come to an end. */
const MAX_RESTRUCTURED_MONTHS = 60;
/** As the terms of a policy: more is a mistake of the caller. */
const MAX_INSTALMENT_MONTHS = 60;
/** Bills of a century. */
const MAX_STATEMENT = 1200;
/** An instalment's number grows with every schedule that replaces another; more is a mistake of the caller. */
const MAX_INSTALMENT = 1000;

/** As lower-case hex. */
const SHA_256 = /^[0-9a-f]{64}$/;
/** Date, time and offset; an instant without offset would be another one in another zone. */
const INSTANT = /^\d{4}-\d{2}-\d{2}T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,3})?(Z|[+-](0\d|1[0-4]):[0-5]\d)$/;

export function invalidPayment(payment: Payment): Fault {
  return (
    badId('paymentId', payment.paymentId) ??
    badAmount(payment.amountFen) ??
    badDate('paidOn', payment.paidOn) ??
    badUndated(payment) ??
    badChoice('intent', payment.intent, ['instalment', 'payoff', 'prepay-shorter-term', 'prepay-lower-payment']) ??
    ifGiven(payment.designatedInstalment, (number) => badNumber('designatedInstalment', number, MAX_INSTALMENT))
  );
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
    ifGiven(purchase.posting, (posting) => badChoice('posting', posting, ['at-payment', 'at-confirmation']))
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
    badId('decidedBy', correction.decidedBy)
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

export function invalidDebitMandateChange(change: DebitMandateChange): Fault {
  return (
    badId('changeId', change.changeId) ??
    (change.mandateId === null ? undefined : badId('mandateId', change.mandateId)) ??
    badDate('agreedOn', change.agreedOn) ??
    badUndated(change)
  );
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
    badChoice('feePayer', start.feePayer, ['borrower', 'merchant']) ??
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
    badId('decidedBy', decision.decidedBy) ??
    badChoice('decision', decision.decision, ['write-off', 'keep']) ??
    // Who keeps an account changes nothing, and may leave it at that.
    (decision.decision === 'keep' && decision.reason === undefined ? undefined : badText('reason', decision.reason))
  );
}

export function invalidReferralDecision(decision: ReferralDecision): Fault {
  return (
    badId('decidedBy', decision.decidedBy) ??
    badChoice('decision', decision.decision, ['approve', 'decline']) ??
    ifGiven(decision.figuresId, (id) => badId('figuresId', id)) ??
    ifGiven(decision.proved, badProved)
  );
}

export function invalidAcceptance(acceptance: Acceptance): Fault {
  return (
    badId('key', acceptance.key) ??
    badDate('acceptedOn', acceptance.acceptedOn) ??
    badChoice('product', acceptance.product, ['cash-loan', 'revolving']) ??
    (acceptance.product === 'cash-loan' ? badAmount(acceptance.principalFen, 'principalFen') : undefined) ??
    ifGiven(acceptance.costSheet, badConfirmation)
  );
}

export function invalidAccountInput(input: AccountInput): Fault {
  return badId('tenantId', input.tenantId) ?? badId('accountId', input.accountId) ?? badClock(input.clock);
}

export function invalidApplicationInput(input: ApplicationInput): Fault {
  return (
    badId('tenantId', input.tenantId) ??
    badId('applicationId', input.applicationId) ??
    badId('borrowerId', input.borrowerId) ??
    badChoice('product', input.product, ['cash-loan', 'revolving']) ??
    badAmount(input.requestedFen, 'requestedFen') ??
    ifGiven(input.facts, badFacts) ??
    badClock(input.clock)
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

function badUndated({ undated }: Datable): Fault {
  return undated === undefined || undated === true ? undefined : 'undated must be true, or absent';
}

function badConfirmation(value: CostSheetConfirmation): Fault {
  const { hash, confirmedBy, confirmedAt }: Partial<Record<string, unknown>> =
    typeof value === 'object' && value !== null ? { ...value } : {};
  const isHash = typeof hash === 'string' && SHA_256.test(hash);
  const isInstant = typeof confirmedAt === 'string' && INSTANT.test(confirmedAt) && isIsoDate(confirmedAt.slice(0, 10));
  return (
    (isHash ? undefined : 'costSheet.hash must be the 64 hex characters that came with the cost sheet') ??
    badId('costSheet.confirmedBy', confirmedBy) ??
    (isInstant
      ? undefined
      : 'costSheet.confirmedAt must be an instant with its offset, such as "2026-08-01T10:20:00+08:00"')
  );
}

/** The same groups, each where something of it was proved. */
function badProved(value: unknown): Fault {
  const isGroup = ([name, group]: [string, unknown]) =>
    ['identity', 'finances', 'behaviour'].includes(name) && typeof group === 'object' && group !== null;
  if (typeof value === 'object' && value !== null && Object.entries(value).every(isGroup)) return undefined;
  return 'proved must be an object of identity, finances and behaviour, each with what was proved of it, or left out';
}

/** What is not known is left out inside the three groups; a missing group is a mistake of the caller. */
function badFacts(value: unknown): Fault {
  const groups: Record<string, unknown> = typeof value === 'object' && value !== null ? { ...value } : {};
  const isGroup = (name: string) => typeof groups[name] === 'object' && groups[name] !== null;
  if (['identity', 'finances', 'behaviour'].every(isGroup)) return undefined;
  return 'facts must have the objects identity, finances and behaviour; what is not known is left out inside them';
}
