/**
 * The kinds of facts, one row each: what it is, its fields, its place in the order of a date, the product that it is of,
 * and what it names. The types of facts, the order of a date and the lines of a facts file are derived from it; what a
 * fact does to an account, and why it may be refused, is its row in `factRules.ts`.
 */
import type { Product } from '../policy/lendingPolicy';
import type { ReasonCode } from '../policy/reasonCodes';
import type { IsoDate } from '../values/calendar';
import type { DecimalRate, Fen } from '../values/money';
import { type NameOf, namesOf } from '../values/tables';

/**
 * What a payment is for. `payoff` settles the account, plans included, when it covers the payoff amount. The two
 * prepayments reduce what is not due yet: by fewer instalments, or by lower ones.
 */
export const PAYMENT_INTENT_TABLE = {
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

/** By the type of a field, which says its bounds where a fact is read from a file. */
interface FieldTypes {
  /** Above 0. */
  amount: Fen;
  /** From 0. */
  fee: Fen;
  rate: DecimalRate;
  months: number;
  statementNumber: number;
  instalmentNumber: number;
  /** Business key of another fact. */
  key: string;
  intent: PaymentIntent;
  reason: string;
  yesOrNo: boolean;
  onlyTrue: true;
  twoPeople: [string, string];
  twoReasons: [string, string];
}
export type FieldType = keyof FieldTypes;

export interface FactField {
  type: FieldType;
  /** What the name does not say. */
  what?: string;
  isOptional?: true;
  /** Where the fact is of both products, and the field of one. */
  only?: Product;
}

interface FactKindRow {
  what: string;
  /**
   * Facts of one value date count in this order, and by key within a kind
   * (docs/decisions/0015-order-within-a-day.md).
   */
  orderInADay: number;
  /** Absent: of both products. */
  only?: Product;
  /** It counts in the fold from the date that it is billed from: a bill that was issued stays as issued. */
  isBilled?: true;
  /** The field that is the key of another fact, what that one is, and the code when there is none such. */
  names?: { field: string; kind: string; what: string; unknown: ReasonCode };
  /** Of its fields at least one is given; else what is wrong, told of one of them. */
  needsOneField?: { at: string; fault: string; fix: string };
  fields: Record<string, FactField>;
}

const RATE_OF_REVOLVING = {
  type: 'rate',
  what: 'Of a revolving account.',
  isOptional: true,
  only: 'revolving',
} as const;

/** In the order in which a facts file tells them. */
const FACT_KINDS = {
  disbursed: {
    what: 'The loan was paid out. May be left out: the terms say it.',
    orderInADay: 0,
    only: 'cash-loan',
    fields: { amountFen: { type: 'amount' } },
  },
  opened: {
    what: 'The account was opened. May be left out: the terms say it.',
    orderInADay: 1,
    only: 'revolving',
    fields: { limitFen: { type: 'amount' } },
  },
  purchased: {
    what: 'Goods were bought on the account.',
    orderInADay: 3,
    only: 'revolving',
    isBilled: true,
    fields: {
      amountFen: { type: 'amount' },
      // Posting at confirmation of receipt (facts 1.1): until then in no bill and not in the books.
      awaitsConfirmation: {
        type: 'onlyTrue',
        what: 'The purchase only holds a part of the limit until it is confirmed.',
        isOptional: true,
      },
    },
  },
  confirmed: {
    what: 'The goods of a held purchase were received.',
    orderInADay: 4,
    only: 'revolving',
    isBilled: true,
    names: { field: 'purchaseKey', kind: 'purchased', what: 'purchase', unknown: 'UNKNOWN_PURCHASE' },
    fields: { purchaseKey: { type: 'key' } },
  },
  refunded: {
    what: 'A purchase, in whole or in part, was given back.',
    orderInADay: 5,
    only: 'revolving',
    isBilled: true,
    names: { field: 'purchaseKey', kind: 'purchased', what: 'purchase', unknown: 'UNKNOWN_PURCHASE' },
    fields: {
      amountFen: { type: 'amount' },
      purchaseKey: { type: 'key', what: 'The held purchase that it undoes.', isOptional: true },
    },
  },
  paid: {
    what: 'Money arrived from the borrower.',
    // Payments of one date by their purpose (docs/decisions/0035-payments-of-one-date.md).
    orderInADay: 6,
    fields: {
      amountFen: { type: 'amount' },
      intent: { type: 'intent' },
      // What the debtor wants settled first (Civil Code art. 560).
      designatedInstalment: {
        type: 'instalmentNumber',
        what: 'The due instalment of a cash loan that is to be settled first.',
        isOptional: true,
        only: 'cash-loan',
      },
    },
  },
  // From its date on the payment counts as never made.
  reversed: {
    what: 'A payment bounced.',
    orderInADay: 7,
    names: { field: 'reverses', kind: 'paid', what: 'payment', unknown: 'UNKNOWN_PAYMENT' },
    fields: { reverses: { type: 'key', what: 'Key of the payment.' } },
  },
  'rate-corrected': {
    what: 'Other rates hold from the value date on: at least one is named.',
    orderInADay: 2,
    needsOneField: {
      at: 'dailyRate',
      fault: 'is missing, and so are the other rates',
      fix: 'give dailyRate, or revolvingDailyRate and overdueDailyRate, or one',
    },
    fields: {
      dailyRate: { type: 'rate', what: 'Of a cash loan.', isOptional: true, only: 'cash-loan' },
      revolvingDailyRate: RATE_OF_REVOLVING,
      overdueDailyRate: RATE_OF_REVOLVING,
    },
  },
  'instalment-started': {
    what: 'A bill or purchases are repaid in parts.',
    orderInADay: 9,
    only: 'revolving',
    fields: {
      statementNumber: {
        type: 'statementNumber',
        what: 'The bill whose principal is split; absent: purchases not billed yet.',
        isOptional: true,
      },
      principalFen: { type: 'amount' },
      months: { type: 'months' },
      // Agreed with the borrower; 0 when the merchant pays it.
      feeFen: { type: 'fee', what: 'The whole fee of the borrower.' },
      merchantFeeFen: {
        type: 'amount',
        what: 'The whole fee of the merchant, where the merchant pays it.',
        isOptional: true,
      },
    },
  },
  'instalment-settled': {
    what: 'The rest of a plan comes with the next bill.',
    orderInADay: 8,
    only: 'revolving',
    names: { field: 'planKey', kind: 'instalment-started', what: 'instalment plan', unknown: 'UNKNOWN_PLAN' },
    fields: {
      planKey: { type: 'key', what: 'Key of the plan: that of its instalment-started.' },
      // Of the coming fee: else it is charged.
      waivesFee: { type: 'yesOrNo' },
    },
  },
  'credit-returned': {
    what: "The borrower's credit was paid back.",
    orderInADay: 11,
    fields: { amountFen: { type: 'amount' } },
  },
  // Agreed with the borrower (Civil Code art. 678).
  restructured: {
    what: 'What is left of a cash loan is repaid by another schedule.',
    orderInADay: 10,
    only: 'cash-loan',
    fields: { months: { type: 'months' }, dailyRate: { type: 'rate' } },
  },
  frozen: {
    what: 'New credit is stopped.',
    orderInADay: 13,
    fields: { reason: { type: 'reason' } },
  },
  lifted: {
    what: 'The freeze of the same reason ends.',
    orderInADay: 14,
    fields: { reason: { type: 'reason' } },
  },
  // The debt survives, the receivable does not.
  'written-off': {
    what: 'Two people decided to write the account off.',
    orderInADay: 12,
    fields: {
      decidedBy: { type: 'twoPeople' },
      reasons: { type: 'twoReasons', what: 'Why, by each of the two.', isOptional: true },
    },
  },
} as const satisfies Record<string, FactKindRow>;

type Rows = typeof FACT_KINDS;
export type FactKind = NameOf<Rows>;
export const FACT_KIND_NAMES = namesOf(FACT_KINDS);

const ROWS: Partial<Record<string, FactKindRow>> = FACT_KINDS;

/** Its row. Throws for a kind of another version: an account without one of its facts would be wrong in silence. */
export function factKindRow(kind: FactKind): FactKindRow {
  const row = ROWS[kind];
  if (!row) throw new Error(`facts of kind ${kind} are not known`);
  return row;
}

/** The products that take a kind. */
export type ProductsOf<Kind extends FactKind> = Rows[Kind] extends { only: infer Only extends Product }
  ? Only
  : Product;

/** The kinds that name another fact. */
export type NamingKind = { [Kind in FactKind]: Rows[Kind] extends { names: object } ? Kind : never }[FactKind];

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

interface Billed {
  /** A bill that was issued stays as issued: the fact is taken up by the next one. */
  billableFrom: IsoDate;
}

type FieldsOf<Kind extends FactKind> = Rows[Kind]['fields'];
type OptionalOf<Fields> = {
  [Name in keyof Fields]: Fields[Name] extends { isOptional: true } ? Name : never;
}[keyof Fields];
type ValueOf<Field> = Field extends { type: infer Type extends FieldType } ? FieldTypes[Type] : never;
type ValuesOf<Fields> = { [Name in Exclude<keyof Fields, OptionalOf<Fields>>]: ValueOf<Fields[Name]> } & {
  [Name in OptionalOf<Fields>]?: ValueOf<Fields[Name]> | undefined;
};
type BilledOf<Kind extends FactKind> = Rows[Kind] extends { isBilled: true } ? Billed : unknown;
type Flat<Type> = { [Name in keyof Type]: Type[Name] };

/** A fact of one kind. */
export type FactOf<Kind extends FactKind> = {
  [Each in Kind]: Flat<{ kind: Each } & FactBase & ValuesOf<FieldsOf<Each>> & BilledOf<Each>>;
}[Kind];

/** What happened to an account, on which date it counts, and its business key. */
export type Fact = FactOf<FactKind>;

/** A fact without the date that it is billed from: that one follows from its arrival. */
export type ToldFact = Without<Fact, keyof Billed>;
/** What a message says of a fact: without its dates, which are judged against the account. */
export type UndatedFact = Without<Fact, keyof Billed | 'valueDate' | 'toldOn' | 'dateCode'>;
/** Distributes over the kinds. */
type Without<Each extends Fact, Names extends string> = Each extends Fact ? Omit<Each, Names> : never;
