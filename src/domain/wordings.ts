/**
 * The wordings that notices are sent with. A notice has one kind, by which it is planned, budgeted and guarded; its text
 * depends on the account as well: a loan has no minimum, who has a mandate is told the hour of the debit. Templates,
 * their reviews and registrations are of a wording: its name is the kind, or the kind and a variant.
 */
import type { NoticeKind } from './products';

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

interface Wording {
  kind: NoticeKind;
  /** What a template of it may name: what always has a value there. */
  variables: readonly TemplateVariable[];
}

const BEFORE_DUE = ['product', 'amount', 'minimum', 'dueDate', 'month', 'code'] as const;
const WITH_DEBIT = [...BEFORE_DUE, 'debitAt'] as const;
const OVERDUE = ['product', 'amount', 'minimum', 'penalty', 'dueDate', 'days', 'month', 'code'] as const;

/** Every wording. That of a kind alone is true of every account; a variant says it better of some. */
export const WORDINGS = {
  'loan-disbursed': { kind: 'loan-disbursed', variables: ['product', 'amount', 'dueDate'] },
  'bill-issued': { kind: 'bill-issued', variables: BEFORE_DUE },
  'bill-issued.past-due': { kind: 'bill-issued', variables: BEFORE_DUE },
  'due-soon': { kind: 'due-soon', variables: BEFORE_DUE },
  'due-soon.loan': { kind: 'due-soon', variables: BEFORE_DUE },
  'due-soon.debit': { kind: 'due-soon', variables: WITH_DEBIT },
  'due-soon.debit-minimum': { kind: 'due-soon', variables: WITH_DEBIT },
  'due-soon.loan-debit': { kind: 'due-soon', variables: WITH_DEBIT },
  'due-today': { kind: 'due-today', variables: BEFORE_DUE },
  'due-today.loan': { kind: 'due-today', variables: BEFORE_DUE },
  'due-today.debit': { kind: 'due-today', variables: WITH_DEBIT },
  'due-today.debit-minimum': { kind: 'due-today', variables: WITH_DEBIT },
  'due-today.loan-debit': { kind: 'due-today', variables: WITH_DEBIT },
  'overdue-friendly': { kind: 'overdue-friendly', variables: OVERDUE },
  'overdue-factual': { kind: 'overdue-factual', variables: OVERDUE },
  'overdue-formal': { kind: 'overdue-formal', variables: OVERDUE },
  'overdue-final': { kind: 'overdue-final', variables: OVERDUE },
  'credit-report-warning': { kind: 'credit-report-warning', variables: OVERDUE },
  'credit-report-warning.loan': { kind: 'credit-report-warning', variables: OVERDUE },
  'payment-received': { kind: 'payment-received', variables: ['product', 'amount'] },
  'account-settled': { kind: 'account-settled', variables: ['product'] },
  'phone-changed': { kind: 'phone-changed', variables: [] },
} as const satisfies Record<NoticeKind, Wording> & Record<`${NoticeKind}.${string}`, Wording>;

export type WordingName = keyof typeof WORDINGS;

export const WORDING_NAMES = Object.keys(WORDINGS) as [WordingName, ...WordingName[]];

export function kindOf(wording: WordingName): NoticeKind {
  return WORDINGS[wording].kind;
}

/** Every kind of notice: what incidents stop, and ladders name. */
export const NOTICE_KINDS = [...new Set(WORDING_NAMES.map(kindOf))] as [NoticeKind, ...NoticeKind[]];

export function variablesOfWording(wording: WordingName): readonly TemplateVariable[] {
  return WORDINGS[wording].variables;
}

/** What of an account a wording depends on. */
export interface WordingCase {
  isLoan: boolean;
  /** Something that was due before is past due: people are asked for it together. */
  isPastDue: boolean;
  /** What the debit of the due date will take, while it is still ahead. */
  debit: 'due' | 'minimum' | undefined;
}

/** The wordings that are true of the case, the best first and that of the kind last. */
export function wordingsFor(kind: NoticeKind, { isLoan, isPastDue, debit }: WordingCase): WordingName[] {
  const variants: string[] = [];
  if (debit !== undefined) variants.push(isLoan ? 'loan-debit' : debit === 'due' ? 'debit' : 'debit-minimum');
  if (isLoan) variants.push('loan');
  if (isPastDue) variants.push('past-due');
  const names = [...variants.map((variant) => `${kind}.${variant}`), kind];
  return names.filter((name): name is WordingName => Object.hasOwn(WORDINGS, name));
}
