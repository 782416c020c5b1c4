/** What is wrong with the facts of a file only across fields and lines: dates, keys, references, the product. */
import { factKeys } from '../../contracts/names';
import { startOf, type Terms } from '../../domain/credit/account';
import { factKindRow } from '../../domain/credit/factKinds';
import { isPrepayment } from '../../domain/credit/facts';
import { historyOf, openingFactOf, type ToldFact } from '../../domain/credit/historicalOrder';
import { PRODUCT_TABLE, type Product } from '../../domain/policy/products';
import type { FactFault, FactsQuestion, LineFault, NumberedFact } from './accountFactsFaults';
import { billFaults, referenceFaults, secondFaults } from './accountFactsReferences';
import { refundFaults } from './accountFactsRefunds';

const SOURCE_FIX = 'add "source": "debit" when a debit brought it, or give it another key';

export function faultsAcrossLines(question: FactsQuestion): LineFault[] {
  const { terms, facts } = question;
  const faults: LineFault[] = [...keyFaults(facts), ...(terms ? openingFaults(terms, facts) : [])];
  const relatedTo = historyOf(facts);
  const refunds = refundFaults(question);
  const lines = new Map(facts.map(({ fact, line }) => [fact.key, line]));
  for (const told of facts) {
    const found = [
      ...dateFaults(told, terms),
      ...(terms ? productFaults(told.fact, terms.product) : []),
      ...referenceFaults(told, question),
      ...billFaults(told, question),
      ...secondFaults(told, lines, relatedTo(told.fact)),
      ...missingFieldFaults(told.fact),
      ...sourceFaults(told.fact),
      ...(refunds.get(told) ?? []),
      ...deciderFaults(told.fact),
    ];
    faults.push(...found.map((fault) => ({ line: told.line, ...fault })));
  }
  return faults;
}

/** The same fact again counts once; another one under its key cannot be told from a mistake. */
function keyFaults(facts: readonly NumberedFact[]): LineFault[] {
  const byKey = new Map<string, NumberedFact>();
  return facts.flatMap(({ line, fact, arrivedOn }): LineFault[] => {
    const known = byKey.get(fact.key);
    if (!known) byKey.set(fact.key, { line, fact, arrivedOn });
    if (!known || contentOf(known.fact) === contentOf(fact)) return [];
    const fault = `is ${JSON.stringify(fact.key)}, which is on line ${known.line} with other content`;
    return [{ line, field: 'key', fault, fix: 'give it a key of its own, or remove one of both lines' }];
  });
}

/** The schemas give the fields in one order, whatever that of the line. */
function contentOf(fact: ToldFact): string {
  return JSON.stringify(fact);
}

/** The opening says what the terms say, once; when it is left out its key is taken all the same. */
function openingFaults(terms: Terms, facts: readonly NumberedFact[]): LineFault[] {
  const expected = openingFactOf(terms);
  const openings = facts.filter(({ fact }) => fact.kind === expected.kind);
  const [first] = openings;
  if (!first) {
    const taken = facts.filter(({ fact }) => fact.key === expected.key);
    const fault = `is ${JSON.stringify(expected.key)}, the key of the ${expected.kind} fact that the terms stand for`;
    return taken.map(({ line }) => ({ line, field: 'key', fault, fix: 'give it a key of its own' }));
  }
  return openings.flatMap(({ line, fact }): LineFault[] => {
    if (fact.key !== first.fact.key) {
      const fault = `is ${fact.kind}, which is on line ${first.line} already`;
      return [{ line, field: 'kind', fault, fix: 'remove one of both: an account begins once' }];
    }
    const { key: _, ...content } = expected;
    return Object.entries(content).flatMap(([field, wanted]): LineFault[] => {
      const value = (fact as unknown as Record<string, unknown>)[field];
      if (value === wanted) return [];
      const fault = `is ${JSON.stringify(value)}, and the terms say ${JSON.stringify(wanted)}`;
      return [{ line, field, fault, fix: 'correct one of both, or leave this line out' }];
    });
  });
}

function dateFaults({ fact, arrivedOn }: NumberedFact, terms: Terms | undefined): FactFault[] {
  const faults: FactFault[] = [];
  const { valueDate } = fact;
  if (arrivedOn < valueDate) {
    const fault = `is ${arrivedOn}, before valueDate ${valueDate}`;
    faults.push({ field: 'arrivedOn', fault, fix: 'correct one of both: nothing is told before it happens' });
  }
  const start = terms && startOf(terms);
  if (start !== undefined && valueDate < start && fact.kind !== openingFactOf(terms as Terms).kind) {
    const fault = `is ${valueDate}, before the start of the account ${start}`;
    faults.push({ field: 'valueDate', fault, fix: 'give a date from the start on, or correct the terms' });
  }
  return faults;
}

function productFaults(fact: ToldFact, product: Product): FactFault[] {
  const { words: name, isBilled } = PRODUCT_TABLE[product];
  const { only, fields } = factKindRow(fact.kind);
  if (only !== undefined && only !== product) {
    const fault = `is ${fact.kind}, which a ${name} does not know`;
    return [{ field: 'kind', fault, fix: 'remove the line, or correct product in the terms' }];
  }
  const faults: FactFault[] = [];
  if (fact.kind === 'paid' && isBilled && isPrepayment(fact.intent)) {
    const isFor = 'is for cash loans alone';
    faults.push({ field: 'intent', fault: `is ${fact.intent}, which ${isFor}`, fix: 'give instalment or payoff' });
  }
  const foreign = Object.entries(fields).filter(([, field]) => field.only !== undefined && field.only !== product);
  const values = fact as unknown as Record<string, unknown>;
  for (const [field] of foreign.filter(([each]) => values[each] !== undefined)) {
    const fix = `remove it: it does not belong to a ${name}`;
    faults.push({ field, fault: `is ${JSON.stringify(values[field])}`, fix });
  }
  return faults;
}

function missingFieldFaults(fact: ToldFact): FactFault[] {
  const { needsOneField, fields } = factKindRow(fact.kind);
  if (!needsOneField || Object.keys(fields).some((field) => field in fact)) return [];
  const { at, fault, fix } = needsOneField;
  return [{ field: at, fault, fix }];
}

/** Keys of our own debits' payments are theirs alone, and a payment says that it is one. */
function sourceFaults(fact: ToldFact & { source?: 'debit' | undefined }): FactFault[] {
  if (fact.kind !== 'paid') return [];
  const beginning = factKeys.debit('');
  const isOurs = fact.key.startsWith(beginning);
  if (isOurs === (fact.source === 'debit')) return [];
  return isOurs
    ? [{ field: 'key', fault: `is ${JSON.stringify(fact.key)}, the form of our own debits`, fix: SOURCE_FIX }]
    : [{ field: 'source', fault: 'is debit', fix: `give the key that the debit has, which begins with ${beginning}` }];
}

function deciderFaults(fact: ToldFact): FactFault[] {
  if (fact.kind !== 'written-off' || fact.decidedBy[0] !== fact.decidedBy[1]) return [];
  return [{ field: 'decidedBy', fault: `names ${fact.decidedBy[0]} twice`, fix: 'name two different people' }];
}
