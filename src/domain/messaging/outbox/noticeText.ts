/** Notice texts: figures of an account put into a reviewed template. Amounts and dates in the Chinese form. */
import type { DerivedAccount, Obligation } from '../../credit/account';
import { dueTogether } from '../../credit/figures';
import type { JournalEntry, LedgerAccount } from '../../ledger/journal';
import { PRODUCT_TABLE } from '../../policy/products';
import { type IsoDate, partsOf } from '../../values/calendar';
import type { WallTime } from '../../values/clock';
import { type Fen, formatYuan } from '../../values/money';
import { countParts } from './messageParts';
import type { TemplateVariable } from './noticeKinds';

/** What a notice may say. Absent: the account has no such figure. */
export interface NoticeFigures {
  productName: string;
  amountFen?: Fen | undefined;
  /** What must be paid at least. */
  minimumFen?: Fen | undefined;
  penaltyFen?: Fen | undefined;
  dueDate?: IsoDate | undefined;
  daysPastDue?: number | undefined;
  /** Month of the bill, 1 to 12. */
  month?: number | undefined;
  /** When the debit of the due date is made, as `20:00`; only where one is planned. */
  debitAt?: WallTime | undefined;
}

/** In UTF-16 units, as carriers count: an emoji or a rare character is two. */
const MAX_LENGTH = 500;

/**
 * What is asked for with an obligation at the date of the fold, all that is past due included: with less the account
 * would not be current. Without an obligation: the money that moved last.
 */
export function figuresOf(account: DerivedAccount, obligationKey: string | undefined): NoticeFigures {
  const productName = PRODUCT_TABLE[account.product].chineseName;
  if (obligationKey === undefined) {
    return { productName, amountFen: movedFen(account), dueDate: account.obligations[0]?.dueDate };
  }
  const due = dueTogether(account, obligationKey);
  if (!due) return { productName };
  return {
    productName,
    amountFen: due.owedFen,
    minimumFen: due.minimumFen,
    penaltyFen: due.penaltyFen,
    dueDate: due.named.dueDate,
    daysPastDue: account.daysPastDue,
    month: monthOf(account, due.named),
  };
}

/** What a text says besides the figures of the account. */
export interface NoticeExtras {
  /** The verification code of this one notice; in a copy that is kept, `HIDDEN_CODE`. */
  code?: string | undefined;
}

/**
 * The text as the borrower reads it, signature first. Throws for a variable that does not exist or has no value: a
 * notice with a hole in it is not sent.
 */
export function render(
  templateBody: string,
  signature: string,
  figures: NoticeFigures,
  extras: NoticeExtras = {},
): string {
  if (/[【】]/.test(templateBody + signature)) {
    throw new Error('【 and 】 belong to the signature alone and are added to it: leave them out of both');
  }
  const values = valuesOf(figures, extras);
  const body = templateBody.replace(/\{([^{}]*)\}/g, (_, name: string) => {
    if (!Object.hasOwn(values, name)) {
      throw new Error(`template variable {${name}} does not exist; there are ${Object.keys(values).join(', ')}`);
    }
    const value = values[name as TemplateVariable];
    if (value === undefined) throw new Error(`template variable {${name}} has no value in this notice`);
    return value;
  });
  if (/[{}]/.test(body)) throw new Error('the template has a brace that opens or closes no variable');
  return `【${signature}】${body}`;
}

/** What a body names, in the order in which it names it; the values as `render` puts them in. */
export function variablesOf(
  templateBody: string,
  figures: NoticeFigures,
  extras: NoticeExtras = {},
): Record<string, string> {
  const values: Record<string, string | undefined> = valuesOf(figures, extras);
  const named = [...templateBody.matchAll(/\{([^{}]*)\}/g)].map(([, name = '']) => name);
  return Object.fromEntries(named.map((name) => [name, values[name] ?? '']));
}

/** How many messages the carrier bills (facts 3.3, V15). Throws a RangeError for a text that no carrier takes. */
export function smsParts(text: string): number {
  const { length } = text;
  if (length > MAX_LENGTH) throw new RangeError(`a notice of ${length} characters is longer than ${MAX_LENGTH}`);
  return countParts(text);
}

/** `2026-07-10` as 7月10日. */
export function chineseDate(date: IsoDate): string {
  const { month, day } = partsOf(date);
  return `${month}月${day}日`;
}

function valuesOf(figures: NoticeFigures, { code }: NoticeExtras): Record<TemplateVariable, string | undefined> {
  const yuan = (amountFen: Fen | undefined) => (amountFen === undefined ? undefined : `${formatYuan(amountFen)}元`);
  return {
    product: figures.productName,
    amount: yuan(figures.amountFen),
    minimum: yuan(figures.minimumFen),
    penalty: yuan(figures.penaltyFen),
    dueDate: figures.dueDate === undefined ? undefined : chineseDate(figures.dueDate),
    days: figures.daysPastDue?.toString(),
    month: figures.month?.toString(),
    debitAt: figures.debitAt,
    code,
  };
}

/** A bill is called by the month it was issued in, an instalment by the month it is due in. */
function monthOf(account: DerivedAccount, { key, dueDate }: Obligation): number {
  const bill = account.statements.find(({ number }) => `statement-${number}` === key);
  return partsOf(bill?.billDate ?? dueDate).month;
}

/** The newest payment that has not bounced: by its value date, on one date by its key, whatever it was for. */
export function newestPayment({ entries }: Pick<DerivedAccount, 'entries'>): JournalEntry | undefined {
  return entries
    .filter(({ kind }) => kind === 'payment')
    .reduce<JournalEntry | undefined>((newest, entry) => (isAfter(entry, newest) ? entry : newest), undefined);
}

function isAfter({ valueDate, key }: JournalEntry, other: JournalEntry | undefined): boolean {
  if (!other || valueDate !== other.valueDate) return !other || valueDate > other.valueDate;
  return key > other.key;
}

/** The newest payment, or what was disbursed when nothing has been paid yet. */
function movedFen(account: DerivedAccount): Fen | undefined {
  const disbursed = account.entries.findLast(({ kind }) => kind === 'disbursement');
  const movedOf = (entry: JournalEntry | undefined, ledgerAccount: LedgerAccount) =>
    entry?.lines.find((line) => line.account === ledgerAccount)?.amountFen;
  const amountFen = movedOf(newestPayment(account), 'collections') ?? movedOf(disbursed, 'funding');
  return amountFen === undefined ? undefined : Math.abs(amountFen);
}
