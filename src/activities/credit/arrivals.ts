/** What arrived at an account, made into facts: dated, keyed, and refused where it breaks the contract. */
import { type Arrival, type FactArrival, faultOfSignal, toldOfFact } from '../../contracts/credit/arrivals';
import type { Datable } from '../../contracts/credit/datable';
import { type Bill, startOf, type Terms } from '../../domain/credit/account';
import { misplacedIn } from '../../domain/credit/factRules';
import type { Fact } from '../../domain/credit/facts';
import { datedFact, openingFactOf, type ToldFact } from '../../domain/credit/historicalOrder';
import { namedKeyOf } from '../../domain/credit/references';
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

/** Whether what an arrival brings can be read at all. */
export function isMessageOf({ kind, ...rest }: FactArrival): boolean {
  if (kind === 'opening' || kind === 'write-off') return true;
  const [message]: unknown[] = Object.values(rest);
  return typeof message === 'object' && message !== null;
}

/** Key of the fact that an arrival is about, when it is about another one. */
export function relatedKeyOf(arrival: FactArrival): string | undefined {
  if (arrival.kind === 'opening' || arrival.kind === 'write-off') return undefined;
  return namedKeyOf(toldOfFact(arrival).content);
}

/** The fact that an arrival is. Its date is never in the future, and never before what it is about. */
export function factOf(arrival: FactArrival, context: ArrivalContext): Reading {
  if (arrival.kind === 'write-off') return { fact: writeOffFactOf(arrival, context) };
  if (arrival.kind === 'opening') return { fact: openingFactOf(context.terms) };
  const { content, dateField, date, undated, isDecision } = toldOfFact(arrival);
  const fault =
    faultOfSignal(arrival) ??
    misplacedIn(context.terms.product, content) ??
    (isDecision ? outside(dateField, date, context) : undefined);
  const { kind, key, ...fields } = content;
  if (fault) return { fault, key };
  const dates = isDecision ? { valueDate: date } : placed({ date, undated }, context, namedKeyOf(content));
  return { fact: datedFact({ kind, key, ...dates, ...fields } as ToldFact, context.issued), undated };
}

/** Without reasons as before there were any, so that a repeat of an old one is the same fact. */
function writeOffFactOf(
  { decidedBy, reasons }: Extract<Arrival, { kind: 'write-off' }>,
  { today: valueDate }: ArrivalContext,
): Fact {
  const given = reasons === undefined ? {} : { reasons };
  return { kind: 'written-off', key: 'write-off', valueDate, decidedBy, ...given };
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
