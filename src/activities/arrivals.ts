/** What arrived at an account, made into facts: dated, keyed, and judged where it can be refused. */
import type { Arrival } from '../contracts/activities';
import { invalidPayment, invalidPurchase, invalidRefund } from '../contracts/validation';
import type { Statement, Terms } from '../domain/account';
import { type IsoDate, maxDate, minDate } from '../domain/calendar';
import type { Fact } from '../domain/facts';

export interface ArrivalContext {
  terms: Terms;
  issued: readonly Statement[];
  today: IsoDate;
}

export type Reading =
  | { fact: Fact }
  /** It breaks the contract: kept as refused, with the fault. */
  | { fault: string; key: string };

/** The fact that an arrival is. Its date is never in the future, and never before the account's start. */
export function factOf(arrival: Arrival, context: ArrivalContext): Reading {
  switch (arrival.kind) {
    case 'opening':
      return { fact: openingFact(context.terms) };
    case 'payment': {
      const { paymentId, amountFen, paidOn, intent } = arrival.payment;
      const key = `payment/${paymentId}`;
      const fault = invalidPayment(arrival.payment);
      if (fault) return { fault, key };
      return { fact: { kind: 'paid', key, valueDate: dateWithin(paidOn, context), amountFen, intent } };
    }
    case 'refund': {
      const { refundId, amountFen, refundedOn } = arrival.refund;
      const key = `refund/${refundId}`;
      const fault = invalidRefund(arrival.refund) ?? (isRevolving(context) ? undefined : 'a cash loan has no refunds');
      if (fault) return { fault, key };
      const valueDate = dateWithin(refundedOn, context);
      return { fact: { kind: 'refunded', key, valueDate, amountFen, billableFrom: billableFrom(valueDate, context) } };
    }
    case 'purchase': {
      const { purchaseId, amountFen, purchasedOn } = arrival.purchase;
      const key = `purchase/${purchaseId}`;
      const fault =
        invalidPurchase(arrival.purchase) ?? (isRevolving(context) ? undefined : 'a cash loan has no purchases');
      if (fault) return { fault, key };
      const valueDate = dateWithin(purchasedOn, context);
      return { fact: { kind: 'purchased', key, valueDate, amountFen, billableFrom: billableFrom(valueDate, context) } };
    }
    case 'write-off':
      return {
        fact: { kind: 'written-off', key: 'write-off', valueDate: context.today, decidedBy: arrival.decidedBy },
      };
  }
}

function openingFact(terms: Terms): Fact {
  return terms.product === 'cash-loan'
    ? { kind: 'disbursed', key: 'disbursement', valueDate: terms.startDate, amountFen: terms.principalFen }
    : { kind: 'opened', key: 'opening', valueDate: terms.openDate, limitFen: terms.limitFen };
}

function isRevolving({ terms }: ArrivalContext): boolean {
  return terms.product === 'revolving';
}

function dateWithin(date: IsoDate, { terms, today }: ArrivalContext): IsoDate {
  const start = terms.product === 'cash-loan' ? terms.startDate : terms.openDate;
  return maxDate(start, minDate(date, today));
}

/** A bill that was issued stays as issued: what counts from before it is taken up by the next one. */
function billableFrom(valueDate: IsoDate, { issued }: ArrivalContext): IsoDate {
  const lastBillDate = issued.at(-1)?.billDate;
  return lastBillDate === undefined ? valueDate : maxDate(valueDate, lastBillDate);
}
