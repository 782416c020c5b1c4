/**
 * The oracle's revolving account: one day after the other from the opening to the date asked for, from docs/ledger.md
 * alone. No bill counts as issued already: what a bill says is what the facts give.
 */
import type { RevolvingTerms } from '../../src/domain/credit/account';
import type { Confirmed, Fact, InstalmentSettled, InstalmentStarted, Refunded } from '../../src/domain/credit/facts';
import type { RevolvingPolicy } from '../../src/domain/policy/lendingPolicy';
import { book, type Lines } from './books';
import type { OracleBalances } from './cashLoan';
import { nextDayOfMonth, toDay, toIso } from './civilDates';
import { fractionOf, shareFen } from './exactAmounts';
import { factsByDay } from './factsOfDay';
import { figuresOfCard, type OracleFigures } from './figures';
import { freezeOrLift } from './freezes';
import {
  applyCredit,
  endPlans,
  pay,
  payoffFen,
  purchase,
  recover,
  refund,
  returnCredit,
  writeOff,
} from './revolvingPayments';
import {
  type Account,
  accrueDay,
  billedDebtsFen,
  billedFen,
  CHARGES,
  comingPartsFen,
  lowerMinimums,
  openAccount,
  pendingFen,
  postAccrual,
  postCharge,
} from './revolvingState';

interface OracleStatement {
  number: number;
  billDate: string;
  dueDate: string;
  totalFen: number;
  minimumPaymentFen: number;
  principalFen: number;
  interestFen: number;
  penaltyFen: number;
  feeFen: number;
}

export interface OracleRevolving {
  balances: OracleBalances;
  daysPastDue: number;
  isClosed: boolean;
  recoverableFen: number;
  payoffFen: number;
  /** Reasons for which new credit is stopped, sorted. */
  freezes: string[];
  statements: OracleStatement[];
  entries: Map<string, Lines>;
  /** For lives: what is billed and owed, and what of it must be paid at least. */
  billedOwedFen: number;
  missingFen: number;
}

/** What the account is at the end of `asOf`. */
export function revolvingAt(
  terms: RevolvingTerms,
  facts: readonly Fact[],
  policy: RevolvingPolicy,
  asOf: string,
): OracleRevolving & { figures: OracleFigures } {
  const account = accountAt(terms, facts, policy, toDay(asOf));
  // Living on to the next deadline comes last.
  return { ...resultOf(account), figures: figuresOfCard(account, facts) };
}

/** The account itself, which can go on from there. */
export function accountAt(
  terms: RevolvingTerms,
  facts: readonly Fact[],
  policy: RevolvingPolicy,
  asOfDay: number,
): Account {
  const account = openAccount(terms, policy);
  const byDay = factsByDay(facts, asOfDay);
  for (const fact of byDay.get(account.today) ?? []) take(account, fact);
  passDays(account, asOfDay, byDay);
  return account;
}

/** One day after the other: first the night's interest and a bill, then the facts of the day. */
export function passDays(account: Account, untilDay: number, byDay: ReadonlyMap<number, Fact[]>): void {
  while (account.today < untilDay) {
    account.today++;
    if (!account.isWrittenOff) {
      accrueDay(account);
      if (account.today === account.nextBillDay) issueBill(account);
    }
    for (const fact of byDay.get(account.today) ?? []) take(account, fact);
  }
}

/** Charges are posted, parts join, credit is applied, a layer is made, the minimum is set: in this order. */
function issueBill(account: Account): void {
  const date = toIso(account.today);
  const parts = account.plans.flatMap((plan) => plan.parts.splice(0, 1));
  endPlans(account);
  const partsFen = parts.reduce((sum, { principalFen }) => sum + principalFen, 0);
  postAccrual(account, 'penalty');
  postAccrual(account, 'interest');
  account.interest = { exact: 0n, postedFen: 0 };
  const feesFen = parts.reduce((sum, { feeFen }) => sum + feeFen, 0);
  postCharge(account, 'fee', feesFen, `instalment-fee/${date}`);
  account.unbilledFen += partsFen;
  applyCredit(account, `credit-applied/${date}`);
  const number = account.bills.length + 1;
  const dueDay = nextDayOfMonth(account.today, account.dueDayOfMonth);
  account.layers.push({ number, dueDay, principalFen: account.unbilledFen });
  const partsLeftFen = Math.min(partsFen, account.unbilledFen);
  account.unbilledFen = 0;
  const totalFen = billedDebtsFen(account) - account.creditFen;
  const minimumFen = minimumOf(account, partsLeftFen, totalFen);
  account.bills.push({
    number,
    billDay: account.today,
    dueDay,
    totalFen,
    minimumFen,
    missingFen: minimumFen,
    principalFen: billedFen(account),
    charges: { ...account.owed },
  });
  account.newCharges = { fee: 0, penalty: 0, interest: 0 };
  account.nextBillDay = nextDayOfMonth(account.today, account.policy.billDay);
}

function minimumOf(account: Account, partsFen: number, totalFen: number): number {
  const ratio = fractionOf(account.policy.minimumPaymentRatio);
  const ordinaryFen = billedFen(account) - partsFen;
  const newFen = Math.min(
    CHARGES.reduce((sum, name) => sum + account.newCharges[name], 0),
    CHARGES.reduce((sum, name) => sum + account.owed[name], 0),
  );
  // Each minimum holds what was missing of those before it, so the greatest of them is all that is missing.
  const missedFen = Math.max(0, ...account.bills.map((bill) => bill.missingFen));
  const sumFen = shareFen(ordinaryFen, ratio.numerator, ratio.denominator) + partsFen + newFen + missedFen;
  const minimumFen = Math.max(0, Math.min(sumFen, totalFen));
  // What it asks for beyond earlier minimums, when that is too small to ask for, is left out.
  const smallestFen = account.policy.smallestMinimumFen ?? 0;
  return minimumFen - missedFen < smallestFen ? Math.min(minimumFen, missedFen) : minimumFen;
}

/** What a fact of today does. */
export function take(account: Account, fact: Fact): void {
  if (fact.kind === 'paid') {
    if (account.isWrittenOff) recover(account, fact, 'collections');
    else pay(account, fact);
  } else if (fact.kind === 'purchased') {
    if (fact.awaitsConfirmation) account.heldFen.set(fact.key, fact.amountFen);
    else purchase(account, fact.key, fact.amountFen);
  } else if (fact.kind === 'confirmed') confirm(account, fact);
  else if (fact.kind === 'refunded') takeRefund(account, fact);
  else if (fact.kind === 'credit-returned') returnCredit(account, fact.key, fact.amountFen);
  else if (fact.kind === 'rate-corrected') {
    const before = account.rates.at(-1);
    if (!before) throw new Error('an account without rates');
    account.rates.push({
      fromDay: account.today,
      revolvingDailyRate: fact.revolvingDailyRate ?? before.revolvingDailyRate,
      overdueDailyRate: fact.overdueDailyRate ?? before.overdueDailyRate,
    });
  } else if (fact.kind === 'instalment-started') startPlan(account, fact);
  else if (fact.kind === 'instalment-settled') settlePlan(account, fact);
  else if (fact.kind === 'written-off') writeOff(account, fact.key);
  else freezeOrLift(account.freezes, fact);
}

/** What is left of a held purchase is posted now. */
function confirm(account: Account, fact: Confirmed): void {
  const heldFen = account.heldFen.get(fact.purchaseKey);
  if (heldFen === undefined) return;
  account.heldFen.delete(fact.purchaseKey);
  purchase(account, fact.key, heldFen);
}

/** A refund of a purchase that is held gives back a part of the limit; what is above it is a refund like any other. */
function takeRefund(account: Account, fact: Refunded): void {
  const { purchaseKey } = fact;
  const heldFen = (purchaseKey !== undefined && account.heldFen.get(purchaseKey)) || 0;
  const releasedFen = Math.min(heldFen, fact.amountFen);
  if (purchaseKey !== undefined && releasedFen > 0) account.heldFen.set(purchaseKey, heldFen - releasedFen);
  const amountFen = fact.amountFen - releasedFen;
  if (amountFen === 0) return;
  if (account.isWrittenOff) recover(account, { ...fact, amountFen }, 'funding');
  else refund(account, fact.key, amountFen);
}

/** Billed principal of a bill, or what is not billed yet, becomes parts that come with the next bills. */
function startPlan(account: Account, fact: InstalmentStarted): void {
  let tookFen = 0;
  if (fact.statementNumber === undefined) {
    tookFen = Math.min(fact.principalFen, account.unbilledFen);
    account.unbilledFen -= tookFen;
  } else {
    const layer = account.layers.find(({ number }) => number === fact.statementNumber);
    tookFen = Math.min(fact.principalFen, layer?.principalFen ?? 0);
    if (layer) layer.principalFen -= tookFen;
    lowerMinimums(account, 0);
  }
  if (tookFen === 0) return;
  const principal = parts(tookFen, fact.months);
  const merchantFen = shareFen(fact.merchantFeeFen ?? 0, tookFen, fact.principalFen);
  book(account.books, fact.key, { 'merchant-receivable': merchantFen, 'fee-income': -merchantFen });
  const fees = parts(shareFen(fact.feeFen, tookFen, fact.principalFen), fact.months);
  account.plans.push({
    key: fact.key,
    parts: principal.map((principalFen, index) => ({ principalFen, feeFen: fees[index] ?? 0 })),
  });
}

/** Each part is the whole divided and rounded down, and the last takes the rest. */
function parts(wholeFen: number, count: number): number[] {
  const partFen = Math.floor(wholeFen / count);
  return Array.from({ length: count }, (_, index) => (index < count - 1 ? partFen : wholeFen - partFen * (count - 1)));
}

/** All coming parts come with the next bill, and the fee unless it is waived. */
function settlePlan(account: Account, fact: InstalmentSettled): void {
  const plan = account.plans.find(({ key }) => key === fact.planKey);
  if (!plan) return;
  const principalFen = plan.parts.reduce((sum, part) => sum + part.principalFen, 0);
  const feeFen = fact.waivesFee ? 0 : plan.parts.reduce((sum, part) => sum + part.feeFen, 0);
  plan.parts = [{ principalFen, feeFen }];
}

export function resultOf(account: Account): OracleRevolving {
  const missed = account.bills.filter((bill) => bill.missingFen > 0);
  const overdue = account.isWrittenOff ? [] : missed.filter(({ dueDay }) => dueDay < account.today);
  return {
    balances: {
      principalFen: billedFen(account) + account.unbilledFen + comingPartsFen(account),
      interestFen: account.owed.interest + pendingFen(account.interest),
      penaltyFen: account.owed.penalty + pendingFen(account.penalty),
      feeFen: account.owed.fee,
      creditFen: account.creditFen,
    },
    daysPastDue: overdue[0] ? account.today - overdue[0].dueDay : 0,
    isClosed: account.isWrittenOff,
    recoverableFen: account.recoverableFen,
    payoffFen: payoffFen(account),
    freezes: [...account.freezes].sort(),
    statements: account.bills.map((bill) => ({
      number: bill.number,
      billDate: toIso(bill.billDay),
      dueDate: toIso(bill.dueDay),
      totalFen: bill.totalFen,
      minimumPaymentFen: bill.minimumFen,
      principalFen: bill.principalFen,
      interestFen: bill.charges.interest,
      penaltyFen: bill.charges.penalty,
      feeFen: bill.charges.fee,
    })),
    entries: new Map(account.books.entries),
    billedOwedFen: billedDebtsFen(account) + pendingFen(account.penalty),
    missingFen: Math.max(0, ...missed.map((bill) => bill.missingFen)),
  };
}
