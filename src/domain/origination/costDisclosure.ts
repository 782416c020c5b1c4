/**
 * The cost sheet: everything that a credit costs, told and confirmed before it is taken up. Source: facts 2.5
 * (disclosure rule in force on 1 August 2026, cost cap), 4.1 (annualised rates); docs/cost-disclosure.md.
 *
 * A sheet is plain data; `costSheetText.ts` is its canonical form, whose hash identifies it. All figures are those of
 * the rules that service the account.
 */
import type { CashLoanTerms, RevolvingTerms, Terms } from '../credit/account';
import { type ExactRate, exactRate } from '../credit/accrual';
import { penaltyRate } from '../credit/cashLoan/lateInterest';
import { planSchedule } from '../credit/cashLoan/schedule';
import { dueDateOf, nextBillDate } from '../credit/revolving/billing';
import { type FeePayer, splitIntoInstalments } from '../credit/revolving/instalmentFees';
import type { LendingPolicy, RepaymentMethod } from '../policy/lendingPolicy';
import { byProduct } from '../policy/products';
import { type IsoDate, periodsOf } from '../values/calendar';
import type { DecimalRate, Fen } from '../values/money';
import { decimalText } from '../values/rateText';
import { COST_CAP, COST_TOLERANCE, trueCostOf, withinCostCap } from './trueCost';

/** Raised when the text of the same credit changes, so that two forms are never taken for one. */
const SHEET_FORM = 2;

/** How a charge is computed. */
export type ChargeStandard =
  /** A daily rate on the principal that is outstanding, for actual days. */
  | { basis: 'outstanding-principal-by-day'; dailyRate: DecimalRate }
  /** 30 days' worth of a daily rate for each month, whatever its length. */
  | { basis: 'outstanding-principal-by-month'; dailyRate: DecimalRate }
  /** A share of the principal, for the whole term. */
  | { basis: 'principal-once'; share: DecimalRate };

export interface Charge {
  kind: 'interest' | 'instalment-fee';
  /** Who receives it. */
  collector: string;
  payer: FeePayer;
  standard: ChargeStandard;
  /** Of the whole term under normal performance. */
  amountFen: Fen;
}

/** What is charged only when a due date is missed: instead of interest, on the principal that is overdue. */
export interface DefaultCost {
  kind: 'penalty';
  collector: string;
  dailyRate: DecimalRate;
  /** 365 times the daily rate, simple. */
  annualRate: DecimalRate;
  /** Nothing is charged while at most so many days have passed, and then for all of them. */
  graceDays: number;
}

/** Under normal performance, with 8 decimals. The cost cap is held against the larger of the first two. */
export interface AnnualisedCost {
  /** 12 x the monthly internal rate of return; of a revolving account 365 x the daily rate. */
  aprNominal: DecimalRate;
  /** 365 x the daily internal rate of return. Absent on sheets of form 1, and of a revolving account: it has no flows. */
  aprDaily?: DecimalRate | undefined;
  /** Compound: (1 + monthly rate)^12 - 1. */
  ear: DecimalRate;
}

export interface SheetInstalment {
  /** From 1. */
  number: number;
  dueDate: IsoDate;
  principalFen: Fen;
  interestFen: Fen;
  feeFen: Fen;
  paymentFen: Fen;
  /** Principal still to come after it. */
  balanceFen: Fen;
}

interface SheetHead {
  /** Sheets of an earlier form are kept, and read as they were confirmed. */
  form: 1 | typeof SHEET_FORM;
  lenderOfRecord: string;
  policyVersion: string;
  /** Each charge under normal performance; nothing else is charged. */
  charges: Charge[];
  annualised: AnnualisedCost;
  defaultCosts: DefaultCost[];
  otherCharges: 'none';
}

interface RepaidSheet extends SheetHead {
  principalFen: Fen;
  /** What reaches the borrower: nothing is kept back (Civil Code art. 670). */
  receivedFen: Fen;
  months: number;
  startDate: IsoDate;
  instalments: SheetInstalment[];
  /** All instalments together. */
  totalFen: Fen;
}

export interface CashLoanDisclosure extends RepaidSheet {
  product: 'cash-loan';
  method: RepaymentMethod;
}

export interface InstalmentPlanDisclosure extends RepaidSheet {
  product: 'instalment-plan';
  /** The bill that is split; absent: purchases that are not billed yet. */
  statementNumber?: number | undefined;
  /** Whether who settles the plan early is spared the coming fee. */
  isFeeWaivedEarly: boolean;
}

/** Nothing is drawn yet, so it tells what costs when. `annualised` is that of carrying a bill by its minimum. */
export interface RevolvingDisclosure extends SheetHead {
  product: 'revolving';
  limitFen: Fen;
  openDate: IsoDate;
  billDay: number;
  dueDay: number;
  minimumPaymentRatio: DecimalRate;
}

export type CostDisclosure = CashLoanDisclosure | InstalmentPlanDisclosure | RevolvingDisclosure;

export interface PlanToSplit {
  statementNumber?: number | undefined;
  principalFen: Fen;
  months: number;
  feeRate: DecimalRate;
  feePayer: FeePayer;
  startedOn: IsoDate;
}

/** What an account with these terms costs. */
export function costDisclosureOf(terms: Terms, policy: LendingPolicy): CashLoanDisclosure | RevolvingDisclosure {
  return byProduct<Terms, CashLoanDisclosure | RevolvingDisclosure>(terms, {
    'cash-loan': (ofLoan) => cashLoanSheet(ofLoan, policy),
    revolving: (ofLimit) => revolvingSheet(ofLimit, policy),
  });
}

function cashLoanSheet(terms: CashLoanTerms, policy: LendingPolicy): CashLoanDisclosure {
  const { principalFen, months, method, startDate, dailyRate } = terms;
  const instalments = planSchedule(terms).map(({ number, dueDate, balanceFen, ...row }) => ({
    number,
    dueDate,
    principalFen: row.principalFen,
    interestFen: row.interestFen,
    feeFen: 0,
    paymentFen: row.principalFen + row.interestFen,
    balanceFen,
  }));
  const basis = method === 'level-monthly' ? 'outstanding-principal-by-month' : 'outstanding-principal-by-day';
  const amountFen = sum(instalments, ({ interestFen }) => interestFen);
  return {
    ...headOf(policy),
    product: 'cash-loan',
    ...repaid(principalFen, startDate, instalments),
    months,
    method,
    startDate,
    charges: [interestCharge({ basis, dailyRate }, amountFen, policy)],
    defaultCosts: [defaultCost(penaltyRate(dailyRate, policy.cashLoan), policy.cashLoan.graceDays ?? 0, policy)],
  };
}

/** A plan as the borrower sees it: a fee that the merchant pays is named, and is in no instalment. */
export function instalmentPlanSheet(
  plan: PlanToSplit,
  terms: RevolvingTerms,
  policy: LendingPolicy,
): InstalmentPlanDisclosure {
  const { principalFen, months, feeRate, feePayer, startedOn } = plan;
  const { parts, borrowerFeeFen, merchantFeeFen } = splitIntoInstalments(plan);
  let billDate = startedOn;
  const instalments = parts.map(({ number, feeFen, balanceFen, ...part }) => {
    billDate = nextBillDate(billDate, policy.revolving.billDay);
    const dueDate = dueDateOf(billDate, terms);
    const paymentFen = part.principalFen + feeFen;
    return { number, dueDate, principalFen: part.principalFen, interestFen: 0, feeFen, paymentFen, balanceFen };
  });
  return {
    ...headOf(policy),
    product: 'instalment-plan',
    ...(plan.statementNumber === undefined ? {} : { statementNumber: plan.statementNumber }),
    ...repaid(principalFen, startedOn, instalments),
    months,
    startDate: startedOn,
    isFeeWaivedEarly: policy.revolving.instalments?.feeRefundOnEarlySettlement ?? false,
    charges: [
      {
        kind: 'instalment-fee',
        collector: policy.lenderOfRecord,
        payer: feePayer,
        standard: { basis: 'principal-once', share: feeRate },
        amountFen: borrowerFeeFen + merchantFeeFen,
      },
    ],
    defaultCosts: [defaultCost(exactRate(policy.revolving.overdueDailyRate), 0, policy)],
  };
}

function revolvingSheet({ limitFen, openDate, dueDay }: RevolvingTerms, policy: LendingPolicy): RevolvingDisclosure {
  const { billDay, minimumPaymentRatio, revolvingDailyRate, overdueDailyRate } = policy.revolving;
  const yearly = annualRateOf(exactRate(revolvingDailyRate));
  return {
    ...headOf(policy),
    product: 'revolving',
    limitFen,
    openDate,
    billDay,
    dueDay,
    minimumPaymentRatio,
    charges: [interestCharge({ basis: 'outstanding-principal-by-day', dailyRate: revolvingDailyRate }, 0, policy)],
    annualised: { aprNominal: fixed(Number(yearly)), ear: fixed((1 + Number(yearly) / 12) ** 12 - 1) },
    defaultCosts: [defaultCost(exactRate(overdueDailyRate), 0, policy)],
  };
}

/** A sheet whose annualised cost is above what the policy allows: the figure, and the line that it passes. */
export interface CostAboveCap {
  annualisedCost: DecimalRate;
  annualCap: DecimalRate;
}

/** Undefined when the credit keeps to the cap. The figure that is shown is the one that is judged. */
export function costAboveCap(sheet: CostDisclosure, policy: LendingPolicy): CostAboveCap | undefined {
  const { annualCap, tolerance } = policy.cost ?? { annualCap: COST_CAP, tolerance: COST_TOLERANCE };
  const annualisedCost = cappedFigureOf(sheet.annualised);
  if (withinCostCap(Number(annualisedCost), annualCap, tolerance)) return undefined;
  return { annualisedCost, annualCap };
}

/** The larger of the two rates that the cap is held against, as it is shown. */
export function cappedFigureOf({ aprNominal, aprDaily = aprNominal }: AnnualisedCost): DecimalRate {
  return Number(aprDaily) > Number(aprNominal) ? aprDaily : aprNominal;
}

function headOf({ lenderOfRecord, version }: LendingPolicy) {
  return { form: SHEET_FORM, lenderOfRecord, policyVersion: version, otherCharges: 'none' } as const;
}

function repaid(principalFen: Fen, startDate: IsoDate, instalments: SheetInstalment[]) {
  const paymentsFen = instalments.map(({ paymentFen }) => paymentFen);
  const periodDays = periodsOf(
    startDate,
    instalments.map(({ dueDate }) => dueDate),
  );
  const { aprNominal, aprDaily = aprNominal, ear } = trueCostOf({ receivedFen: principalFen, paymentsFen, periodDays });
  return {
    principalFen,
    receivedFen: principalFen,
    instalments,
    totalFen: sum(instalments, ({ paymentFen }) => paymentFen),
    annualised: { aprNominal: fixed(aprNominal), aprDaily: fixed(aprDaily), ear: fixed(ear) },
  };
}

function interestCharge(standard: ChargeStandard, amountFen: Fen, { lenderOfRecord }: LendingPolicy): Charge {
  return { kind: 'interest', collector: lenderOfRecord, payer: 'borrower', standard, amountFen };
}

function defaultCost(rate: ExactRate, graceDays: number, { lenderOfRecord }: LendingPolicy): DefaultCost {
  return {
    kind: 'penalty',
    collector: lenderOfRecord,
    dailyRate: decimalText(rate),
    annualRate: annualRateOf(rate),
    graceDays,
  };
}

const DAYS_OF_A_YEAR = 365n;

function annualRateOf({ numerator, denominator }: ExactRate): DecimalRate {
  return decimalText({ numerator: numerator * DAYS_OF_A_YEAR, denominator });
}

const SHOWN_DECIMALS = 8;

function fixed(rate: number): DecimalRate {
  return rate.toFixed(SHOWN_DECIMALS);
}

function sum(rows: readonly SheetInstalment[], amountOf: (row: SheetInstalment) => Fen): Fen {
  return rows.reduce((total, row) => total + amountOf(row), 0);
}
