/** What is wrong with what a fact of a file speaks of: a payment, a purchase, a plan, a bill. */
import { factKindRow } from '../../domain/credit/factKinds';
import { namedIn } from '../../domain/credit/facts';
import { billDatesOf, type ToldFact } from '../../domain/credit/historicalOrder';
import { referenceFault } from '../../domain/credit/references';
import { PRODUCT_TABLE } from '../../domain/policy/products';
import type { FactFault, FactsQuestion, NumberedFact } from './accountFactsFaults';

/** `unknown`: the code that the service refuses it with; of a refund, which the service books, that it tells. */
type Reference = NonNullable<ReturnType<typeof factKindRow>['names']> & { key: string };

/** What a fact speaks of: in which field, and what that must be. */
function referenceOf(fact: ToldFact): Reference | undefined {
  const { names } = factKindRow(fact.kind);
  const key = namedIn(fact);
  return names && key !== undefined ? { ...names, key } : undefined;
}

/** The fold passes over a reference that leads nowhere, and a figure would be wrong without a word. */
export function referenceFaults(
  { fact, arrivedOn }: NumberedFact,
  { facts, keysOfBadLines }: FactsQuestion,
): FactFault[] {
  const reference = referenceOf(fact);
  if (!reference || keysOfBadLines.has(reference.key)) return [];
  const { field, key, kind, what, unknown } = reference;
  const named = facts.find((other) => other.fact.key === key && other.fact.kind === kind);
  const fault = `is ${JSON.stringify(key)}`;
  if (!named) {
    const others = facts.filter((other) => other.fact.kind === kind).map((other) => other.fact.key);
    const such = others.length === 0 ? '' : `, such as ${others.slice(0, 3).join(', ')}`;
    return [
      {
        field,
        fault: `${fault}, which is no ${what} of this file`,
        fix: `name one that is${such}, or add it (${unknown})`,
      },
    ];
  }
  if (fact.kind === 'confirmed' && named.fact.kind === 'purchased' && named.fact.awaitsConfirmation === undefined) {
    const fix = 'remove the line, or give the purchase "awaitsConfirmation": true (PURCHASE_NOT_HELD)';
    return [{ field, fault: `${fault}, which waits for no confirmation (line ${named.line})`, fix }];
  }
  if (fact.valueDate < named.fact.valueDate) {
    const isBefore = `is ${fact.valueDate}, before that of ${key} on line ${named.line}`;
    return [{ field: 'valueDate', fault: isBefore, fix: 'correct one of both' }];
  }
  if (fact.kind === 'confirmed' && arrivedOn < firstArrival(key, facts)) {
    const isBefore = `is ${arrivedOn}, before that of ${key} on line ${named.line}`;
    return [{ field: 'arrivedOn', fault: isBefore, fix: 'correct one of both: what is not known cannot be confirmed' }];
  }
  return [];
}

/** A bill that is split has been issued by then; its date comes before the facts of the date. */
export function billFaults({ fact }: NumberedFact, { terms, policy }: FactsQuestion): FactFault[] {
  if (fact.kind !== 'instalment-started' || fact.statementNumber === undefined) return [];
  if (!terms || !PRODUCT_TABLE[terms.product].isBilled || !policy) return [];
  const issued = billDatesOf(terms, policy, fact.valueDate).length;
  if (fact.statementNumber <= issued) return [];
  const bills = issued === 0 ? 'no bill' : issued === 1 ? 'bill 1' : `bills 1 to ${issued}`;
  const fault = `is ${fact.statementNumber}, and on ${fact.valueDate} there is ${bills}`;
  return [{ field: 'statementNumber', fault, fix: 'name one that is issued, or leave it out (UNKNOWN_BILL)' }];
}

/** What happens once cannot happen again: a bounce, a confirmation, the end of a plan, a write-off. */
export function secondFaults(
  { fact }: NumberedFact,
  lines: ReadonlyMap<string, number>,
  related: readonly ToldFact[],
): FactFault[] {
  const code = fact.kind === 'refunded' ? undefined : referenceFault(fact, related);
  if (code === undefined || code.startsWith('UNKNOWN_')) return [];
  const { field, key } = referenceOf(fact) ?? { field: 'kind', key: fact.kind };
  const first = related.find((other) => other.kind === fact.kind && other.key !== fact.key);
  const is = `is ${JSON.stringify(key)}`;
  const fix = `remove one of both (${code})`;
  if (first) return [{ field, fault: `${is}, which line ${lines.get(first.key)} names already`, fix }];
  // A purchase that was posted at once is told by its own rule.
  const isHeld = related.some((other) => other.kind === 'purchased' && other.awaitsConfirmation);
  return isHeld
    ? [{ field, fault: `${is}, all of which was given back before`, fix: `remove the line (${code})` }]
    : [];
}

function firstArrival(key: string, facts: readonly NumberedFact[]): string {
  const dates = facts.filter(({ fact }) => fact.key === key).map(({ arrivedOn }) => arrivedOn);
  return dates.sort()[0] ?? '';
}
