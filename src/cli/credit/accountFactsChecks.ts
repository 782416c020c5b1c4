/** What is wrong with the facts of a file only across fields and lines: dates, keys, references, the product. */
import { factKeys } from '../../contracts/names';
import type { Terms } from '../../domain/credit/account';
import { type FactKind, isPrepayment } from '../../domain/credit/facts';
import { billDatesOf, historyOf, openingFactOf, startOf, type ToldFact } from '../../domain/credit/historicalOrder';
import { referenceFault } from '../../domain/credit/references';
import { type Goods, isGoods, judgeRefund } from '../../domain/credit/revolving/refundBounds';
import type { LendingPolicy, Product } from '../../domain/policy/lendingPolicy';
import type { ReasonCode } from '../../domain/policy/reasonCodes';
import type { IsoDate } from '../../domain/values/calendar';
import { PRODUCT_WORDS } from '../../domain/values/workflowSummaries';

const SOURCE_FIX = 'add "source": "debit" when a debit brought it, or give it another key';

export interface LineFault {
  /** From 1. */
  line: number;
  field: string;
  /** Continues the field as a sentence. */
  fault: string;
  fix: string;
}

export interface NumberedFact {
  line: number;
  fact: ToldFact;
  arrivedOn: IsoDate;
}

interface Question {
  /** Undefined where the file has none that can be used: what depends on them is not asked. */
  terms: Terms | undefined;
  policy: LendingPolicy | undefined;
  facts: readonly NumberedFact[];
  keysOfBadLines: ReadonlySet<string>;
}

type Fault = Omit<LineFault, 'line'>;
type FactOf<Kind extends FactKind> = Extract<ToldFact, { kind: Kind }>;

/** Undefined: of both. */
const OF_ONE_PRODUCT: Record<FactKind, Product | undefined> = {
  disbursed: 'cash-loan',
  restructured: 'cash-loan',
  opened: 'revolving',
  purchased: 'revolving',
  confirmed: 'revolving',
  refunded: 'revolving',
  'instalment-started': 'revolving',
  'instalment-settled': 'revolving',
  paid: undefined,
  reversed: undefined,
  'rate-corrected': undefined,
  'credit-returned': undefined,
  frozen: undefined,
  lifted: undefined,
  'written-off': undefined,
};

const RATES: Record<Product, readonly (keyof FactOf<'rate-corrected'>)[]> = {
  'cash-loan': ['dailyRate'],
  revolving: ['revolvingDailyRate', 'overdueDailyRate'],
};

export function faultsAcrossLines(question: Question): LineFault[] {
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
      ...rateFaults(told.fact),
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

function dateFaults({ fact, arrivedOn }: NumberedFact, terms: Terms | undefined): Fault[] {
  const faults: Fault[] = [];
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

function productFaults(fact: ToldFact, product: Product): Fault[] {
  const name = PRODUCT_WORDS[product];
  const other = OF_ONE_PRODUCT[fact.kind];
  if (other !== undefined && other !== product) {
    const fault = `is ${fact.kind}, which a ${name} does not know`;
    return [{ field: 'kind', fault, fix: 'remove the line, or correct product in the terms' }];
  }
  const fix = `remove it: it does not belong to a ${name}`;
  if (fact.kind === 'rate-corrected') {
    const foreign = RATES[product === 'cash-loan' ? 'revolving' : 'cash-loan'].filter((field) => field in fact);
    return foreign.map((field) => ({ field, fault: `is ${JSON.stringify(fact[field])}`, fix }));
  }
  if (fact.kind !== 'paid' || product === 'cash-loan') return [];
  const faults: Fault[] = [];
  if (isPrepayment(fact.intent)) {
    const isFor = 'is for cash loans alone';
    faults.push({ field: 'intent', fault: `is ${fact.intent}, which ${isFor}`, fix: 'give instalment or payoff' });
  }
  if (fact.designatedInstalment !== undefined) {
    faults.push({ field: 'designatedInstalment', fault: `is ${fact.designatedInstalment}`, fix });
  }
  return faults;
}

function rateFaults(fact: ToldFact): Fault[] {
  if (fact.kind !== 'rate-corrected' || [...RATES['cash-loan'], ...RATES.revolving].some((field) => field in fact)) {
    return [];
  }
  const fault = 'is missing, and so are the other rates';
  return [{ field: 'dailyRate', fault, fix: 'give dailyRate, or revolvingDailyRate and overdueDailyRate, or one' }];
}

/** Keys of our own debits' payments are theirs alone, and a payment says that it is one. */
function sourceFaults(fact: ToldFact & { source?: 'debit' | undefined }): Fault[] {
  if (fact.kind !== 'paid') return [];
  const beginning = factKeys.debit('');
  const isOurs = fact.key.startsWith(beginning);
  if (isOurs === (fact.source === 'debit')) return [];
  return isOurs
    ? [{ field: 'key', fault: `is ${JSON.stringify(fact.key)}, the form of our own debits`, fix: SOURCE_FIX }]
    : [{ field: 'source', fault: 'is debit', fix: `give the key that the debit has, which begins with ${beginning}` }];
}

function deciderFaults(fact: ToldFact): Fault[] {
  if (fact.kind !== 'written-off' || fact.decidedBy[0] !== fact.decidedBy[1]) return [];
  return [{ field: 'decidedBy', fault: `names ${fact.decidedBy[0]} twice`, fix: 'name two different people' }];
}

/** As the service judges a refund when it arrives: by what had been bought, received and refunded by then. */
function refundFaults({ facts, keysOfBadLines }: Question): ReadonlyMap<NumberedFact, Fault[]> {
  const found = new Map<NumberedFact, Fault[]>();
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

function refundFault(fact: FactOf<'refunded'>, before: readonly Goods[]): Fault | undefined {
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

interface Reference {
  field: string;
  key: string;
  kind: FactKind;
  what: string;
  /** The reason code that the service refuses it with; of a refund, which the service books, that it tells. */
  unknown: ReasonCode;
}

/** What a fact speaks of: in which field, and what that must be. */
function referenceOf(fact: ToldFact): Reference | undefined {
  const purchase = { field: 'purchaseKey', kind: 'purchased', what: 'purchase', unknown: 'UNKNOWN_PURCHASE' } as const;
  switch (fact.kind) {
    case 'reversed':
      return { field: 'reverses', key: fact.reverses, kind: 'paid', what: 'payment', unknown: 'UNKNOWN_PAYMENT' };
    case 'confirmed':
      return { ...purchase, key: fact.purchaseKey };
    case 'refunded':
      return fact.purchaseKey === undefined ? undefined : { ...purchase, key: fact.purchaseKey };
    case 'instalment-settled': {
      const plan = { kind: 'instalment-started', what: 'instalment plan', unknown: 'UNKNOWN_PLAN' } as const;
      return { field: 'planKey', key: fact.planKey, ...plan };
    }
    default:
      return undefined;
  }
}

/** The fold passes over a reference that leads nowhere, and a figure would be wrong without a word. */
function referenceFaults({ fact, arrivedOn }: NumberedFact, { facts, keysOfBadLines }: Question): Fault[] {
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
function billFaults({ fact }: NumberedFact, { terms, policy }: Question): Fault[] {
  if (fact.kind !== 'instalment-started' || fact.statementNumber === undefined) return [];
  if (terms?.product !== 'revolving' || !policy) return [];
  const issued = billDatesOf(terms, policy, fact.valueDate).length;
  if (fact.statementNumber <= issued) return [];
  const bills = issued === 0 ? 'no bill' : issued === 1 ? 'bill 1' : `bills 1 to ${issued}`;
  const fault = `is ${fact.statementNumber}, and on ${fact.valueDate} there is ${bills}`;
  return [{ field: 'statementNumber', fault, fix: 'name one that is issued, or leave it out (UNKNOWN_BILL)' }];
}

/** What happens once cannot happen again: a bounce, a confirmation, the end of a plan, a write-off. */
function secondFaults(
  { fact }: NumberedFact,
  lines: ReadonlyMap<string, number>,
  related: readonly ToldFact[],
): Fault[] {
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
