/** What each fact that moves money does to a revolving account, and how it is posted. Rules: docs/ledger.md. */

import { chargeLines, post, receivableLines, takeRecovery } from '../../ledger/postings';
import type { IsoDate } from '../../values/calendar';
import type { Fen } from '../../values/money';
import { postAccrual, settleAccrual } from '../accrual';
import { totalOwedFen } from '../allocation';
import type { Confirmed, Frozen, Paid, Purchased, Refunded, WrittenOff } from '../facts';
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

export function takePurchase(state: RevolvingState, fact: Purchased): void {
  if (fact.awaitsConfirmation) state.held.push({ key: fact.key, amountFen: fact.amountFen });
  else postPurchase(state, fact.key, fact.valueDate, fact.amountFen);
}

/** The goods of a held purchase were received: what is left of it is posted. */
export function confirm(state: RevolvingState, { key, purchaseKey, valueDate }: Confirmed): void {
  const held = state.held.find((each) => each.key === purchaseKey);
  if (!held) return;
  state.held = state.held.filter((each) => each !== held);
  postPurchase(state, key, valueDate, held.amountFen);
}

function postPurchase(state: RevolvingState, key: string, valueDate: IsoDate, amountFen: Fen): void {
  const fromCreditFen = Math.min(state.creditFen, amountFen);
  state.creditFen -= fromCreditFen;
  state.unbilledFen += amountFen - fromCreditFen;
  post(state, {
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
export function takeRefund(state: RevolvingState, fact: Refunded): void {
  const amountFen = fact.amountFen - releaseHold(state, fact);
  if (amountFen === 0) return;
  if (state.isWrittenOff) {
    const rest = { ...fact, amountFen };
    takeRecovery(state, rest, { from: 'funding', settleRest: (restFen) => settleOldestDebts(state, restFen) });
    return;
  }
  const unbilledFen = Math.min(amountFen, state.unbilledFen);
  state.unbilledFen -= unbilledFen;
  const leftFen = reduceParts(state, reduceLayers(state, amountFen - unbilledFen));
  capMinimums(state);
  // Nobody is asked for charges while we hold money of theirs.
  if (leftFen > 0) postPenalty(state);
  const settled = settleOldestDebts(state, leftFen);
  const creditFen = leftFen - totalOwedFen(settled);
  state.creditFen += creditFen;
  post(state, {
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
function releaseHold(state: RevolvingState, { purchaseKey, amountFen }: Refunded): Fen {
  const held = state.held.find(({ key }) => key === purchaseKey);
  const releasedFen = Math.min(held?.amountFen ?? 0, amountFen);
  if (held) held.amountFen -= releasedFen;
  return releasedFen;
}

export function takePayment(state: RevolvingState, fact: Paid): void {
  if (state.isWrittenOff) {
    takeRecovery(state, fact, { from: 'collections', settleRest: (restFen) => settleOldestDebts(state, restFen) });
    return;
  }
  postPenalty(state);
  const creditBeforeFen = state.creditFen;
  const fundsFen = fact.amountFen + creditBeforeFen;
  if (fact.intent === 'payoff' && fundsFen >= settlesFen(state)) bringForward(state, fact);
  const settled = settleOldestDebts(state, fundsFen);
  state.creditFen = fundsFen - totalOwedFen(settled);
  post(state, {
    key: fact.key,
    kind: 'payment',
    valueDate: fact.valueDate,
    lines: [
      { account: 'collections', amountFen: fact.amountFen },
      ...receivableLines(settled),
      { account: 'borrower-credit', amountFen: creditBeforeFen - state.creditFen },
    ],
  });
  state.paidSinceBillFen += fact.amountFen;
}

/** Everything is settled: interest to the date is posted, and all coming parts with their fees are owed now. */
function bringForward(state: RevolvingState, { key, valueDate }: Paid): void {
  const interestFen = postAccrual(state.interest);
  const feeFen = comingFeeFen(state);
  settleAccrual(state.interest);
  settleAccrual(state.penalty);
  state.unbilledFen += state.plans.reduce((sum, plan) => sum + comingFen(plan), 0);
  state.plans = [];
  state.interestFen += interestFen;
  state.feeFen += feeFen;
  state.chargedSinceBillFen += interestFen + feeFen;
  post(state, { key: `interest/${key}`, kind: 'interest', valueDate, lines: chargeLines('interest', interestFen) });
  post(state, { key: `instalment-fee/${key}`, kind: 'instalment-fee', valueDate, lines: chargeLines('fee', feeFen) });
}

export function freeze(state: RevolvingState, { reason }: Frozen): void {
  state.freezes = [...new Set([...state.freezes, reason])].sort();
}

export function lift(state: RevolvingState, { reason: lifted }: Frozen): void {
  state.freezes = state.freezes.filter((reason) => reason !== lifted);
}

export function writeOff(state: RevolvingState, fact: WrittenOff): void {
  if (state.isWrittenOff) return;
  postPenalty(state);
  postInterest(state);
  const { feeFen, penaltyFen, interestFen } = state;
  const principalFen = allPrincipalFen(state);
  const lossFen = principalFen + feeFen + interestFen + penaltyFen;
  post(state, {
    key: fact.key,
    kind: 'write-off',
    valueDate: fact.valueDate,
    lines: [
      { account: 'write-off-loss', amountFen: lossFen },
      ...receivableLines({ fee: feeFen, penalty: penaltyFen, interest: interestFen, principal: principalFen }),
    ],
  });
  // What is held is no debt yet: confirmed later, it is one that arose after the write-off.
  state.layers = [];
  state.minimums = [];
  state.plans = [];
  state.unbilledFen = 0;
  state.feeFen = 0;
  state.interestFen = 0;
  state.penaltyFen = 0;
  state.recoverableFen = lossFen;
  state.isWrittenOff = true;
}
