/**
 * The facts of an account: what happened, on which date it counts, and the business key that makes it one fact
 * however often it arrives. An account is a fold of its facts (docs/architecture.md); facts are never changed.
 */
import type { IsoDate } from './calendar';
import type { Fen } from './money';

interface FactBase {
  /**
   * Identity within the account, from the business: a second arrival of the same key is the same fact. Begins with
   * the kind (`payment/2031`), and is the key of the journal entry that books it.
   */
  key: string;
  /** The date the fact counts from: interest, on time or late. Not the date on which it reached us. */
  valueDate: IsoDate;
}

/** The loan was paid out. First fact of a cash loan. */
export interface Disbursed extends FactBase {
  kind: 'disbursed';
  amountFen: Fen;
}

/** The revolving account was opened with its limit. First fact of a revolving account. */
export interface Opened extends FactBase {
  kind: 'opened';
  limitFen: Fen;
}

/** Goods were bought on the account. Bills from `billableFrom` on: a bill that was issued stays as issued. */
export interface Purchased extends FactBase {
  kind: 'purchased';
  amountFen: Fen;
  billableFrom: IsoDate;
}

/** A purchase, in whole or in part, was given back. */
export interface Refunded extends FactBase {
  kind: 'refunded';
  amountFen: Fen;
  billableFrom: IsoDate;
}

/** Money arrived from the borrower. `payoff` asks to settle a cash loan early. */
export interface Paid extends FactBase {
  kind: 'paid';
  amountFen: Fen;
  intent: 'instalment' | 'payoff';
}

/** New credit is stopped, with the reason; `lifted` ends the freeze of the same reason. */
export interface Frozen extends FactBase {
  kind: 'frozen' | 'lifted';
  reason: string;
}

/** Two people decided to write the account off: the debt survives, the receivable does not. */
export interface WrittenOff extends FactBase {
  kind: 'written-off';
  decidedBy: [string, string];
}

export type Fact = Disbursed | Opened | Purchased | Refunded | Paid | Frozen | WrittenOff;
export type FactKind = Fact['kind'];

/** Facts of one value date count in this order, and by key within a kind. */
const ORDER_IN_A_DAY: Record<FactKind, number> = {
  disbursed: 0,
  opened: 1,
  purchased: 2,
  refunded: 3,
  paid: 4,
  'written-off': 5,
  frozen: 6,
  lifted: 7,
};

/** The one order in which facts count, whatever the order of their arrival. */
export function inFactOrder(facts: readonly Fact[]): Fact[] {
  return [...facts].sort(compareFacts);
}

function compareFacts(first: Fact, second: Fact): number {
  if (first.valueDate !== second.valueDate) return first.valueDate < second.valueDate ? -1 : 1;
  const order = ORDER_IN_A_DAY[first.kind] - ORDER_IN_A_DAY[second.kind];
  if (order !== 0) return order;
  return first.key < second.key ? -1 : first.key > second.key ? 1 : 0;
}
