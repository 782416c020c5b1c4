/** What the state of a revolving account comes to: its figures, and what its bills ask for. Rules: docs/ledger.md. */

import { addDays, type IsoDate } from '../../values/calendar';
import type { Fen } from '../../values/money';
import type { DerivedAccount, Obligation } from '../account';
import { unpostedFen } from '../accrual';
import { countsFrom } from '../facts';
import { accountFigures } from '../figures';
import { allPrincipalFen, billedOwedFen, heldFen, type Layer, type RevolvingState } from './revolvingState';

/** What settles everything on the date that has been reached, before the borrower's credit. */
export function settlesFen(life: RevolvingState): Fen {
  const chargesFen = life.feeFen + life.interestFen + life.penaltyFen;
  const unpostedPartFen = unpostedFen(life.interest) + unpostedFen(life.penalty);
  return allPrincipalFen(life) + chargesFen + unpostedPartFen + comingFeeFen(life);
}

/** Fees that coming parts would still bring when all is settled early: none where the policy gives them back. */
export function comingFeeFen({ plans, input }: RevolvingState): Fen {
  if (input.policy.instalments?.feeRefundOnEarlySettlement) return 0;
  return plans.reduce((sum, { feeParts }) => feeParts.reduce((total, part) => total + part, sum), 0);
}

export function describeRevolving(life: RevolvingState): DerivedAccount {
  const { asOf, facts, terms, policy, rungDays = [] } = life.input;
  const balances = {
    principalFen: allPrincipalFen(life),
    interestFen: life.interestFen + unpostedFen(life.interest),
    penaltyFen: life.penaltyFen + unpostedFen(life.penalty),
    feeFen: life.feeFen,
    creditFen: life.creditFen,
  };
  const { freezes, recoverableFen } = life;
  const obligations = life.isWrittenOff ? [] : obligationsOf(life, balances.penaltyFen);
  const factsToCome = facts.map(countsFrom);
  const figures = accountFigures({
    asOf,
    obligations,
    balances,
    recoverableFen,
    freezes,
    rungDays,
    restructuredOn: undefined,
    closed: life.isWrittenOff ? 'written-off' : undefined,
    settlesFen: settlesFen(life),
    unpostedInterestFen: unpostedFen(life.interest),
    unpostedPenaltyFen: unpostedFen(life.penalty),
    unusedLimitFen: Math.max(0, terms.limitFen - balances.principalFen - heldFen(life) + life.creditFen),
    stopsWhenPastDue: policy.declineWhenOverdue,
    writeOffReviewDaysPastDue: policy.writeOffReviewDaysPastDue,
    changesOn: life.isWrittenOff ? factsToCome : [...factsToCome, life.nextBill.date],
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
    comingFeeFen: comingFeeFen(life),
    limitFen: terms.limitFen,
    statements: life.statements,
    schedule: [],
    instalments: {
      lastBillFen: sumLayers(life, ({ number }) => number === life.lastStatement?.number),
      unbilledFen: life.unbilledFen,
      plans: life.plans,
    },
    minimumOnlyStreak: life.minimumOnlyStreak,
    entries: life.entries,
  };
}

/** A bill that asks for something: its minimum is missing, or it is the last one and its due date has not passed. */
interface AskingBill {
  number: number;
  dueDate: IsoDate;
  missingFen: Fen;
}

function askingBills(life: RevolvingState): AskingBill[] {
  const last = life.lastStatement;
  const bills: AskingBill[] = [...life.minimums];
  const isAhead = last && last.dueDate >= life.input.asOf;
  if (isAhead && !bills.some(({ number }) => number === last.number)) bills.push({ ...last, missingFen: 0 });
  return bills;
}

/**
 * What is owed of bills, shared among the bills that ask for it, so that no fen is asked for twice: each asks for the
 * principal that it billed first, and for its minimum at least; what is left, charges and principal that was carried,
 * is asked for with the oldest, and so is penalty that is not posted yet. No bill takes what older ones must have for
 * their minimums. Credit counts as paid.
 */
function obligationsOf(life: RevolvingState, penaltyFen: Fen): Obligation[] {
  const bills = askingBills(life);
  let leftFen = Math.max(0, billedOwedFen(life) - life.creditFen);
  let olderMinimumsFen = bills.reduce((sum, { missingFen }) => sum + missingFen, 0);
  const shares = bills.toReversed().map(({ number, dueDate, missingFen }, index) => {
    const older = bills[bills.length - 2 - index];
    olderMinimumsFen -= missingFen;
    const firstBilledFen = sumLayers(life, (layer) => layer.number > (older?.number ?? 0) && layer.number <= number);
    const wantedFen = Math.max(missingFen, Math.min(firstBilledFen, leftFen - olderMinimumsFen));
    const shareFen = older ? Math.min(leftFen, wantedFen) : leftFen;
    leftFen -= shareFen;
    const owedFen = older ? shareFen : shareFen + penaltyFen - life.penaltyFen;
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

function sumLayers(life: RevolvingState, include: (layer: Layer) => boolean): Fen {
  return life.layers.reduce((sum, layer) => (include(layer) ? sum + layer.principalFen : sum), 0);
}
