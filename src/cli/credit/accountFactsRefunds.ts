/** What is wrong with refunds of a file, judged as the service does when they arrive. */
import { type Goods, isGoods, judgeRefund } from '../../domain/credit/revolving/refundBounds';
import type { FactFault, FactsQuestion, NumberedFact } from './accountFactsFaults';

/** As the service judges a refund when it arrives: by what had been bought, received and refunded by then. */
export function refundFaults({ facts, keysOfBadLines }: FactsQuestion): ReadonlyMap<NumberedFact, FactFault[]> {
  const found = new Map<NumberedFact, FactFault[]>();
  // What a bad line would have bought is not known.
  if (keysOfBadLines.size > 0) return found;
  const known = new Set<string>();
  const before: Goods[] = [];
  for (const told of [...facts].sort(byArrivalOfGoods)) {
    const { fact } = told;
    if (!isGoods(fact) || known.has(fact.key)) continue;
    known.add(fact.key);
    const fault = fact.kind === 'refunded' ? refundFault(fact, before) : undefined;
    if (fault) found.set(told, [fault]);
    else before.push(fact);
  }
  return found;
}

function refundFault(fact: Extract<Goods, { kind: 'refunded' }>, before: readonly Goods[]): FactFault | undefined {
  const verdict = judgeRefund(fact, before);
  // A purchase that the file has not is told as a reference.
  if ('refusal' in verdict && verdict.refusal === 'UNKNOWN_PURCHASE') return undefined;
  if ('refusal' in verdict) {
    const what = verdict.refusal === 'REFUND_ABOVE_PURCHASE' ? 'of the purchase that it names' : 'of what was bought';
    const fault = `is ${fact.amountFen}, more than is left ${what}`;
    return { field: 'amountFen', fault, fix: `correct it, or add the purchase (${verdict.refusal})` };
  }
  if (verdict.valueDate === fact.valueDate) return undefined;
  const fault = `is ${fact.valueDate}, when not so much was bought and not refunded`;
  return { field: 'valueDate', fault, fix: `give ${verdict.valueDate} or a later date` };
}

/** Purchases of a date before the refunds of it: nobody knows in which order they came. */
function byArrivalOfGoods(first: NumberedFact, second: NumberedFact): number {
  if (first.arrivedOn !== second.arrivedOn) return first.arrivedOn < second.arrivedOn ? -1 : 1;
  const isLater = Number(first.fact.kind === 'refunded') - Number(second.fact.kind === 'refunded');
  return isLater !== 0 ? isLater : first.fact.key < second.fact.key ? -1 : 1;
}
