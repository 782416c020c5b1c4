/** Instalment plans of a revolving account: docs/ledger.md, "Instalment plans of a revolving account". */

import { chargeLines, post } from '../../ledger/postings';
import { type Fen, roundHalfUp, splitEvenly } from '../../values/money';
import type { InstalmentSettled, InstalmentStarted } from '../facts';
import { capMinimums, comingFen, type RevolvingState } from './revolvingState';

/** Moves billed principal of a statement, or purchases not billed yet, into parts that come with the next bills. */
export function startPlan(state: RevolvingState, fact: InstalmentStarted): void {
  const takenFen = takeSource(state, fact);
  if (takenFen === 0) {
    const isKnown = (fact.statementNumber ?? 0) <= (state.lastStatement?.number ?? 0);
    state.remarks.push({ key: fact.key, code: isKnown ? 'ABOVE_SPLITTABLE_AMOUNT' : 'UNKNOWN_BILL' });
    return;
  }
  const shareOf = (feeFen: Fen) => roundHalfUp(BigInt(feeFen) * BigInt(takenFen), BigInt(fact.principalFen));
  state.plans.push({
    key: fact.key,
    principalParts: splitEvenly(takenFen, fact.months),
    feeParts: splitEvenly(shareOf(fact.feeFen), fact.months),
  });
  // The merchant owes the whole fee at once, and goes on owing it whatever becomes of the borrower's debt.
  const merchantFeeFen = shareOf(fact.merchantFeeFen ?? 0);
  post(state, {
    key: fact.key,
    kind: 'merchant-fee',
    valueDate: fact.valueDate,
    lines: [
      { account: 'merchant-receivable', amountFen: merchantFeeFen },
      { account: 'fee-income', amountFen: -merchantFeeFen },
    ],
  });
  capMinimums(state);
}

/** What is there of what the plan wants to split: a payment that came first may have left less. */
function takeSource(state: RevolvingState, { statementNumber, principalFen }: InstalmentStarted): Fen {
  if (statementNumber === undefined) {
    const takenFen = Math.min(principalFen, state.unbilledFen);
    state.unbilledFen -= takenFen;
    return takenFen;
  }
  const layer = state.layers.find(({ number }) => number === statementNumber);
  if (!layer) return 0;
  const takenFen = Math.min(principalFen, layer.principalFen);
  layer.principalFen -= takenFen;
  state.layers = state.layers.filter((each) => each.principalFen > 0);
  return takenFen;
}

/** All coming parts come with the next bill; coming fees do too, unless they are waived. */
export function settlePlan(state: RevolvingState, { key: settlementKey, planKey, waivesFee }: InstalmentSettled): void {
  const plan = state.plans.find(({ key }) => key === planKey);
  if (!plan) {
    state.remarks.push({ key: settlementKey, code: 'PLAN_ENDED' });
    return;
  }
  const sum = (parts: readonly Fen[]) => parts.reduce((total, part) => total + part, 0);
  plan.feeParts = [waivesFee ? 0 : sum(plan.feeParts)];
  plan.principalParts = [sum(plan.principalParts)];
}

/** The parts that this bill brings: fees are posted, principal joins what is not billed yet. Returns the principal. */
export function billParts(state: RevolvingState): Fen {
  let principalFen = 0;
  let feeFen = 0;
  for (const plan of state.plans) {
    principalFen += plan.principalParts.shift() ?? 0;
    feeFen += plan.feeParts.shift() ?? 0;
  }
  endPlans(state);
  state.unbilledFen += principalFen;
  state.feeFen += feeFen;
  state.chargedSinceBillFen += feeFen;
  post(state, {
    key: `instalment-fee/${state.at}`,
    kind: 'instalment-fee',
    valueDate: state.at,
    lines: chargeLines('fee', feeFen),
  });
  return principalFen;
}

/** A plan without principal to come has ended: fees of parts that a refund has emptied are waived. */
function endPlans(state: RevolvingState): void {
  state.plans = state.plans.filter((plan) => comingFen(plan) > 0);
}

/** A refund takes coming parts back, the last first, the youngest plan first. Returns what it was more than those. */
export function reduceParts(state: RevolvingState, amountFen: Fen): Fen {
  let leftFen = amountFen;
  for (const plan of state.plans.toReversed()) {
    for (let index = plan.principalParts.length - 1; index >= 0 && leftFen > 0; index--) {
      const partFen = Math.min(leftFen, plan.principalParts[index] ?? 0);
      plan.principalParts[index] = (plan.principalParts[index] ?? 0) - partFen;
      leftFen -= partFen;
    }
  }
  endPlans(state);
  return leftFen;
}
