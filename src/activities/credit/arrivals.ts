/**
 * What arrived at an account, made into facts: dated, keyed, and refused where it breaks the contract. That is judged here
 * of signals alone, which have no other door; an update was judged by its validator.
 */
import type { Payment, RateCorrection, Refund } from '../../contracts/credit/account';
import type { Arrival, FactArrivalKind } from '../../contracts/credit/arrivals';
import type { Datable } from '../../contracts/credit/datable';
import { factKeys } from '../../contracts/names';
import {
  invalidPayment,
  invalidPaymentReversal,
  invalidPurchaseConfirmation,
  invalidRefund,
} from '../../contracts/validation';
import { type Bill, startOf, type Terms } from '../../domain/credit/account';
import { type Fact, isPrepayment } from '../../domain/credit/facts';
import { datedFact, openingFactOf } from '../../domain/credit/historicalOrder';
import { PRODUCT_TABLE } from '../../domain/policy/products';
import { type IsoDate, maxDate, minDate } from '../../domain/values/calendar';

export interface ArrivalContext {
  terms: Terms;
  issued: readonly Bill[];
  today: IsoDate;
  /** What is on record of the payment or purchase that the arrival names. */
  related: readonly Fact[];
}

export type Reading =
  /** `undated`: its date is ours, and a repeat is not compared by it. */
  | { fact: Fact; undated?: true | undefined }
  /** It breaks the contract: kept as refused, with the fault. */
  | { fault: string; key: string };

/** What becomes a fact. */
export type FactArrival = Extract<Arrival, { kind: FactArrivalKind }>;

/** Whether what an arrival brings can be read at all. */
export function isMessageOf({ kind, ...rest }: FactArrival): boolean {
  if (kind === 'opening' || kind === 'write-off') return true;
  const [message]: unknown[] = Object.values(rest);
  return typeof message === 'object' && message !== null;
}

/** Key of the fact that an arrival is about, when it is about another one. */
export function relatedKeyOf(arrival: FactArrival): string | undefined {
  switch (arrival.kind) {
    case 'reversal':
      return factKeys.payment(arrival.reversal.paymentId);
    case 'confirmation':
      return factKeys.purchase(arrival.confirmation.purchaseId);
    case 'refund':
      return purchaseKeyOf(arrival.refund);
    default:
      return undefined;
  }
}

/** The fact that an arrival is. Its date is never in the future, and never before what it is about. */
export function factOf(arrival: FactArrival, context: ArrivalContext): Reading {
  switch (arrival.kind) {
    case 'opening':
      return { fact: openingFactOf(context.terms) };
    case 'payment': {
      const { paymentId, amountFen, paidOn, intent, designatedInstalment } = arrival.payment;
      const key = factKeys.payment(paymentId);
      const fault = invalidPayment(arrival.payment) ?? misplacedPayment(arrival.payment, context);
      if (fault) return { fault, key };
      const { undated } = arrival.payment;
      const dates = placed({ date: paidOn, undated }, context);
      return { fact: { kind: 'paid', key, ...dates, amountFen, intent, designatedInstalment }, undated };
    }
    case 'reversal': {
      const { reversalId, paymentId, reversedOn, undated } = arrival.reversal;
      const key = factKeys.reversal(reversalId);
      const fault = invalidPaymentReversal(arrival.reversal);
      if (fault) return { fault, key };
      const reverses = factKeys.payment(paymentId);
      const dates = placed({ date: reversedOn, undated }, context, reverses);
      return { fact: { kind: 'reversed', key, ...dates, reverses }, undated };
    }
    case 'write-off':
      return { fact: writeOffFactOf(arrival, context) };
    case 'purchase':
    case 'confirmation':
    case 'refund':
      return goodsFactOf(arrival, context);
    case 'credit-return':
    case 'rate-correction':
    case 'restructuring':
      return changeFactOf(arrival, context);
  }
}

/** Without reasons as before there were any, so that a repeat of an old one is the same fact. */
function writeOffFactOf(
  { decidedBy, reasons }: Extract<Arrival, { kind: 'write-off' }>,
  { today: valueDate }: ArrivalContext,
): Fact {
  const given = reasons === undefined ? {} : { reasons };
  return { kind: 'written-off', key: 'write-off', valueDate, decidedBy, ...given };
}

/** Goods bought, received and given back. */
function goodsFactOf(
  arrival: Extract<Arrival, { kind: 'purchase' | 'confirmation' | 'refund' }>,
  context: ArrivalContext,
): Reading {
  switch (arrival.kind) {
    case 'purchase': {
      const { purchaseId, amountFen, purchasedOn, posting, undated } = arrival.purchase;
      const key = factKeys.purchase(purchaseId);
      const fault = onlyRevolving(context, 'purchases');
      if (fault) return { fault, key };
      const held = posting === 'at-confirmation' ? ({ awaitsConfirmation: true } as const) : {};
      const dates = placed({ date: purchasedOn, undated }, context);
      return { fact: datedFact({ kind: 'purchased', key, ...dates, amountFen, ...held }, context.issued), undated };
    }
    case 'confirmation': {
      const { confirmationId, purchaseId, confirmedOn, undated } = arrival.confirmation;
      const key = factKeys.confirmation(confirmationId);
      const fault = invalidPurchaseConfirmation(arrival.confirmation) ?? onlyRevolving(context, 'purchases');
      if (fault) return { fault, key };
      const purchaseKey = factKeys.purchase(purchaseId);
      const dates = placed({ date: confirmedOn, undated }, context, purchaseKey);
      return { fact: datedFact({ kind: 'confirmed', key, ...dates, purchaseKey }, context.issued), undated };
    }
    case 'refund': {
      const { refundId, amountFen, refundedOn, undated } = arrival.refund;
      const key = factKeys.refund(refundId);
      const fault = invalidRefund(arrival.refund) ?? onlyRevolving(context, 'refunds');
      if (fault) return { fault, key };
      const purchaseKey = purchaseKeyOf(arrival.refund);
      const dates = placed({ date: refundedOn, undated }, context, purchaseKey);
      return { fact: datedFact({ kind: 'refunded', key, ...dates, amountFen, purchaseKey }, context.issued), undated };
    }
  }
}

/** What people decide about an account. */
function changeFactOf(
  arrival: Extract<Arrival, { kind: 'credit-return' | 'rate-correction' | 'restructuring' }>,
  context: ArrivalContext,
): Reading {
  switch (arrival.kind) {
    case 'credit-return': {
      const { returnId, amountFen, returnedOn, undated } = arrival.creditReturn;
      const key = factKeys.creditReturn(returnId);
      const dates = placed({ date: returnedOn, undated }, context);
      return { fact: { kind: 'credit-returned', key, ...dates, amountFen }, undated };
    }
    case 'rate-correction': {
      const { correctionId, from, dailyRate, revolvingDailyRate, overdueDailyRate } = arrival.correction;
      const key = factKeys.rateCorrection(correctionId);
      const fault = misplacedRate(arrival.correction, context) ?? outside('from', from, context);
      if (fault) return { fault, key };
      const rates = { dailyRate, revolvingDailyRate, overdueDailyRate };
      return { fact: { kind: 'rate-corrected', key, valueDate: from, ...rates } };
    }
    case 'restructuring': {
      const { restructuringId, agreedOn, months, dailyRate, undated } = arrival.restructuring;
      const key = factKeys.restructuring(restructuringId);
      const fault =
        (isBilled(context) ? 'only a cash loan is restructured' : undefined) ?? outside('agreedOn', agreedOn, context);
      if (fault) return { fault, key };
      return { fact: { kind: 'restructured', key, valueDate: agreedOn, months, dailyRate }, undated };
    }
  }
}

function isBilled({ terms }: ArrivalContext): boolean {
  return PRODUCT_TABLE[terms.product].isBilled;
}

function onlyRevolving(context: ArrivalContext, what: string): string | undefined {
  return isBilled(context) ? undefined : `a cash loan has no ${what}`;
}

function misplacedPayment({ intent, designatedInstalment }: Payment, context: ArrivalContext): string | undefined {
  if (!isBilled(context)) return undefined;
  if (designatedInstalment !== undefined) return 'a revolving account has no instalment to designate';
  return isPrepayment(intent) ? 'a revolving account has no schedule to prepay' : undefined;
}

function misplacedRate(
  { dailyRate, revolvingDailyRate, overdueDailyRate }: RateCorrection,
  context: ArrivalContext,
): string | undefined {
  if (isBilled(context)) return dailyRate === undefined ? undefined : 'dailyRate is the rate of a cash loan';
  return revolvingDailyRate === undefined && overdueDailyRate === undefined
    ? undefined
    : 'revolvingDailyRate and overdueDailyRate are the rates of a revolving account';
}

function purchaseKeyOf({ purchaseId }: Refund): string | undefined {
  return purchaseId === undefined ? undefined : factKeys.purchase(purchaseId);
}

interface Told extends Datable {
  date: IsoDate;
}

/**
 * The date that a fact counts from: within the life of the account so far, and not before what it undoes or completes.
 * Where that is not the date that was told, the fact says so.
 */
function placed(
  { date, undated }: Told,
  { terms, today, related }: ArrivalContext,
  aboutKey?: string,
): Pick<Fact, 'valueDate' | 'toldOn' | 'dateCode'> {
  const start = startOf(terms);
  const about = related.find(({ key }) => key === aboutKey);
  const earliest = about ? maxDate(start, about.valueDate) : start;
  const valueDate = maxDate(earliest, minDate(date, today));
  if (valueDate === date || undated) return { valueDate };
  if (date > today) return { valueDate, toldOn: date, dateCode: 'DATED_IN_FUTURE' };
  const dateCode = valueDate === start ? 'DATED_BEFORE_OPENING' : 'DATED_BEFORE_RELATED';
  return { valueDate, toldOn: date, dateCode };
}

/** Money is booked whatever its date says; a date that people decided on is not moved, but refused. */
function outside(field: string, date: IsoDate, context: ArrivalContext): string | undefined {
  const start = startOf(context.terms);
  if (date >= start && date <= context.today) return undefined;
  return `${field} must be from ${start}, the account's start, to ${context.today}, the business date`;
}
