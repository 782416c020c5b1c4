/** Whether an offer may be taken up as asked: refused in the open, with reason codes (docs/reason-codes.md). */
import type { CashLoanTerms, RevolvingTerms, Terms } from './account';
import type { IsoDate } from './calendar';
import type { DecimalRate, Fen } from './money';
import type { LendingPolicy, Product, RepaymentMethod } from './products';

export interface DrawRequest {
  product: Product;
  /** Of a cash loan. */
  principalFen?: Fen | undefined;
  months?: number | undefined;
  method?: RepaymentMethod | undefined;
  /** Of a revolving account: the day of the month to pay on; the policy's when absent. */
  dueDay?: number | undefined;
}

export interface DrawContext {
  offeredProduct: Product;
  offeredRate: DecimalRate;
  remainingFen: Fen;
  isExpired: boolean;
  /** Whether the borrower is overdue on any account: new credit is stopped then. */
  isBorrowerOverdue: boolean;
  /** Whether an account of the borrower is frozen for new credit. */
  isBorrowerFrozen: boolean;
  today: IsoDate;
  policy: LendingPolicy;
}

export type DrawRefusal =
  | 'PRODUCT_NOT_OFFERED'
  | 'OFFER_EXPIRED'
  | 'ABOVE_OFFERED_LIMIT'
  | 'AMOUNT_OUT_OF_RANGE'
  | 'TERM_NOT_OFFERED'
  | 'METHOD_NOT_OFFERED'
  | 'INTEREST_FIRST_TERM_TOO_LONG'
  | 'DUE_DAY_NOT_OFFERED'
  | 'ACCOUNT_OVERDUE'
  | 'NEW_CREDIT_FROZEN';

/** Due days a borrower may choose (facts 1.1). */
const DUE_DAYS = [8, 9, 10];

/** The terms of the new account, or every reason against it. */
export function termsOf(request: DrawRequest, context: DrawContext): { terms: Terms } | { refusals: DrawRefusal[] } {
  const refusals: DrawRefusal[] = [];
  if (request.product !== context.offeredProduct) refusals.push('PRODUCT_NOT_OFFERED');
  if (context.isExpired) refusals.push('OFFER_EXPIRED');
  if (context.isBorrowerOverdue) refusals.push('ACCOUNT_OVERDUE');
  if (context.isBorrowerFrozen) refusals.push('NEW_CREDIT_FROZEN');
  const found = request.product === 'cash-loan' ? loanTerms(request, context) : revolvingTerms(request, context);
  refusals.push(...found.refusals);
  return refusals.length > 0 ? { refusals } : { terms: found.terms };
}

function loanTerms(request: DrawRequest, context: DrawContext): { terms: CashLoanTerms; refusals: DrawRefusal[] } {
  const { principalFen = 0, months = 0, method = 'level' } = request;
  const { cashLoan } = context.policy;
  const refusals: DrawRefusal[] = [];
  if (principalFen > context.remainingFen) refusals.push('ABOVE_OFFERED_LIMIT');
  if (principalFen < cashLoan.principalFen.min || principalFen > cashLoan.principalFen.max) {
    refusals.push('AMOUNT_OUT_OF_RANGE');
  }
  if (!cashLoan.termsMonths.includes(months)) refusals.push('TERM_NOT_OFFERED');
  if (!cashLoan.methods.includes(method)) refusals.push('METHOD_NOT_OFFERED');
  if (method === 'interest-first' && months > cashLoan.interestFirstMaxMonths) {
    refusals.push('INTEREST_FIRST_TERM_TOO_LONG');
  }
  const terms: CashLoanTerms = {
    product: 'cash-loan',
    principalFen,
    dailyRate: context.offeredRate,
    months,
    method,
    startDate: context.today,
  };
  return { terms, refusals };
}

function revolvingTerms(
  request: DrawRequest,
  context: DrawContext,
): { terms: RevolvingTerms; refusals: DrawRefusal[] } {
  const { revolving } = context.policy;
  const dueDay = request.dueDay ?? revolving.dueDay;
  const refusals: DrawRefusal[] = [];
  if (dueDay !== revolving.dueDay && !DUE_DAYS.includes(dueDay)) refusals.push('DUE_DAY_NOT_OFFERED');
  if (context.remainingFen <= 0) refusals.push('ABOVE_OFFERED_LIMIT');
  const terms: RevolvingTerms = {
    product: 'revolving',
    limitFen: context.remainingFen,
    openDate: context.today,
    dueDay,
  };
  return { terms, refusals };
}
