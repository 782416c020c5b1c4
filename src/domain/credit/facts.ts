/**
 * The facts of an account: what happened, on which date it counts, and the business key that makes it one fact
 * however often it arrives. An account is a fold of its facts (docs/architecture.md); facts are never changed. What
 * each does to balances and books is the table of docs/ledger.md; the kinds are the table of `factKinds.ts`.
 */
import type { IsoDate } from '../values/calendar';
import { FACT_KIND_NAMES, type Fact, type FactKind, type FactOf, factKindRow, PAYMENT_INTENT_TABLE } from './factKinds';

export {
  type Fact,
  type FactKind,
  type FactOf,
  isPrepayment,
  PAYMENT_INTENTS,
  type PaymentIntent,
} from './factKinds';

export type Disbursed = FactOf<'disbursed'>;
export type Opened = FactOf<'opened'>;
export type Purchased = FactOf<'purchased'>;
export type Confirmed = FactOf<'confirmed'>;
export type Refunded = FactOf<'refunded'>;
export type Paid = FactOf<'paid'>;
export type InstalmentStarted = FactOf<'instalment-started'>;
export type InstalmentSettled = FactOf<'instalment-settled'>;
export type CreditReturned = FactOf<'credit-returned'>;
export type Restructured = FactOf<'restructured'>;
export type Frozen = FactOf<'frozen' | 'lifted'>;
export type WrittenOff = FactOf<'written-off'>;

/** The one order in which facts count, whatever the order of their arrival. */
export function inFactOrder(facts: readonly Fact[]): Fact[] {
  return [...facts].sort(compareFacts);
}

function compareFacts(first: Fact, second: Fact): number {
  const date = countsFrom(first);
  const otherDate = countsFrom(second);
  if (date !== otherDate) return date < otherDate ? -1 : 1;
  const order = factKindRow(first.kind).orderInADay - factKindRow(second.kind).orderInADay;
  if (order !== 0) return order;
  const purpose = first.kind === 'paid' && second.kind === 'paid' ? comparePurposes(first, second) : 0;
  if (purpose !== 0) return purpose;
  return first.key < second.key ? -1 : first.key > second.key ? 1 : 0;
}

/** 0: both do the same, and which of them comes first changes nothing. */
function comparePurposes(first: Paid, second: Paid): number {
  const intent = PAYMENT_INTENT_TABLE[first.intent].orderInADay - PAYMENT_INTENT_TABLE[second.intent].orderInADay;
  if (intent !== 0) return intent;
  const number = first.designatedInstalment ?? Number.MAX_SAFE_INTEGER;
  const otherNumber = second.designatedInstalment ?? Number.MAX_SAFE_INTEGER;
  return number !== otherNumber ? number - otherNumber : second.amountFen - first.amountFen;
}

/** The date at which the fold takes a fact: its value date, or for what is billed, the date it is billed from. */
export function countsFrom(fact: Fact): IsoDate {
  return 'billableFrom' in fact ? fact.billableFrom : fact.valueDate;
}

/**
 * A fact that came again under a key that is known, as it is compared with that one. The dates that we gave are not
 * compared: those of an arrival without a date, of one whose date was moved, and the date of billing.
 */
export function asKnown(known: Fact, { fact, undated }: { fact: Fact; undated: boolean }): Fact {
  if (known.kind === 'written-off') return known;
  // Facts from before told dates were kept have none: they are compared by the date that they count from.
  const isMovedAlike = known.toldOn === undefined && fact.valueDate === known.valueDate;
  const isSameDate = undated || toldDate(fact) === toldDate(known) || isMovedAlike;
  const { valueDate, toldOn, dateCode } = known;
  const dates = isSameDate ? { valueDate, toldOn, dateCode } : {};
  const billed = 'billableFrom' in known && 'billableFrom' in fact ? { billableFrom: known.billableFrom } : {};
  return { ...fact, ...dates, ...billed };
}

function toldDate({ toldOn, valueDate }: Fact): IsoDate {
  return toldOn ?? valueDate;
}

/** The facts that count at a date: those that have come by then, without payments that have bounced by then. */
export function factsInForce(facts: readonly Fact[], asOf: IsoDate): Fact[] {
  const come = facts.filter((fact) => countsFrom(fact) <= asOf);
  const bounced = new Set(come.flatMap((fact) => (fact.kind === 'reversed' ? [fact.reverses] : [])));
  return inFactOrder(come.filter((fact) => fact.kind !== 'paid' || !bounced.has(fact.key)));
}

/** The key of the other fact that it names, where it names one. */
export function namedIn(fact: { kind: FactKind }): string | undefined {
  const { names } = factKindRow(fact.kind);
  return names && (fact as unknown as Record<string, string | undefined>)[names.field];
}

const NAMING_FIELDS = new Set(FACT_KIND_NAMES.flatMap((kind) => factKindRow(kind).names?.field ?? []));

/** Whether a fact is the one of a key, or names it: the bounce of a payment, what becomes of a purchase or a plan. */
export function isAbout(fact: Fact, key: string): boolean {
  const fields = fact as unknown as Record<string, unknown>;
  return fact.key === key || [...NAMING_FIELDS].some((name) => fields[name] === key);
}
