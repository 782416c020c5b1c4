/** What money settles on a revolving account: docs/ledger.md, What a payment settles. */

import type { Paid } from '../../src/domain/credit/facts';
import { book, type Lines } from './books';
import {
  type Account,
  billedFen,
  CHARGES,
  comingPartsFen,
  lowerMinimums,
  pendingFen,
  postAccrual,
  postCharge,
} from './revolvingState';

/** Settles all billed debts as one by the policy's order, then purchases that are not billed yet. */
function settleDebts(account: Account, moneyFen: number): { leftFen: number; lines: Lines } {
  let leftFen = moneyFen;
  const lines: Lines = { 'principal-receivable': 0 };
  for (const component of account.policy.allocationOrder) {
    if (component === 'principal') {
      const paidFen = takePrincipal(account.layers, leftFen);
      lines['principal-receivable'] = -paidFen;
      leftFen -= paidFen;
      continue;
    }
    const paidFen = Math.min(leftFen, account.owed[component]);
    account.owed[component] -= paidFen;
    lines[`${component}-receivable`] = -paidFen;
    leftFen -= paidFen;
  }
  const unbilledFen = Math.min(leftFen, account.unbilledFen);
  account.unbilledFen -= unbilledFen;
  lines['principal-receivable'] = (lines['principal-receivable'] ?? 0) - unbilledFen;
  restartSettled(account);
  return { leftFen: leftFen - unbilledFen, lines };
}

/** A penalty is settled, and starts again from zero, when what was posted of it is paid to the last fen. */
function restartSettled(account: Account): void {
  if (account.owed.penalty === 0 && account.penalty.postedFen > 0) account.penalty = { exact: 0n, postedFen: 0 };
}

/** Reduces principal, the first of the list first; returns how much there was to take. */
function takePrincipal(debts: { principalFen: number }[], amountFen: number): number {
  let leftFen = amountFen;
  for (const debt of debts) {
    const takenFen = Math.min(leftFen, debt.principalFen);
    debt.principalFen -= takenFen;
    leftFen -= takenFen;
  }
  return amountFen - leftFen;
}

export function pay(account: Account, { key, amountFen, intent }: Paid): void {
  postAccrual(account, 'penalty');
  if (intent === 'payoff' && amountFen >= payoffFen(account)) bringEverything(account, key);
  const creditFen = account.creditFen;
  const { leftFen, lines } = settleDebts(account, amountFen + creditFen);
  lowerMinimums(account, amountFen);
  account.creditFen = leftFen;
  book(account.books, key, { collections: amountFen, ...lines, 'borrower-credit': creditFen - leftFen });
}

/** Everything to the day, what comes of plans with its fees unless the policy gives them back, less credit. */
export function payoffFen(account: Account): number {
  const principalFen = billedFen(account) + account.unbilledFen + comingPartsFen(account);
  const chargesFen = CHARGES.reduce((sum, name) => sum + account.owed[name], 0);
  const accruedFen = pendingFen(account.interest) + pendingFen(account.penalty);
  return Math.max(0, principalFen + chargesFen + accruedFen + comingFeesFen(account) - account.creditFen);
}

function comingFeesFen({ plans, policy }: Account): number {
  if (policy.instalments?.feeRefundOnEarlySettlement) return 0;
  return plans.flatMap(({ parts }) => parts).reduce((sum, { feeFen }) => sum + feeFen, 0);
}

/** The interest of the days so far, all coming parts and their fees are owed now; no plan goes on. */
function bringEverything(account: Account, key: string): void {
  postCharge(account, 'interest', pendingFen(account.interest), `interest/${key}`);
  postCharge(account, 'fee', comingFeesFen(account), `instalment-fee/${key}`);
  account.interest = { exact: 0n, postedFen: 0 };
  account.penalty = { exact: 0n, postedFen: 0 };
  account.unbilledFen += comingPartsFen(account);
  account.plans = [];
}

/** Credit that waited settles what a payment would; it counts towards the minimums as one. */
export function applyCredit(account: Account, key: string): void {
  const { leftFen, lines } = settleDebts(account, account.creditFen);
  const usedFen = account.creditFen - leftFen;
  lowerMinimums(account, usedFen);
  account.creditFen = leftFen;
  book(account.books, key, { 'borrower-credit': usedFen, ...lines });
}

/** A purchase, after credit has paid what it can of it. */
export function purchase(account: Account, key: string, amountFen: number): void {
  const creditFen = Math.min(account.creditFen, amountFen);
  account.creditFen -= creditFen;
  account.unbilledFen += amountFen - creditFen;
  book(account.books, key, {
    'principal-receivable': amountFen - creditFen,
    'borrower-credit': creditFen,
    funding: -amountFen,
  });
}

/** Not billed yet, then billed, oldest first, then coming parts, the last first, then charges; the rest is credit. */
export function refund(account: Account, key: string, amountFen: number): void {
  const unbilledFen = Math.min(amountFen, account.unbilledFen);
  account.unbilledFen -= unbilledFen;
  const billedTakenFen = takePrincipal(account.layers, amountFen - unbilledFen);
  const comingFen = takePrincipal(partsToRefund(account), amountFen - unbilledFen - billedTakenFen);
  endPlans(account);
  const principalFen = unbilledFen + billedTakenFen + comingFen;
  // What it takes off purchases meets no minimum by itself.
  lowerMinimums(account, 0);
  const restFen = amountFen - principalFen;
  if (restFen > 0) postAccrual(account, 'penalty');
  // No principal is left when there is a rest: it settles charges, as a payment would.
  const { leftFen, lines } = settleDebts(account, restFen);
  lowerMinimums(account, restFen);
  account.creditFen += leftFen;
  book(account.books, key, {
    funding: amountFen,
    ...lines,
    'principal-receivable': (lines['principal-receivable'] ?? 0) - principalFen,
    'borrower-credit': -leftFen,
  });
}

/** A plan of which no principal is left to come has ended: its coming fees go with it. */
export function endPlans(account: Account): void {
  account.plans = account.plans.filter(({ parts }) => parts.some(({ principalFen }) => principalFen > 0));
}

/** Coming parts of all plans: the youngest plan first, and of a plan the last part first. */
function partsToRefund(account: Account): { principalFen: number }[] {
  return [...account.plans].reverse().flatMap(({ parts }) => [...parts].reverse());
}

/** Credit given back; what was not the borrower's is owed as an unbilled purchase. */
export function returnCredit(account: Account, key: string, amountFen: number): void {
  purchase(account, key, amountFen);
}

/** Money on a debt that was written off: recovery, up to what was lost, then debts that arose since, then credit. */
export function recover(
  account: Account,
  { key, amountFen }: { key: string; amountFen: number },
  from: 'collections' | 'funding',
): void {
  const recoveredFen = Math.min(amountFen, account.recoverableFen);
  account.recoverableFen -= recoveredFen;
  const { leftFen, lines } = settleDebts(account, amountFen - recoveredFen);
  account.creditFen += leftFen;
  book(account.books, key, {
    [from]: amountFen,
    'recovery-income': -recoveredFen,
    ...lines,
    'borrower-credit': -leftFen,
  });
}

/** Penalty and interest are posted, then everything that is owed is lost. */
export function writeOff(account: Account, key: string): void {
  if (account.isWrittenOff) return;
  postAccrual(account, 'penalty');
  postAccrual(account, 'interest');
  const parts = account.plans.flatMap((plan) => plan.parts);
  const debts = [...account.layers, ...parts, { principalFen: account.unbilledFen }];
  const principalFen = debts.reduce((sum, debt) => sum + debt.principalFen, 0);
  const lossFen = principalFen + CHARGES.reduce((sum, name) => sum + account.owed[name], 0);
  const lines: Lines = { 'write-off-loss': lossFen, 'principal-receivable': -principalFen };
  for (const name of CHARGES) lines[`${name}-receivable`] = -account.owed[name];
  book(account.books, key, lines);
  account.recoverableFen = lossFen;
  account.isWrittenOff = true;
  account.layers = [];
  account.plans = [];
  account.unbilledFen = 0;
  account.owed = { fee: 0, penalty: 0, interest: 0 };
}
