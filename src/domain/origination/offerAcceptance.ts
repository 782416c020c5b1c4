/**
 * Whether an offer may be taken up as asked, and what it then costs: refused in the open, with reason codes
 * (docs/reason-codes.md) and the figures that they rest on.
 */

import { type CashLoanTerms, drawnBy, type RevolvingTerms, type Terms } from '../credit/account';
import { type IsRestDay, shiftedDueDates } from '../credit/cashLoan/dueDateShift';
import { hasEmptyInstalment } from '../credit/cashLoan/schedule';
import type { LendingPolicy, RepaymentMethod } from '../policy/lendingPolicy';
import { byProduct, type Product } from '../policy/products';
import { type AssessmentInput, type ProvedFigures, withProved } from '../risk/assessment';
import type { IsoDate } from '../values/calendar';
import { dateAt } from '../values/clock';
import type { DecimalRate, Fen } from '../values/money';
import {
  type CashLoanDisclosure,
  type CostAboveCap,
  type CostDisclosure,
  costAboveCap,
  costDisclosureOf,
  type RevolvingDisclosure,
} from './costDisclosure';

export interface AcceptanceRequest {
  product: Product;
  /** Of a cash loan. */
  principalFen?: Fen | undefined;
  months?: number | undefined;
  method?: RepaymentMethod | undefined;
  /** Of a revolving account: the day of the month to pay on; the policy's when absent. */
  dueDay?: number | undefined;
}

export interface AcceptanceContext {
  offeredProduct: Product;
  offeredRate: DecimalRate;
  remainingFen: Fen;
  isExpired: boolean;
  /** Whether the borrower is overdue on any account: new credit is stopped then. */
  isBorrowerOverdue: boolean;
  /** Whether an account of the borrower is frozen for new credit. */
  isBorrowerFrozen: boolean;
  /** Unsecured credit that the borrower has already: with us, and elsewhere as far as it is known. */
  unsecuredFen: Fen;
  today: IsoDate;
  policy: LendingPolicy;
  isRestDay: IsRestDay;
}

/** What is on record of an offer and its borrower when it is taken up. */
export interface DrawRecord {
  offer: { product: Product; limitFen: Fen; dailyRate: DecimalRate; expiresAtMs: number };
  drawnFen: Fen;
  facts: AssessmentInput;
  /** What a person saw proof of before the offer. */
  proved?: ProvedFigures | null | undefined;
  exposure: { isOverdue: boolean; isFrozen: boolean; committedFen: Fen };
  policy: LendingPolicy;
  asOfMs: number;
  isRestDay: IsRestDay;
}

export type AcceptanceJudgement =
  | { terms: Terms; sheet: CostDisclosure }
  | { refusals: AcceptanceRefusal[]; figures?: Partial<CostAboveCap & UnsecuredFigures> | undefined };

interface UnsecuredFigures {
  /** With what was asked for. */
  unsecuredFen: Fen;
  maxUnsecuredFen: Fen;
}

type AcceptanceRefusal =
  | 'PRODUCT_NOT_OFFERED'
  | 'OFFER_EXPIRED'
  | 'ABOVE_OFFERED_LIMIT'
  | 'AMOUNT_OUT_OF_RANGE'
  | 'TERM_NOT_OFFERED'
  | 'TERM_TOO_LONG_FOR_AMOUNT'
  | 'METHOD_NOT_OFFERED'
  | 'INTEREST_FIRST_TERM_TOO_LONG'
  | 'DUE_DAY_NOT_OFFERED'
  | 'ACCOUNT_OVERDUE'
  | 'NEW_CREDIT_FROZEN'
  | 'UNSECURED_CAP'
  | 'COST_ABOVE_CAP';

/** Due days a borrower may choose (facts 1.1). */
const DUE_DAYS = [8, 9, 10];

export function acceptanceContextOf({
  offer,
  drawnFen,
  facts,
  proved,
  exposure,
  ...given
}: DrawRecord): AcceptanceContext {
  const { policy, asOfMs, isRestDay } = given;
  return {
    offeredProduct: offer.product,
    offeredRate: offer.dailyRate,
    remainingFen: offer.limitFen - drawnFen,
    isExpired: asOfMs >= offer.expiresAtMs,
    isBorrowerOverdue: exposure.isOverdue,
    isBorrowerFrozen: exposure.isFrozen,
    unsecuredFen: exposure.committedFen + (withProved(facts, proved).finances.unsecuredDebtFen ?? 0),
    today: dateAt(asOfMs, policy.zone),
    policy,
    isRestDay,
  };
}

/** The terms with their cost sheet; or every reason against the terms, and only then what is against their sum or cost. */
export function judgeAcceptance(request: AcceptanceRequest, context: AcceptanceContext): AcceptanceJudgement {
  const found = termsOf(request, context);
  if ('refusals' in found) return found;
  const { policy } = context;
  const unsecured = aboveUnsecuredCap(found.terms, context);
  const sheet = costDisclosureOf(found.terms, policy);
  const cost = costAboveCap(sheet, policy);
  const refusals: AcceptanceRefusal[] = [];
  if (isTooLong(sheet)) refusals.push('TERM_TOO_LONG_FOR_AMOUNT');
  if (unsecured) refusals.push('UNSECURED_CAP');
  if (cost) refusals.push('COST_ABOVE_CAP');
  return refusals.length > 0 ? { refusals, figures: { ...unsecured, ...cost } } : { terms: found.terms, sheet };
}

function isTooLong(sheet: CashLoanDisclosure | RevolvingDisclosure): boolean {
  return byProduct(sheet, {
    'cash-loan': ({ instalments, method }) => hasEmptyInstalment(instalments, method),
    revolving: () => false,
  });
}

/** Law bounds what one person may owe unsecured, over all products (facts 2.4): a limit counts as if it were drawn. */
function aboveUnsecuredCap(terms: Terms, { unsecuredFen, policy }: AcceptanceContext): UnsecuredFigures | undefined {
  const { maxUnsecuredFen } = policy.assessment;
  const withThisFen = unsecuredFen + drawnBy(terms);
  return withThisFen > maxUnsecuredFen ? { unsecuredFen: withThisFen, maxUnsecuredFen } : undefined;
}

/** The terms of the new account, or every reason against it. */
function termsOf(
  request: AcceptanceRequest,
  context: AcceptanceContext,
): { terms: Terms } | { refusals: AcceptanceRefusal[] } {
  const refusals: AcceptanceRefusal[] = [];
  if (request.product !== context.offeredProduct) refusals.push('PRODUCT_NOT_OFFERED');
  if (context.isExpired) refusals.push('OFFER_EXPIRED');
  if (context.isBorrowerOverdue) refusals.push('ACCOUNT_OVERDUE');
  if (context.isBorrowerFrozen) refusals.push('NEW_CREDIT_FROZEN');
  const found = { 'cash-loan': loanTerms, revolving: revolvingTerms }[request.product](request, context);
  refusals.push(...found.refusals);
  return refusals.length > 0 ? { refusals } : { terms: found.terms };
}

function loanTerms(
  request: AcceptanceRequest,
  context: AcceptanceContext,
): { terms: CashLoanTerms; refusals: AcceptanceRefusal[] } {
  const { principalFen = 0, months = 0, method = 'level' } = request;
  const { cashLoan } = context.policy;
  const refusals: AcceptanceRefusal[] = [];
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
  const dueDates = shiftedDueDates(context.today, months, cashLoan, context.isRestDay);
  return { terms: dueDates ? { ...terms, dueDates } : terms, refusals };
}

function revolvingTerms(
  request: AcceptanceRequest,
  context: AcceptanceContext,
): { terms: RevolvingTerms; refusals: AcceptanceRefusal[] } {
  const { revolving } = context.policy;
  const dueDay = request.dueDay ?? revolving.dueDay;
  const refusals: AcceptanceRefusal[] = [];
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
