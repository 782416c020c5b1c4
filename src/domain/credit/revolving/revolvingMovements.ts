/** What each fact that moves money does to a revolving account, and how it is posted. Rules: docs/ledger.md. */

import { chargeLines, post, receivableLines, takeRecovery } from '../../ledger/postings';
import type { IsoDate } from '../../values/calendar';
import type { Fen } from '../../values/money';
import { exactRate, postAccrual, settleAccrual } from '../accrual';
import { totalOwedFen } from '../allocation';
import type { Confirmed, Paid, Purchased, RateCorrected, Refunded, WrittenOff } from '../facts';
import { reduceParts } from './instalmentPlans';
import { comingFeeFen, settlesFen } from './revolvingFigures';
import {
  allPrincipalFen,
  capMinimums,
  comingFen,
  postInterest,
  postPenalty,
  type RevolvingState,
  reduceLayers,
  settleOldestDebts,
} from './revolvingState';

export function takePurchase(life: RevolvingState, fact: Purchased): void {
  if (fact.awaitsConfirmation) life.held.push({ key: fact.key, amountFen: fact.amountFen });
  else postPurchase(life, fact.key, fact.valueDate, fact.amountFen);
}

/** The goods of a held purchase were received: what is left of it is posted. */
export function confirm(life: RevolvingState, { key, purchaseKey, valueDate }: Confirmed): void {
  const held = life.held.find((each) => each.key === purchaseKey);
  if (!held) return;
  life.held = life.held.filter((each) => each !== held);
  postPurchase(life, key, valueDate, held.amountFen);
}

function postPurchase(life: RevolvingState, key: string, valueDate: IsoDate, amountFen: Fen): void {
  const fromCreditFen = Math.min(life.creditFen, amountFen);
  life.creditFen -= fromCreditFen;
  life.unbilledFen += amountFen - fromCreditFen;
  post(life, {
    key,
    kind: 'purchase',
    valueDate,
    lines: [
      { account: 'principal-receivable', amountFen: amountFen - fromCreditFen },
      { account: 'borrower-credit', amountFen: fromCreditFen },
      { account: 'funding', amountFen: -amountFen },
    ],
  });
}

/**
 * A refund undoes purchases: the held one that it names, then those not billed yet, billed ones, oldest first, and
 * coming parts of instalment plans; then it settles charges that are owed; the rest is credit.
 */
export function takeRefund(life: RevolvingState, fact: Refunded): void {
  const amountFen = fact.amountFen - releaseHold(life, fact);
  if (amountFen === 0) return;
  if (life.isWrittenOff) {
    const rest = { ...fact, amountFen };
    takeRecovery(life, rest, { from: 'funding', settleRest: (restFen) => settleOldestDebts(life, restFen) });
    return;
  }
  const unbilledFen = Math.min(amountFen, life.unbilledFen);
  life.unbilledFen -= unbilledFen;
  const leftFen = reduceParts(life, reduceLayers(life, amountFen - unbilledFen));
  capMinimums(life);
  // Nobody is asked for charges while we hold money of theirs.
  if (leftFen > 0) postPenalty(life);
  const settled = settleOldestDebts(life, leftFen);
  const creditFen = leftFen - totalOwedFen(settled);
  life.creditFen += creditFen;
  post(life, {
    key: fact.key,
    kind: 'refund',
    valueDate: fact.valueDate,
    lines: [
      { account: 'funding', amountFen },
      ...receivableLines({ ...settled, principal: settled.principal + amountFen - leftFen }),
      { account: 'borrower-credit', amountFen: -creditFen },
    ],
  });
}

/**
 * A refund of a purchase that waits for its confirmation lowers what is held: the books never saw it. Returns how much of
 * it that was; what is above the hold is a refund like any other.
 */
function releaseHold(life: RevolvingState, { purchaseKey, amountFen }: Refunded): Fen {
  const held = life.held.find(({ key }) => key === purchaseKey);
  const releasedFen = Math.min(held?.amountFen ?? 0, amountFen);
  if (held) held.amountFen -= releasedFen;
  return releasedFen;
}

export function takePayment(life: RevolvingState, fact: Paid): void {
  if (life.isWrittenOff) {
    takeRecovery(life, fact, { from: 'collections', settleRest: (restFen) => settleOldestDebts(life, restFen) });
    return;
  }
  postPenalty(life);
  const creditBeforeFen = life.creditFen;
  const fundsFen = fact.amountFen + creditBeforeFen;
  if (fact.intent === 'payoff' && fundsFen >= settlesFen(life)) bringForward(life, fact);
  const settled = settleOldestDebts(life, fundsFen);
  life.creditFen = fundsFen - totalOwedFen(settled);
  post(life, {
    key: fact.key,
    kind: 'payment',
    valueDate: fact.valueDate,
    lines: [
      { account: 'collections', amountFen: fact.amountFen },
      ...receivableLines(settled),
      { account: 'borrower-credit', amountFen: creditBeforeFen - life.creditFen },
    ],
  });
  life.paidSinceBillFen += fact.amountFen;
}

/** Everything is settled: interest to the date is posted, and all coming parts with their fees are owed now. */
function bringForward(life: RevolvingState, { key, valueDate }: Paid): void {
  const interestFen = postAccrual(life.interest);
  const feeFen = comingFeeFen(life);
  settleAccrual(life.interest);
  settleAccrual(life.penalty);
  life.unbilledFen += life.plans.reduce((sum, plan) => sum + comingFen(plan), 0);
  life.plans = [];
  life.interestFen += interestFen;
  life.feeFen += feeFen;
  life.chargedSinceBillFen += interestFen + feeFen;
  post(life, { key: `interest/${key}`, kind: 'interest', valueDate, lines: chargeLines('interest', interestFen) });
  post(life, { key: `instalment-fee/${key}`, kind: 'instalment-fee', valueDate, lines: chargeLines('fee', feeFen) });
}

/** Time has been passed up to the date, so what accrued before it keeps its rate. */
export function changeRates(life: RevolvingState, { revolvingDailyRate, overdueDailyRate }: RateCorrected): void {
  if (revolvingDailyRate !== undefined) life.interest.rate = exactRate(revolvingDailyRate);
  if (overdueDailyRate !== undefined) life.penalty.rate = exactRate(overdueDailyRate);
}

export function writeOff(life: RevolvingState, fact: WrittenOff): void {
  if (life.isWrittenOff) return;
  postPenalty(life);
  postInterest(life);
  const { feeFen, penaltyFen, interestFen } = life;
  const principalFen = allPrincipalFen(life);
  const lossFen = principalFen + feeFen + interestFen + penaltyFen;
  post(life, {
    key: fact.key,
    kind: 'write-off',
    valueDate: fact.valueDate,
    lines: [
      { account: 'write-off-loss', amountFen: lossFen },
      ...receivableLines({ fee: feeFen, penalty: penaltyFen, interest: interestFen, principal: principalFen }),
    ],
  });
  // What is held is no debt yet: confirmed later, it is one that arose after the write-off.
  life.layers = [];
  life.minimums = [];
  life.plans = [];
  life.unbilledFen = 0;
  life.feeFen = 0;
  life.interestFen = 0;
  life.penaltyFen = 0;
  life.recoverableFen = lossFen;
  life.isWrittenOff = true;
}
