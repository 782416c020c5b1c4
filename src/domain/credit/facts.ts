/**
 * The facts of an account: what happened, on which date it counts, and the business key that makes it one fact
 * however often it arrives. An account is a fold of its facts (docs/architecture.md); facts are never changed. What
 * each does to balances and books is the table of docs/ledger.md.
 */
import type { IsoDate } from '../values/calendar';
import type { DecimalRate, Fen } from '../values/money';
import { type NameOf, namesOf } from '../values/tables';

interface FactBase {
  /**
   * Identity within the account, from the business: a second arrival of the same key is the same fact. Begins with
   * the kind (`payment/2031`), and is the key of the journal entry that books it.
   */
  key: string;
  /** The date the fact counts from: interest, on time or late. Not the date on which it reached us. */
  valueDate: IsoDate;
  /** The date that was told, where the fact counts from another one; `dateCode` says why. Changes no figure. */
  toldOn?: IsoDate | undefined;
  dateCode?: MovedDate | undefined;
}

/** Why a fact counts from another date than it was told with. */
type MovedDate = 'DATED_BEFORE_OPENING' | 'DATED_BEFORE_RELATED' | 'DATED_IN_FUTURE';

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
  /**
   * Posting at confirmation of receipt (facts 1.1): until `confirmed` comes, the purchase only holds a part of the
   * limit, is in no bill and not in the books.
   */
  awaitsConfirmation?: true | undefined;
}

/** The borrower has received the goods of a held purchase: it is posted now. */
export interface Confirmed extends FactBase {
  kind: 'confirmed';
  purchaseKey: string;
  billableFrom: IsoDate;
}

/** A purchase, in whole or in part, was given back. */
export interface Refunded extends FactBase {
  kind: 'refunded';
  amountFen: Fen;
  billableFrom: IsoDate;
  /** The held purchase that it undoes, when its goods were never confirmed. */
  purchaseKey?: string | undefined;
}

/**
 * What a payment is for. `payoff` settles the account, plans included, when it covers the payoff amount. The two
 * prepayments reduce what is not due yet: by fewer instalments, or by lower ones.
 */
const PAYMENT_INTENT_TABLE = {
  instalment: { orderInADay: 0, isPrepayment: false },
  payoff: { orderInADay: 3, isPrepayment: false },
  'prepay-shorter-term': { orderInADay: 1, isPrepayment: true },
  'prepay-lower-payment': { orderInADay: 2, isPrepayment: true },
} as const satisfies Record<string, { orderInADay: number; isPrepayment: boolean }>;
export type PaymentIntent = NameOf<typeof PAYMENT_INTENT_TABLE>;
export const PAYMENT_INTENTS = namesOf(PAYMENT_INTENT_TABLE);

/** Of a schedule, which a revolving account has not. */
export function isPrepayment(intent: PaymentIntent): boolean {
  return PAYMENT_INTENT_TABLE[intent].isPrepayment;
}

/** Money arrived from the borrower. */
export interface Paid extends FactBase {
  kind: 'paid';
  amountFen: Fen;
  intent: PaymentIntent;
  /** The due instalment of a cash loan that the debtor wants settled first (Civil Code art. 560). */
  designatedInstalment?: number | undefined;
}

/** A payment bounced: from this date on it counts as never made. */
export interface Reversed extends FactBase {
  kind: 'reversed';
  /** Key of the payment. */
  reverses: string;
}

/** Another rate holds from the value date on. Of a cash loan `dailyRate`; of a revolving account the other two. */
export interface RateCorrected extends FactBase {
  kind: 'rate-corrected';
  dailyRate?: DecimalRate | undefined;
  revolvingDailyRate?: DecimalRate | undefined;
  overdueDailyRate?: DecimalRate | undefined;
}

/** A bill or a purchase is repaid in parts with the coming bills. The fee was agreed with the borrower. */
export interface InstalmentStarted extends FactBase {
  kind: 'instalment-started';
  /** What is split: billed principal of this statement, or purchases that are not billed yet. */
  statementNumber?: number | undefined;
  principalFen: Fen;
  months: number;
  /** The borrower's whole fee; 0 when the merchant pays it. */
  feeFen: Fen;
  /** The merchant's whole fee; absent when the borrower pays it. */
  merchantFeeFen?: Fen | undefined;
}

/** The rest of an instalment plan comes with the next bill; its coming fee is charged or waived. */
export interface InstalmentSettled extends FactBase {
  kind: 'instalment-settled';
  planKey: string;
  waivesFee: boolean;
}

/** The borrower's credit was paid back. */
export interface CreditReturned extends FactBase {
  kind: 'credit-returned';
  amountFen: Fen;
}

/** What is left of a cash loan is repaid by another schedule, agreed with the borrower (Civil Code art. 678). */
export interface Restructured extends FactBase {
  kind: 'restructured';
  months: number;
  dailyRate: DecimalRate;
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
  /** Why, by each of the two. */
  reasons?: [string, string] | undefined;
}

export type Fact =
  | Disbursed
  | Opened
  | Purchased
  | Confirmed
  | Refunded
  | Paid
  | Reversed
  | RateCorrected
  | InstalmentStarted
  | InstalmentSettled
  | CreditReturned
  | Restructured
  | Frozen
  | WrittenOff;
export type FactKind = Fact['kind'];

/**
 * Facts of one value date count in this order, and by key within a kind (docs/decisions/0015-order-within-a-day.md);
 * payments by their purpose (docs/decisions/0035-payments-of-one-date.md).
 */
const ORDER_IN_A_DAY: Record<FactKind, number> = {
  disbursed: 0,
  opened: 1,
  'rate-corrected': 2,
  purchased: 3,
  confirmed: 4,
  refunded: 5,
  paid: 6,
  reversed: 7,
  'instalment-settled': 8,
  'instalment-started': 9,
  restructured: 10,
  'credit-returned': 11,
  'written-off': 12,
  frozen: 13,
  lifted: 14,
};

/** The one order in which facts count, whatever the order of their arrival. */
export function inFactOrder(facts: readonly Fact[]): Fact[] {
  return [...facts].sort(compareFacts);
}

function compareFacts(first: Fact, second: Fact): number {
  const date = countsFrom(first);
  const otherDate = countsFrom(second);
  if (date !== otherDate) return date < otherDate ? -1 : 1;
  const order = ORDER_IN_A_DAY[first.kind] - ORDER_IN_A_DAY[second.kind];
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

/** Whether a fact is the one of a key, or names it: the bounce of a payment, what becomes of a purchase or a plan. */
export function isAbout(fact: Fact, key: string): boolean {
  const names = { reverses: undefined, purchaseKey: undefined, planKey: undefined, ...fact } as Record<string, unknown>;
  return fact.key === key || names.reverses === key || names.purchaseKey === key || names.planKey === key;
}
