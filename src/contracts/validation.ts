/**
 * The contract's own checks, for callers that speak Temporal instead of HTTP. Each returns undefined or one sentence
 * that names the field, the fault and the fix. The API checks the same shapes with zod before they get here.
 */
import { isIsoDate } from '../domain/calendar';
import type { AccountInput, Payment, Purchase, Refund, WriteOffDecision } from './account';
import type { Acceptance, ApplicationInput, ReferralDecision } from './application';
import type { NoticeLaneInput } from './noticeLane';

/** Ids become keys and workflow ids: letters, digits and `._:-`, at most 100 characters. */
const ID = /^[A-Za-z0-9][A-Za-z0-9._:-]{0,99}$/;
/** 1,000,000,000.00 CNY: above any consumer credit; a larger figure is a unit mistake. */
const MAX_AMOUNT_FEN = 100_000_000_000;

/** A lane that looks more often is rung anyway; less than a minute would be a poll. */
const MIN_LOOK_MS = 60_000;

type Fault = string | undefined;

export function invalidPayment(payment: Payment): Fault {
  return (
    badId('paymentId', payment.paymentId) ??
    badAmount(payment.amountFen) ??
    badDate('paidOn', payment.paidOn) ??
    badChoice('intent', payment.intent, ['instalment', 'payoff'])
  );
}

export function invalidRefund(refund: Refund): Fault {
  return badId('refundId', refund.refundId) ?? badAmount(refund.amountFen) ?? badDate('refundedOn', refund.refundedOn);
}

export function invalidPurchase(purchase: Purchase): Fault {
  return (
    badId('purchaseId', purchase.purchaseId) ??
    badAmount(purchase.amountFen) ??
    badDate('purchasedOn', purchase.purchasedOn)
  );
}

export function invalidWriteOffDecision(decision: WriteOffDecision): Fault {
  return badId('decidedBy', decision.decidedBy) ?? badChoice('decision', decision.decision, ['write-off', 'keep']);
}

export function invalidReferralDecision(decision: ReferralDecision): Fault {
  return badId('decidedBy', decision.decidedBy) ?? badChoice('decision', decision.decision, ['approve', 'decline']);
}

export function invalidAcceptance(acceptance: Acceptance): Fault {
  return (
    badId('key', acceptance.key) ??
    badDate('acceptedOn', acceptance.acceptedOn) ??
    badChoice('product', acceptance.product, ['cash-loan', 'revolving']) ??
    (acceptance.product === 'cash-loan' ? badAmount(acceptance.principalFen, 'principalFen') : undefined)
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
    badFacts(input.facts) ??
    badClock(input.clock)
  );
}

export function invalidNoticeLaneInput(input: NoticeLaneInput): Fault {
  const isLane = Number.isSafeInteger(input.lane) && input.lane >= 0;
  const isInterval = Number.isSafeInteger(input.lookEveryMs) && input.lookEveryMs >= MIN_LOOK_MS;
  return (
    badId('tenantId', input.tenantId) ??
    (isLane ? undefined : 'lane must be a whole number from 0, such as 3') ??
    (isInterval ? undefined : 'lookEveryMs must be a whole number of at least 60000, such as 86400000 for a day') ??
    badClock(input.clock)
  );
}

/** What is not known is left out inside the three groups; a missing group is a mistake of the caller. */
function badFacts(value: unknown): Fault {
  const groups: Record<string, unknown> = typeof value === 'object' && value !== null ? { ...value } : {};
  const isGroup = (name: string) => typeof groups[name] === 'object' && groups[name] !== null;
  if (['identity', 'finances', 'behaviour'].every(isGroup)) return undefined;
  return 'facts must have the objects identity, finances and behaviour; what is not known is left out inside them';
}

function badClock(value: unknown): Fault {
  const clock: Record<string, unknown> = typeof value === 'object' && value !== null ? { ...value } : {};
  const isWhole = Number.isSafeInteger(clock.realEpochMs) && Number.isSafeInteger(clock.businessEpochMs);
  if (isWhole && typeof clock.speed === 'number' && clock.speed >= 1) return undefined;
  return 'clock must be the deployment\'s business clock, such as {"realEpochMs":0,"businessEpochMs":0,"speed":1}';
}

function badId(field: string, value: unknown): Fault {
  if (typeof value === 'string' && ID.test(value)) return undefined;
  return `${field} must be 1 to 100 letters, digits or ._:- such as "order-2031"`;
}

function badAmount(value: unknown, field = 'amountFen'): Fault {
  if (Number.isSafeInteger(value) && (value as number) > 0 && (value as number) <= MAX_AMOUNT_FEN) return undefined;
  return `${field} must be a whole number of fen above 0, such as 12345 for 123.45 CNY`;
}

function badDate(field: string, value: unknown): Fault {
  if (typeof value === 'string' && isIsoDate(value)) return undefined;
  return `${field} must be a date such as "2026-07-10"`;
}

function badChoice(field: string, value: unknown, choices: string[]): Fault {
  if (typeof value === 'string' && choices.includes(value)) return undefined;
  return `${field} must be one of ${choices.join(', ')}`;
}
