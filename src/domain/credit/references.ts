/**
 * What a fact names and is not there: a payment, a purchase, a hold, a plan, an end that came before. Money that came is
 * booked all the same, and told with the code; everything else is refused with it (docs/reason-codes.md). What only the
 * fold can see (an instalment that is not due, a plan that has ended) is among the account's remarks.
 */

import type { ReasonCode } from '../policy/reasonCodes';
import type { FactKind, NamingKind, UndatedFact } from './factKinds';
import { namedIn } from './facts';

export type ReferenceFault = Extract<
  ReasonCode,
  | 'UNKNOWN_PAYMENT'
  | 'PAYMENT_ALREADY_REVERSED'
  | 'UNKNOWN_PURCHASE'
  | 'PURCHASE_NOT_HELD'
  | 'REFUND_ABOVE_PURCHASE'
  | 'UNKNOWN_PLAN'
  | 'PLAN_ENDED'
  | 'ACCOUNT_CLOSED'
>;

/** Why a change that somebody asks for is not made. */
export type ChangeRefusal =
  | ReferenceFault
  | 'ABOVE_CREDIT'
  | 'RATE_OUT_OF_RANGE'
  | 'NOTHING_TO_RESTRUCTURE'
  | 'TERM_TOO_LONG_FOR_AMOUNT';

/** A fact that was taken, and did not find what it names. */
export interface Remark {
  /** Of the fact. */
  key: string;
  code: ReasonCode;
}

/** A kind that names another, or ends its account, and is not judged below does not compile. */
type NamesNothing = Exclude<FactKind, NamingKind | 'written-off'>;
type Named = UndatedFact;
type NamedOf<Kind extends FactKind> = Extract<Named, { kind: Kind }>;

/** `related`: what is named, and the facts that came before and name the same. A fact that names nothing has no fault. */
export function referenceFault(fact: Named, related: readonly Named[]): ReferenceFault | undefined {
  const others = related.filter(({ key }) => key !== fact.key);
  switch (fact.kind) {
    case 'reversed':
      if (!others.some(({ kind, key }) => kind === 'paid' && key === fact.reverses)) return 'UNKNOWN_PAYMENT';
      return others.some((other) => other.kind === 'reversed' && other.reverses === fact.reverses)
        ? 'PAYMENT_ALREADY_REVERSED'
        : undefined;
    case 'confirmed':
      return confirmationFault(fact, others);
    case 'refunded':
      return refundFault(fact, others);
    case 'instalment-settled':
      if (!others.some(({ kind, key }) => kind === 'instalment-started' && key === fact.planKey)) return 'UNKNOWN_PLAN';
      return others.some((other) => other.kind === 'instalment-settled' && other.planKey === fact.planKey)
        ? 'PLAN_ENDED'
        : undefined;
    case 'written-off':
      return others.some(({ kind }) => kind === 'written-off') ? 'ACCOUNT_CLOSED' : undefined;
    default:
      fact.kind satisfies NamesNothing;
      return undefined;
  }
}

/** What never came in cannot be taken back, and what happens once happens once. */
export function refusalsOfNamed(fact: Named, related: readonly Named[]): ChangeRefusal[] {
  const fault = referenceFault(fact, related);
  return fault === undefined ? [] : [fault];
}

/** Only a purchase that waits for its confirmation is confirmed, and once; of one that was given back nothing is left. */
function confirmationFault(
  { purchaseKey }: NamedOf<'confirmed'>,
  others: readonly Named[],
): ReferenceFault | undefined {
  const purchase = purchaseOf(purchaseKey, others);
  if (!purchase) return 'UNKNOWN_PURCHASE';
  const isConfirmed = others.some((other) => other.kind === 'confirmed' && other.purchaseKey === purchaseKey);
  const isGivenBack = refundedFen(purchaseKey, others) >= purchase.amountFen;
  return purchase.awaitsConfirmation && !isConfirmed && !isGivenBack ? undefined : 'PURCHASE_NOT_HELD';
}

/** All refunds that name a purchase together are no more than it was. */
function refundFault(fact: NamedOf<'refunded'>, others: readonly Named[]): ReferenceFault | undefined {
  const { purchaseKey, amountFen } = fact;
  if (purchaseKey === undefined) return undefined;
  const purchase = purchaseOf(purchaseKey, others);
  if (!purchase) return 'UNKNOWN_PURCHASE';
  return refundedFen(purchaseKey, others) + amountFen > purchase.amountFen ? 'REFUND_ABOVE_PURCHASE' : undefined;
}

function purchaseOf(purchaseKey: string, facts: readonly Named[]): NamedOf<'purchased'> | undefined {
  return facts.find((fact): fact is NamedOf<'purchased'> => fact.kind === 'purchased' && fact.key === purchaseKey);
}

function refundedFen(purchaseKey: string, facts: readonly Named[]): number {
  return facts.reduce((sum, fact) => {
    return fact.kind === 'refunded' && fact.purchaseKey === purchaseKey ? sum + fact.amountFen : sum;
  }, 0);
}

/** Every write-off names the end of its account. */
const THE_END = 'written-off';

/** What a fact names: a key, or the end of the account; undefined where it names nothing. */
export function namedKeyOf(fact: Named): string | undefined {
  return fact.kind === 'written-off' ? THE_END : namedIn(fact);
}
