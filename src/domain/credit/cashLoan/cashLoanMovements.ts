/** How a cash loan is written off. Rules: docs/ledger.md. */

import { chargeLines, post, receivableLines } from '../../ledger/postings';
import { settleAccrual } from '../accrual';
import { sumOwed, totalOwedFen } from '../allocation';
import type { WrittenOff } from '../facts';
import { accruedInterestFen, type CashLoanState } from './cashLoanState';
import { postPenalties } from './lateInterest';

export function writeOffLoan(state: CashLoanState, fact: WrittenOff): void {
  if (state.closed) {
    state.remarks.push({ key: fact.key, code: 'ACCOUNT_CLOSED' });
    return;
  }
  postPenalties(state, fact.valueDate);
  const accruedFen = accruedInterestFen(state, fact.valueDate);
  post(state, {
    key: `interest/${fact.key}`,
    kind: 'interest',
    valueDate: fact.valueDate,
    lines: chargeLines('interest', accruedFen),
  });
  const owed = sumOwed(state.instalments.map((instalment) => instalment.owed));
  owed.interest += accruedFen;
  state.recoverableFen = totalOwedFen(owed);
  post(state, {
    key: fact.key,
    kind: 'write-off',
    valueDate: fact.valueDate,
    lines: [{ account: 'write-off-loss', amountFen: state.recoverableFen }, ...receivableLines(owed)],
  });
  for (const instalment of state.instalments) {
    instalment.owed = { fee: 0, penalty: 0, interest: 0, principal: 0 };
    settleAccrual(instalment.penalty);
  }
  state.closed = 'written-off';
}
