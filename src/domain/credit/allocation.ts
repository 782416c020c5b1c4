/**
 * How a payment settles debts: oldest debt first, and within a debt by component (default: fee, penalty, interest,
 * principal). Source: Civil Code arts. 560, 561 (facts 2.6), facts 4.1.
 */

import type { Component } from '../policy/lendingPolicy';
import type { Fen } from '../values/money';

export type Owed = Record<Component, Fen>;

export interface Allocation {
  /** For each debt, in the order given, what was settled of it. */
  settled: Owed[];
  settledFen: Fen;
  leftFen: Fen;
}

export const NOTHING_OWED: Readonly<Owed> = { fee: 0, penalty: 0, interest: 0, principal: 0 };

/** Splits an amount over debts, oldest first. What is left is the borrower's credit. */
export function allocate(amountFen: Fen, debts: readonly Owed[], order: readonly Component[]): Allocation {
  let leftFen = amountFen;
  const settled = debts.map((debt) => {
    const part: Owed = { ...NOTHING_OWED };
    for (const component of order) {
      part[component] = Math.min(leftFen, debt[component]);
      leftFen -= part[component];
    }
    return part;
  });
  return { settled, settledFen: amountFen - leftFen, leftFen };
}

export function totalOwedFen(owed: Owed): Fen {
  return owed.fee + owed.penalty + owed.interest + owed.principal;
}

export function sumOwed(debts: readonly Owed[]): Owed {
  const sum: Owed = { ...NOTHING_OWED };
  for (const debt of debts) {
    sum.fee += debt.fee;
    sum.penalty += debt.penalty;
    sum.interest += debt.interest;
    sum.principal += debt.principal;
  }
  return sum;
}
