/**
 * Whether a bill or purchases may be split, what the plan costs, and which parts come when: refused in the open, with
 * reason codes (docs/reason-codes.md) and the figures that they rest on. Rules: docs/ledger.md, "Instalment plans of a
 * revolving account"; docs/cost-disclosure.md; facts 1.1, 2.5.
 */

import {
  type CostAboveCap,
  costAboveCap,
  type InstalmentPlanDisclosure,
  instalmentPlanSheet,
} from '../../origination/costDisclosure';
import type { LendingPolicy } from '../../policy/lendingPolicy';
import { addDays, type IsoDate, maxDate, minDate } from '../../values/calendar';
import type { Fen } from '../../values/money';
import type { ComingPlan, DerivedAccount, RevolvingTerms } from '../account';
import { isClosed } from '../accountStages';
import { hasEmptyInstalment } from '../cashLoan/schedule';
import type { Fact, InstalmentSettled, InstalmentStarted } from '../facts';
import { dueDateOf, nextBillDate } from './billing';
import { type FeePayer, feeRateOf, splitIntoInstalments } from './instalmentFees';

export interface SplitRequest {
  /** The bill that is split; absent: purchases that are not billed yet. */
  statementNumber?: number | undefined;
  principalFen: Fen;
  months: number;
  feePayer: FeePayer;
}

export interface SplitContext {
  /** As of today. */
  account: DerivedAccount;
  terms: RevolvingTerms;
  policy: LendingPolicy;
}

export type SplitRefusal =
  | 'ACCOUNT_CLOSED'
  | 'ACCOUNT_OVERDUE'
  | 'NEW_CREDIT_FROZEN'
  | 'TERM_NOT_OFFERED'
  | 'TERM_TOO_LONG_FOR_AMOUNT'
  | 'BELOW_INSTALMENT_MINIMUM'
  | 'UNKNOWN_BILL'
  | 'BILL_DUE_DATE_PASSED'
  | 'ABOVE_SPLITTABLE_AMOUNT'
  | 'COST_ABOVE_CAP';

export interface SplitFigures extends CostAboveCap {
  splittableFen: Fen;
  minimumFen: Fen;
}

/** The sheet of a plan that may start today; or every reason against it. */
export function judgeSplit(
  request: SplitRequest,
  context: SplitContext,
): { sheet: InstalmentPlanDisclosure } | { refusals: SplitRefusal[]; figures?: Partial<SplitFigures> | undefined } {
  const { account, terms, policy } = context;
  const refusals = [...refusalsOfAccount(account), ...refusalsOfBill(request, account)];
  const figures: Partial<SplitFigures> = {};
  const splittableFen = splittableOf(request, account);
  if (request.principalFen > splittableFen && !refusals.includes('UNKNOWN_BILL')) {
    refusals.push('ABOVE_SPLITTABLE_AMOUNT');
    figures.splittableFen = splittableFen;
  }
  const { instalments } = policy.revolving;
  if (instalments && request.principalFen < instalments.minimumFen) {
    refusals.push('BELOW_INSTALMENT_MINIMUM');
    figures.minimumFen = instalments.minimumFen;
  }
  const feeRate = feeRateOf(request.months, instalments);
  if (feeRate === undefined) return refused([...refusals, 'TERM_NOT_OFFERED'], figures);
  const sheet = instalmentPlanSheet({ ...request, feeRate, startedOn: account.asOf }, terms, policy);
  if (hasEmptyInstalment(sheet.instalments)) refusals.push('TERM_TOO_LONG_FOR_AMOUNT');
  const cost = costAboveCap(sheet, policy);
  if (cost) refusals.push('COST_ABOVE_CAP');
  return refusals.length > 0 ? refused(refusals, { ...figures, ...cost }) : { sheet };
}

function refused(refusals: SplitRefusal[], figures: Partial<SplitFigures>) {
  return { refusals, figures: Object.keys(figures).length > 0 ? figures : undefined };
}

function refusalsOfAccount({ stage, daysPastDue, freezes }: DerivedAccount): SplitRefusal[] {
  if (isClosed({ stage })) return ['ACCOUNT_CLOSED'];
  return [
    ...(daysPastDue > 0 ? (['ACCOUNT_OVERDUE'] as const) : []),
    ...(freezes.length > 0 ? (['NEW_CREDIT_FROZEN'] as const) : []),
  ];
}

/** Only the last bill can be split, up to its due date: what is past due bears interest already. */
function refusalsOfBill({ statementNumber }: SplitRequest, { statements, asOf }: DerivedAccount): SplitRefusal[] {
  if (statementNumber === undefined) return [];
  const last = statements.at(-1);
  if (!last || statementNumber > last.number) return ['UNKNOWN_BILL'];
  return statementNumber < last.number || asOf > last.dueDate ? ['BILL_DUE_DATE_PASSED'] : [];
}

function splittableOf({ statementNumber }: SplitRequest, { instalments, statements }: DerivedAccount): Fen {
  if (!instalments) return 0;
  if (statementNumber === undefined) return instalments.unbilledFen;
  return statementNumber === statements.at(-1)?.number ? instalments.lastBillFen : 0;
}

/** The fact of a plan that starts on the date: the fee is that of the policy, the borrower's or the merchant's. */
export function startedFact(
  key: string,
  valueDate: IsoDate,
  request: SplitRequest,
  policy: LendingPolicy,
): InstalmentStarted {
  const { statementNumber, principalFen, months, feePayer } = request;
  const feeRate = feeRateOf(months, policy.revolving.instalments) ?? '0';
  const { borrowerFeeFen, merchantFeeFen } = splitIntoInstalments({ principalFen, months, feeRate, feePayer });
  const source = statementNumber === undefined ? {} : { statementNumber };
  const merchants = merchantFeeFen === 0 ? {} : { merchantFeeFen };
  const fact = { kind: 'instalment-started' as const, key, valueDate, ...source, principalFen, months };
  return { ...fact, feeFen: borrowerFeeFen, ...merchants };
}

export type SettlementRefusal = 'ACCOUNT_CLOSED' | 'UNKNOWN_PLAN' | 'PLAN_STARTED_TODAY' | 'PLAN_ENDED';

/** `facts`: what is on record of the plan, its start and a settlement. */
export function refusalsOfSettlement(
  { planKey }: Pick<InstalmentSettled, 'planKey'>,
  account: DerivedAccount,
  facts: readonly Fact[],
): SettlementRefusal[] {
  const started = facts.find(({ kind, key }) => kind === 'instalment-started' && key === planKey);
  if (!started) return ['UNKNOWN_PLAN'];
  if (account.stage === 'written-off') return ['ACCOUNT_CLOSED'];
  const isSettled = facts.some((fact) => fact.kind === 'instalment-settled' && fact.planKey === planKey);
  const isComing = account.instalments?.plans.some(({ key }) => key === planKey) ?? false;
  if (isSettled || !isComing) return ['PLAN_ENDED'];
  // Of one date, a settlement counts before a start, so it would settle nothing (decisions/0015).
  return started.valueDate >= account.asOf ? ['PLAN_STARTED_TODAY'] : [];
}

/**
 * From which date a settlement counts that was asked for on a date: not before the day after the plan's start, nor
 * before the last bill, which was issued with its part.
 */
export function settlementDate(
  settledOn: IsoDate,
  startedOn: IsoDate,
  { asOf, statements }: Pick<DerivedAccount, 'asOf' | 'statements'>,
): IsoDate {
  const lastBillDate = statements.at(-1)?.billDate;
  const earliest = maxDate(addDays(startedOn, 1), lastBillDate ?? startedOn);
  return minDate(asOf, maxDate(settledOn, earliest));
}

/** A part of a plan that comes with a bill. */
export interface ComingPart {
  /** 1 comes with the next bill. */
  number: number;
  dueDate: IsoDate;
  principalFen: Fen;
  feeFen: Fen;
}

/** Which parts of a plan come when, seen from a date. */
export function comingParts(
  { principalParts, feeParts }: ComingPlan,
  asOf: IsoDate,
  terms: RevolvingTerms,
  policy: LendingPolicy,
): ComingPart[] {
  let billDate = asOf;
  return principalParts.map((principalFen, index) => {
    billDate = nextBillDate(billDate, policy.revolving.billDay);
    return { number: index + 1, dueDate: dueDateOf(billDate, terms), principalFen, feeFen: feeParts[index] ?? 0 };
  });
}
