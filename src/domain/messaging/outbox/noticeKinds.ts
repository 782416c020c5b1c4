/**
 * Every kind of notice, with all that is known by its kind alone: one row a kind (docs/notices.md,
 * decisions/0063-one-table-for-each-enumeration.md). A row that lacks a column does not compile.
 */
import { type NameOf, namesOf, namesWith } from '../../values/tables';

/** What a text may name; where each value comes from is in `templatePolicy.ts`. */
export type TemplateVariable =
  | 'product'
  | 'amount'
  | 'minimum'
  | 'penalty'
  | 'dueDate'
  | 'days'
  | 'month'
  | 'debitAt'
  | 'code';

/**
 * What a notice is to the borrower: law demands it, the contract does, it asks for what is late, it is a kindness, or it
 * warns of what somebody else may have done in the borrower's name.
 */
export type NoticeClass = 'statutory' | 'service' | 'overdue' | 'courtesy' | 'security';

export type TemplateTone = 'service' | 'warm' | 'factual' | 'statutory';

/** The field of `NoticePolicy` that plans it. */
export type LadderPlace = 'beforeDue' | 'afterDue' | 'onBill' | 'onDisbursement' | 'onSettlement' | 'onPayment';

export interface NoticeKindRow {
  class: NoticeClass;
  /** Lower goes first when the borrower's day is full; 0 is outside every cap. */
  priority: 0 | 1 | 2 | 3;
  /** What it says: that something is owed, that it is overdue, or something of the account as a whole or the person. */
  claim: 'owed' | 'overdue' | 'account' | 'borrower';
  /** How its text may speak (facts 5.2). */
  tone: TemplateTone;
  /** Undefined: no ladder plans it, the step of another event does. */
  ladder: LadderPlace | undefined;
  /** What a template of it may name: what always has a value there. With `code` it carries a verification code. */
  variables: readonly TemplateVariable[];
  /** Wordings that say it better of some accounts, by what they add to the kind (`wordings.ts`). */
  variants?: Readonly<Record<string, readonly TemplateVariable[]>>;
  /** Of one after the due date: how operators read it. */
  reminder?: string;
}

const BEFORE_DUE = ['product', 'amount', 'minimum', 'dueDate', 'month', 'code'] as const;
const WITH_DEBIT = [...BEFORE_DUE, 'debitAt'] as const;
const DUE = { loan: BEFORE_DUE, debit: WITH_DEBIT, 'debit-minimum': WITH_DEBIT, 'loan-debit': WITH_DEBIT } as const;
const AFTER_DUE = ['product', 'amount', 'minimum', 'penalty', 'dueDate', 'days', 'month', 'code'] as const;

/** In the order of a credit's life. */
export const NOTICE_TABLE = {
  'loan-disbursed': {
    class: 'service',
    priority: 3,
    claim: 'account',
    tone: 'service',
    ladder: 'onDisbursement',
    variables: ['product', 'amount', 'dueDate'],
  },
  'bill-issued': {
    class: 'service',
    priority: 3,
    claim: 'owed',
    tone: 'service',
    ladder: 'onBill',
    variables: BEFORE_DUE,
    variants: { 'past-due': BEFORE_DUE },
  },
  'due-soon': {
    class: 'courtesy',
    priority: 3,
    claim: 'owed',
    tone: 'service',
    ladder: 'beforeDue',
    variables: BEFORE_DUE,
    variants: DUE,
  },
  'due-today': {
    class: 'service',
    priority: 1,
    claim: 'owed',
    tone: 'service',
    ladder: 'beforeDue',
    variables: BEFORE_DUE,
    variants: DUE,
  },
  'overdue-friendly': {
    class: 'overdue',
    priority: 2,
    claim: 'overdue',
    tone: 'warm',
    ladder: 'afterDue',
    variables: AFTER_DUE,
    reminder: 'friendly reminder',
  },
  'overdue-factual': {
    class: 'overdue',
    priority: 2,
    claim: 'overdue',
    tone: 'factual',
    ladder: 'afterDue',
    variables: AFTER_DUE,
    reminder: 'factual reminder',
  },
  'overdue-formal': {
    class: 'overdue',
    priority: 2,
    claim: 'overdue',
    tone: 'factual',
    ladder: 'afterDue',
    variables: AFTER_DUE,
    reminder: 'formal reminder',
  },
  'overdue-final': {
    class: 'overdue',
    priority: 1,
    claim: 'overdue',
    tone: 'factual',
    ladder: 'afterDue',
    variables: AFTER_DUE,
    reminder: 'last reminder',
  },
  'credit-report-warning': {
    class: 'statutory',
    priority: 0,
    claim: 'overdue',
    tone: 'statutory',
    ladder: 'afterDue',
    variables: AFTER_DUE,
    variants: { loan: AFTER_DUE },
    reminder: 'warning before the credit report',
  },
  'payment-received': {
    class: 'service',
    priority: 3,
    claim: 'account',
    tone: 'service',
    ladder: 'onPayment',
    variables: ['product', 'amount'],
  },
  'account-settled': {
    class: 'service',
    priority: 3,
    claim: 'account',
    tone: 'service',
    ladder: 'onSettlement',
    variables: ['product'],
  },
  'phone-changed': {
    class: 'security',
    priority: 0,
    claim: 'borrower',
    tone: 'service',
    ladder: undefined,
    variables: [],
  },
} as const satisfies Record<string, NoticeKindRow>;

export type NoticeKind = NameOf<typeof NOTICE_TABLE>;

/** Every kind of notice: what incidents stop, and ladders name. */
export const NOTICE_KINDS = namesOf(NOTICE_TABLE);

export function noticeKind(kind: NoticeKind): NoticeKindRow {
  return NOTICE_TABLE[kind];
}

/** About the person, whatever becomes of the account. */
export const KINDS_ABOUT_BORROWER = namesWith(NOTICE_TABLE, { claim: 'borrower' });
