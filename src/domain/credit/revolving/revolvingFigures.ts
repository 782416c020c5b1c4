/** What the state of a revolving account comes to: its figures, and what its bills ask for. Rules: docs/ledger.md. */

import { addDays, type IsoDate } from '../../values/calendar';
import type { Fen } from '../../values/money';
import type { DerivedAccount, Obligation } from '../account';
import { unpostedFen } from '../accrual';
import { countsFrom } from '../facts';
import { accountFigures } from '../figures';
import { allPrincipalFen, billedOwedFen, heldFen, type Layer, type RevolvingState } from './revolvingState';

/** What settles everything on the date that has been reached, before the borrower's credit. */
export function settlesFen(state: RevolvingState): Fen {
  const chargesFen = state.feeFen + state.interestFen + state.penaltyFen;
  const unpostedPartFen = unpostedFen(state.interest) + unpostedFen(state.penalty);
  return allPrincipalFen(state) + chargesFen + unpostedPartFen + comingFeeFen(state);
}

/** Fees that coming parts would still bring when all is settled early: none where the policy gives them back. */
export function comingFeeFen({ plans, input }: RevolvingState): Fen {
  if (input.policy.instalments?.feeRefundOnEarlySettlement) return 0;
  return plans.reduce((sum, { feeParts }) => feeParts.reduce((total, part) => total + part, sum), 0);
}

export function describeRevolving(state: RevolvingState): DerivedAccount {
  const { asOf, facts, terms, policy, rungDays = [] } = state.input;
  const balances = {
    principalFen: allPrincipalFen(state),
    interestFen: state.interestFen + unpostedFen(state.interest),
    penaltyFen: state.penaltyFen + unpostedFen(state.penalty),
    feeFen: state.feeFen,
    creditFen: state.creditFen,
  };
  const { freezes, recoverableFen } = state;
  const obligations = state.isWrittenOff ? [] : obligationsOf(state, balances.penaltyFen);
  const factsToCome = facts.map(countsFrom);
  const figures = accountFigures({
    asOf,
    obligations,
    balances,
    recoverableFen,
    freezes,
    rungDays,
    restructuredOn: undefined,
    closed: state.isWrittenOff ? 'written-off' : undefined,
    settlesFen: settlesFen(state),
    unpostedInterestFen: unpostedFen(state.interest),
    unpostedPenaltyFen: unpostedFen(state.penalty),
    unusedLimitFen: Math.max(0, terms.limitFen - balances.principalFen - heldFen(state) + state.creditFen),
    stopsWhenPastDue: policy.declineWhenOverdue,
    writeOffReviewDaysPastDue: policy.writeOffReviewDaysPastDue,
    changesOn: state.isWrittenOff ? factsToCome : [...factsToCome, state.nextBill.date],
  });
  return {
    product: 'revolving',
    asOf,
    terms,
    balances,
    obligations,
    freezes,
    recoverableFen,
    ...figures,
    comingFeeFen: comingFeeFen(state),
    limitFen: terms.limitFen,
    statements: state.statements,
    schedule: [],
    instalments: {
      lastBillFen: sumLayers(state, ({ number }) => number === state.lastStatement?.number),
      unbilledFen: state.unbilledFen,
      plans: state.plans,
    },
    minimumOnlyStreak: state.minimumOnlyStreak,
    entries: state.entries,
  };
}

/** A bill that asks for something: its minimum is missing, or it is the last one and its due date has not passed. */
interface AskingBill {
  number: number;
  dueDate: IsoDate;
  missingFen: Fen;
}

function askingBills(state: RevolvingState): AskingBill[] {
  const last = state.lastStatement;
  const bills: AskingBill[] = [...state.minimums];
  const isAhead = last && last.dueDate >= state.input.asOf;
  if (isAhead && !bills.some(({ number }) => number === last.number)) bills.push({ ...last, missingFen: 0 });
  return bills;
}

/**
 * What is owed of bills, shared among the bills that ask for it, so that no fen is asked for twice: each asks for the
 * principal that it billed first, and for its minimum at least; what is left, charges and principal that was carried,
 * is asked for with the oldest, and so is penalty that is not posted yet. No bill takes what older ones must have for
 * their minimums. Credit counts as paid.
 */
function obligationsOf(state: RevolvingState, penaltyFen: Fen): Obligation[] {
  const bills = askingBills(state);
  let leftFen = Math.max(0, billedOwedFen(state) - state.creditFen);
  let olderMinimumsFen = bills.reduce((sum, { missingFen }) => sum + missingFen, 0);
  const shares = bills.toReversed().map(({ number, dueDate, missingFen }, index) => {
    const older = bills[bills.length - 2 - index];
    olderMinimumsFen -= missingFen;
    const firstBilledFen = sumLayers(state, (layer) => layer.number > (older?.number ?? 0) && layer.number <= number);
    const wantedFen = Math.max(missingFen, Math.min(firstBilledFen, leftFen - olderMinimumsFen));
    const shareFen = older ? Math.min(leftFen, wantedFen) : leftFen;
    leftFen -= shareFen;
    const owedFen = older ? shareFen : shareFen + penaltyFen - state.penaltyFen;
    return { number, dueDate, owedFen, minimumFen: Math.min(missingFen, owedFen) };
  });
  let penaltyLeftFen = penaltyFen;
  return shares.toReversed().flatMap(({ number, dueDate, ...share }): Obligation[] => {
    if (share.owedFen === 0) return [];
    const ownPenaltyFen = Math.min(penaltyLeftFen, share.owedFen);
    penaltyLeftFen -= ownPenaltyFen;
    const key = `statement-${number}`;
    return [{ key, dueDate, lateFrom: addDays(dueDate, 1), ...share, penaltyFen: ownPenaltyFen }];
  });
}

function sumLayers(state: RevolvingState, include: (layer: Layer) => boolean): Fen {
  return state.layers.reduce((sum, layer) => (include(layer) ? sum + layer.principalFen : sum), 0);
}
