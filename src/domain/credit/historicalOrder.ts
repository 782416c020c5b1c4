/**
 * What an account is when its facts are known with the dates on which they arrived: bills are issued one after the
 * other with what was known then, and stand; the fold at the end has everything. The service comes to the same step by
 * step, because each of its steps finds the bills of the steps before (docs/ledger.md, "Bills").
 */

import type { LendingPolicy } from '../policy/lendingPolicy';
import { byProduct } from '../policy/products';
import { type IsoDate, maxDate } from '../values/calendar';
import { type Bill, billedTerms, type DerivedAccount, startOf, type Terms } from './account';
import { disbursementOf } from './cashLoan/disbursement';
import { deriveAccount, foldAccount } from './derive';
import type { ToldFact } from './factKinds';
import { type Disbursed, type Fact, inFactOrder, type Opened } from './facts';
import { namedKeyOf, type Remark, referenceFault } from './references';
import { nextBillDate } from './revolving/billing';

export type { ToldFact } from './factKinds';

export interface ArrivedFact {
  fact: ToldFact;
  /** Never before the fact's value date. */
  arrivedOn: IsoDate;
}

export interface ArrivalHistory {
  terms: Terms;
  /** In any order, the opening fact included; keys differ. */
  arrivals: readonly ArrivedFact[];
  policy: LendingPolicy;
  asOf: IsoDate;
}

export interface HistoricalAccount {
  account: DerivedAccount;
  /** Money that did not find what it names, and what the fold passed over: each with its code. */
  remarks: Remark[];
  /** As they were issued, oldest first; what arrived later changed none of them. Empty for a cash loan. */
  issued: Bill[];
}

/** The fact that every account begins with. */
export function openingFactOf(terms: Terms): Disbursed | Opened {
  return byProduct<Terms, Disbursed | Opened>(terms, {
    'cash-loan': disbursementOf,
    revolving: ({ openDate, limitFen }) => ({ kind: 'opened', key: 'opening', valueDate: openDate, limitFen }),
  });
}

/** A bill that was issued stays as issued: a purchase from before it is taken up by the next one. */
function billableFromOf(valueDate: IsoDate, issued: readonly Bill[]): IsoDate {
  const lastBillDate = issued.at(-1)?.billDate;
  return lastBillDate === undefined ? valueDate : maxDate(valueDate, lastBillDate);
}

/** The account at `asOf` from what had arrived by then; later arrivals are not known. */
export function deriveInHistoricalOrder({ terms, arrivals, policy, asOf }: ArrivalHistory): HistoricalAccount {
  const inOrder = arrivals.filter(({ arrivedOn }) => arrivedOn <= asOf).sort(byArrival);
  const facts: Fact[] = [];
  const issued: Bill[] = [];
  const learnUntil = (isKnown: (arrivedOn: IsoDate) => boolean) => {
    for (const { fact, arrivedOn } of inOrder.slice(facts.length)) {
      if (!isKnown(arrivedOn)) return;
      facts.push(datedFact(fact, issued));
    }
  };
  for (const billDate of billDatesOf(terms, policy, asOf)) {
    // A bill is issued as its date begins: what arrives on that date was not known yet.
    learnUntil((arrivedOn) => arrivedOn < billDate);
    const { statements } = deriveAccount({ terms, facts, issued }, policy, billDate);
    const lastNumber = issued.at(-1)?.number ?? 0;
    issued.push(...statements.filter(({ number }) => number > lastNumber));
  }
  learnUntil(() => true);
  const { account, remarks } = foldAccount({ terms, facts, issued }, policy, asOf);
  return { account, remarks: [...refundRemarks(inOrder), ...remarks], issued };
}

/** As the service tells of them when they arrive: only the fold sees what is wrong with other money. */
function refundRemarks(arrivals: readonly ArrivedFact[]): Remark[] {
  const relatedTo = historyOf(arrivals);
  return arrivals.flatMap(({ fact }): Remark[] => {
    const code = fact.kind === 'refunded' ? referenceFault(fact, relatedTo(fact)) : undefined;
    return code === undefined ? [] : [{ key: fact.key, code }];
  });
}

/** Of a fact: what it names, and the facts that came before it and name the same. */
export function historyOf(arrivals: readonly ArrivedFact[]): (fact: ToldFact) => ToldFact[] {
  const arrivedOn = new Map(arrivals.map(({ fact, arrivedOn: date }) => [fact.key, date]));
  const dateOf = ({ key }: ToldFact) => arrivedOn.get(key) ?? '';
  const inOrder = inFactOrder(arrivals.map(({ fact }) => fact as Fact)).sort((one, other) =>
    dateOf(one) < dateOf(other) ? -1 : dateOf(one) > dateOf(other) ? 1 : 0,
  );
  const places = new Map(inOrder.map(({ key }, index) => [key, index]));
  const byName = new Map<string, ToldFact[]>();
  for (const fact of inOrder) {
    for (const name of [fact.key, namedKeyOf(fact)]) {
      if (name === undefined) continue;
      const named = byName.get(name);
      if (named) named.push(fact);
      else byName.set(name, [fact]);
    }
  }
  return (fact) => {
    const name = namedKeyOf(fact);
    const place = places.get(fact.key) ?? 0;
    const related = name === undefined ? [] : (byName.get(name) ?? []);
    return related.filter(({ key }) => key === name || (places.get(key) ?? 0) < place);
  };
}

function byArrival(first: ArrivedFact, second: ArrivedFact): number {
  return first.arrivedOn < second.arrivedOn ? -1 : first.arrivedOn > second.arrivedOn ? 1 : 0;
}

/**
 * The fact with the date that it is billed from, given the bills that were issued when it arrived. Only what is owed more
 * waits for the next bill: a payment or a refund counts from its value date, however late.
 */
export function datedFact(fact: ToldFact, issued: readonly Bill[]): Fact {
  switch (fact.kind) {
    case 'purchased':
      // A held purchase is in no bill, so none that was issued stands against its own date.
      return {
        ...fact,
        billableFrom: fact.awaitsConfirmation ? fact.valueDate : billableFromOf(fact.valueDate, issued),
      };
    case 'confirmed':
      return { ...fact, billableFrom: billableFromOf(fact.valueDate, issued) };
    case 'refunded':
      return { ...fact, billableFrom: fact.valueDate };
    default:
      return fact;
  }
}

/** Dates of the bills of an account up to a date; none of a cash loan. */
export function billDatesOf(terms: Terms, { revolving }: LendingPolicy, asOf: IsoDate): IsoDate[] {
  const dates: IsoDate[] = [];
  if (!billedTerms(terms)) return dates;
  for (let date = nextBillDate(startOf(terms), revolving.billDay); date <= asOf; ) {
    dates.push(date);
    date = nextBillDate(date, revolving.billDay);
  }
  return dates;
}
