/** What bounds a notice text, as data of the lender; and where each variable of a text comes from. */

import type { TemplateVariable } from '../outbox/noticeKinds';
import type { NoticeFigures } from '../outbox/noticeText';

export interface TemplatePolicy {
  /** Words in Latin letters that a text may hold; any other letter outside Chinese is refused. */
  latinWords: readonly string[];
  /** The lender's own numbers that a text may name, as digits: fixed lines, 400 and 95 numbers. */
  officialNumbers: readonly string[];
  /** Providers allow so many numbers to call (facts 3.1). */
  maxNumbers: number;
  /** Digits in a row, however separated, from which on they are a number to call or to pay to. */
  numberDigits: number;
  /** Characters in Chinese or digits that must be left without the variables. */
  minFixedCharacters: number;
  /** Without the brackets (facts 3.2: the stricter of the providers). */
  signatureLength: { min: number; max: number };
  /** Of the text with the longest values. */
  maxLength: number;
  maxParts: number;
  /** At the dearest provider, whole fen for each part. */
  pricePerPartFen: number;
  /** For one message with the longest values. */
  maxCostFen: number;
  /** How long a reviewer has. */
  reviewDays: number;
}

export const TEMPLATE_POLICY: TemplatePolicy = {
  latinWords: ['APP'],
  // Every lender has its own: setting OFFICIAL_NUMBERS.
  officialNumbers: [],
  maxNumbers: 2,
  // The shortest numbers that take calls have five digits (95xxx).
  numberDigits: 5,
  minFixedCharacters: 6,
  signatureLength: { min: 2, max: 12 },
  maxLength: 500,
  maxParts: 2,
  pricePerPartFen: 5,
  maxCostFen: 10,
  reviewDays: 5,
};

/** With a lender's own numbers; whatever asks about a text, its check or the guard, is given the same list. */
export function templatePolicyOf(officialNumbers: readonly string[] = []): TemplatePolicy {
  return { ...TEMPLATE_POLICY, officialNumbers };
}

export interface BoundVariable {
  type: 'text' | 'money' | 'date' | 'days' | 'month' | 'time' | 'code';
  /** What of the account's fold it is, as `figuresOf` reads it; the code is drawn for each notice. */
  figure: keyof NoticeFigures | 'verification-code';
  /** Where that stands in the books. */
  source: string;
}

/** Every variable has a type and one source; one without an entry does not compile. */
export const BOUND_VARIABLES: Readonly<Record<TemplateVariable, BoundVariable>> = {
  product: { type: 'text', figure: 'productName', source: 'credit_account.product' },
  amount: { type: 'money', figure: 'amountFen', source: 'dueTogether.owedFen, or the entry that moved money last' },
  minimum: { type: 'money', figure: 'minimumFen', source: 'dueTogether.minimumFen' },
  penalty: { type: 'money', figure: 'penaltyFen', source: 'dueTogether.penaltyFen' },
  dueDate: { type: 'date', figure: 'dueDate', source: 'dueTogether.named.dueDate' },
  days: { type: 'days', figure: 'daysPastDue', source: 'account.daysPastDue' },
  month: { type: 'month', figure: 'month', source: 'statements.billDate, else obligations.dueDate' },
  debitAt: { type: 'time', figure: 'debitAt', source: 'autoDebit.at of the policy, while a debit is planned' },
  code: { type: 'code', figure: 'verification-code', source: 'notice_code, eight characters drawn for one notice' },
};

/** The longest that the books can come to: a debt below ten million yuan, late for less than ten thousand days. */
export const LONGEST_FIGURES: Required<Omit<NoticeFigures, 'productName'>> = {
  amountFen: 999_999_999,
  minimumFen: 999_999_999,
  penaltyFen: 999_999_999,
  dueDate: '2026-12-31',
  daysPastDue: 9_999,
  month: 12,
  debitAt: '20:00',
};

export const LONGEST_CODE = '00000000';
