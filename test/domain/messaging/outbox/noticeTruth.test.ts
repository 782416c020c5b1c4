/** A planned notice goes out only while it is true. */
import { describe, expect, it } from '@jest/globals';
import type { DerivedAccount } from '../../../../src/domain/credit/account';
import type { CancelReason } from '../../../../src/domain/messaging/outbox/notices';
import { isStillTrue } from '../../../../src/domain/messaging/outbox/noticeTruth';
import { defaultPolicy } from '../../../../src/domain/policy/defaultPolicy';
import type { NoticeKind } from '../../../../src/domain/policy/lendingPolicy';
import { accountAt, at, loanAt, owed, paymentOn } from '../../accounts';

const OPEN = loanAt('2026-07-07', { obligations: [owed('instalment-3', '2026-07-10')] });
const ON_DUE_DATE = { ...OPEN, asOf: '2026-07-10' };
const PAID = loanAt('2026-07-07', { obligations: [owed('instalment-4', '2026-08-10')] });
const LATE_3 = loanAt('2026-07-13', { obligations: [owed('instalment-3', '2026-07-10')] });
const LATE_15 = loanAt('2026-07-25', { obligations: [owed('instalment-3', '2026-07-10')] });
const OWED = { principalFen: 100_000, interestFen: 0, penaltyFen: 0, feeFen: 0, creditFen: 0 };
/** Its minimum is met and its due date is over: it asks for nothing, and is owed. */
const CARRIED = accountAt('2026-07-13', { balances: OWED });
const MET = accountAt('2026-07-06', {
  balances: OWED,
  obligations: [owed('statement-7', '2026-07-10', { minimumFen: 0 })],
});
const ALL_PAID = accountAt('2026-07-06', {
  balances: OWED,
  instalments: {
    lastBillFen: 0,
    unbilledFen: 40_000,
    plans: [{ key: 'p', principalParts: [30_000, 30_000], feeParts: [] }],
  },
});
const BILLED = accountAt('2026-07-01', {
  obligations: [owed('statement-6', '2026-06-10'), owed('statement-7', '2026-07-10')],
});
const BEHIND = loanAt('2026-07-10', {
  obligations: [owed('instalment-2', '2026-06-10'), owed('instalment-3', '2026-07-10')],
});
const BOTH_LATE = { ...BEHIND, asOf: '2026-07-13', daysPastDue: 33 };
const DUST = loanAt('2026-07-13', { obligations: [owed('instalment-3', '2026-07-10', { owedFen: 50 })] });
const DUST_BEHIND = loanAt('2026-07-10', {
  obligations: [owed('instalment-2', '2026-06-10', { owedFen: 50 }), owed('instalment-3', '2026-07-10')],
});
const SETTLED = loanAt('2026-07-07', { stage: 'settled' });
const WRITTEN_OFF = loanAt('2026-07-07', { stage: 'written-off' });

function paidBy(...payments: string[]): DerivedAccount {
  return { ...OPEN, entries: payments.map((id, at) => paymentOn('2026-07-06', id, 1_000 * (at + 1))) };
}

type Case = [kind: NoticeKind, key: string, account: DerivedAccount, verdict: 'send' | CancelReason];

const CASES: [name: string, ...Case][] = [
  ['still owed', 'due-soon', 'due-soon/instalment-3/3', OPEN, 'send'],
  ['paid since', 'due-soon', 'due-soon/instalment-3/3', PAID, 'paid'],
  ['paid on the day', 'due-today', 'due-today/instalment-3/0', PAID, 'paid'],
  ['still owed on the day', 'due-today', 'due-today/instalment-3/0', ON_DUE_DATE, 'send'],
  ['held up until the due date', 'due-soon', 'due-soon/instalment-3/1', ON_DUE_DATE, 'superseded'],
  ['held up until the next rung', 'due-soon', 'due-soon/instalment-3/3', { ...OPEN, asOf: '2026-07-09' }, 'superseded'],
  ['held up for a day', 'due-soon', 'due-soon/instalment-3/3', { ...OPEN, asOf: '2026-07-08' }, 'send'],
  ['bill still owed', 'bill-issued', 'bill-issued/instalment-3', { ...OPEN, asOf: '2026-07-06' }, 'send'],
  ['bill told no more once a reminder is due', 'bill-issued', 'bill-issued/instalment-3', OPEN, 'superseded'],
  ['bill paid', 'bill-issued', 'bill-issued/instalment-3', PAID, 'paid'],
  ['overdue and its rung', 'overdue-factual', 'overdue/instalment-3/3', LATE_3, 'send'],
  ['overdue, next rung reached', 'overdue-friendly', 'overdue/instalment-3/1', LATE_3, 'superseded'],
  ['overdue, two rungs later', 'overdue-factual', 'overdue/instalment-3/7', LATE_15, 'superseded'],
  ['overdue, paid', 'overdue-friendly', 'overdue/instalment-3/1', PAID, 'paid'],
  ['statutory warning', 'credit-report-warning', 'overdue/instalment-3/15', LATE_15, 'send'],
  ['statutory warning, paid', 'credit-report-warning', 'overdue/instalment-3/15', PAID, 'paid'],
  ['overdue, minimum met since', 'overdue-friendly', 'overdue/statement-7/1', CARRIED, 'minimum-met'],
  ['bill, minimum met since', 'bill-issued', 'bill-issued/statement-7', MET, 'minimum-met'],
  ['a reminder, minimum met since', 'due-soon', 'due-soon/statement-7/3', MET, 'minimum-met'],
  [
    'due today, minimum met since',
    'due-today',
    'due-today/statement-7/0',
    { ...MET, asOf: '2026-07-10' },
    'minimum-met',
  ],
  ['all paid that was billed', 'due-soon', 'due-soon/statement-7/3', ALL_PAID, 'paid'],
  ['a reminder of a coming one, an older one past due', 'due-today', 'due-today/instalment-3/0', BEHIND, 'superseded'],
  ['a bill, an older one past due', 'bill-issued', 'bill-issued/statement-7', BILLED, 'send'],
  ['overdue, of one that is not the oldest', 'overdue-factual', 'overdue/instalment-3/3', BOTH_LATE, 'superseded'],
  ['overdue, within the tolerance', 'overdue-factual', 'overdue/instalment-3/3', DUST, 'too-small'],
  ['statutory, within the tolerance', 'credit-report-warning', 'overdue/instalment-3/15', DUST, 'too-small'],
  ['due today, an older one within the tolerance', 'due-today', 'due-today/instalment-3/0', DUST_BEHIND, 'send'],
  ['the newest payment', 'payment-received', 'payment-received/payment/p2', paidBy('p1', 'p2'), 'send'],
  ['the newest payment, told again', 'payment-received', 'payment-received/payment/p2#2', paidBy('p2'), 'send'],
  ['another payment since', 'payment-received', 'payment-received/payment/p1', paidBy('p1', 'p2'), 'superseded'],
  ['the payment bounced', 'payment-received', 'payment-received/payment/p2', paidBy('p1'), 'superseded'],
  ['the only payment bounced', 'payment-received', 'payment-received/payment/p2', OPEN, 'superseded'],
  ['paid off', 'payment-received', 'payment-received/payment/p1', { ...paidBy('p1'), stage: 'settled' }, 'settled'],
  ['settled', 'due-soon', 'due-soon/instalment-3/3', SETTLED, 'settled'],
  ['settled at once', 'loan-disbursed', 'loan-disbursed', SETTLED, 'settled'],
  ['the goodbye', 'account-settled', 'account-settled', SETTLED, 'send'],
  ['the goodbye of an account that is open after all', 'account-settled', 'account-settled', OPEN, 'superseded'],
  ['the money arrived', 'loan-disbursed', 'loan-disbursed', OPEN, 'send'],
  ['written off', 'overdue-final', 'overdue/instalment-3/90', WRITTEN_OFF, 'written-off'],
  ['written off, about the account', 'loan-disbursed', 'loan-disbursed', WRITTEN_OFF, 'written-off'],
];

function ask(kind: NoticeKind, dedupeKey: string, account: DerivedAccount, nowMs: number, policy = true) {
  const obligationKey = dedupeKey.includes('/') ? dedupeKey.split('/')[1] : undefined;
  const notice = { kind, dedupeKey, obligationKey, expiresAtMs: at('2026-08-01', '10:00') };
  const found = isStillTrue(notice, account, nowMs, policy ? defaultPolicy.notices : undefined);
  return found.send ? 'send' : found.reason;
}

describe('isStillTrue', () => {
  it.each(CASES)('%s', (_, kind, key, account, verdict) => {
    expect(ask(kind, key, account, at(account.asOf, '10:00'))).toBe(verdict);
  });

  it('drops what is expired, and says first what is worth knowing more', () => {
    const expiry = at('2026-08-01', '10:00');
    expect(ask('due-soon', 'due-soon/instalment-3/3', OPEN, expiry - 1)).toBe('send');
    expect(ask('due-soon', 'due-soon/instalment-3/3', OPEN, expiry)).toBe('expired');
    expect(ask('due-soon', 'due-soon/instalment-3/3', PAID, expiry)).toBe('paid');
  });

  it('does not judge rungs without the ladder', () => {
    expect(ask('overdue-friendly', 'overdue/instalment-3/1', LATE_3, at('2026-07-13', '10:00'), false)).toBe('send');
  });
});
