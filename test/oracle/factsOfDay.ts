/** Facts as the oracle takes them: without what has bounced, by the day on which each counts, in the order of a day. */
import type { Fact, FactKind, Paid, PaymentIntent } from '../../src/domain/credit/facts';
import { toDay } from './civilDates';

/** docs/decisions/0015-order-within-a-day.md, word for word; of payments the text of docs/ledger.md. */
const ORDER_WITHIN_A_DATE: FactKind[] = [
  'disbursed',
  'opened',
  'rate-corrected',
  'purchased',
  'confirmed',
  'refunded',
  'paid',
  'reversed',
  'instalment-settled',
  'instalment-started',
  'restructured',
  'credit-returned',
  'written-off',
  'frozen',
  'lifted',
];

const INTENTS_WITHIN_A_DATE: PaymentIntent[] = ['instalment', 'prepay-shorter-term', 'prepay-lower-payment', 'payoff'];

/** By intent, then by the number of the designated instalment, those without one last, then the larger amount. */
function byPurpose(one: Paid, other: Paid): number {
  return (
    INTENTS_WITHIN_A_DATE.indexOf(one.intent) - INTENTS_WITHIN_A_DATE.indexOf(other.intent) ||
    Number(one.designatedInstalment === undefined) - Number(other.designatedInstalment === undefined) ||
    (one.designatedInstalment ?? 0) - (other.designatedInstalment ?? 0) ||
    other.amountFen - one.amountFen
  );
}

/** What is billed counts from the date it is billed from; everything else from its value date. */
export function countsOn(fact: Fact): number {
  return toDay('billableFrom' in fact ? fact.billableFrom : fact.valueDate);
}

/** The facts that have come by the end of `asOfDay`, by day, each day in its order. */
export function factsByDay(facts: readonly Fact[], asOfDay: number): Map<number, Fact[]> {
  const come = facts.filter((fact) => countsOn(fact) <= asOfDay);
  const bounced = new Set(come.flatMap((fact) => (fact.kind === 'reversed' ? [fact.reverses] : [])));
  const byDay = new Map<number, Fact[]>();
  for (const fact of come) {
    if (fact.kind === 'paid' && bounced.has(fact.key)) continue;
    const day = countsOn(fact);
    byDay.set(day, [...(byDay.get(day) ?? []), fact]);
  }
  const rank = (fact: Fact) => ORDER_WITHIN_A_DATE.indexOf(fact.kind);
  for (const ofDay of byDay.values()) {
    ofDay.sort((one, other) => {
      const purpose = one.kind === 'paid' && other.kind === 'paid' ? byPurpose(one, other) : 0;
      return rank(one) - rank(other) || purpose || (one.key < other.key ? -1 : 1);
    });
  }
  return byDay;
}
