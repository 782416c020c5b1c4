/** When a debit is made, for how much, and when it is not: tables over accounts as the fold gives them. */
import { describe, expect, it } from '@jest/globals';
import type { DerivedAccount, Obligation } from '../../../src/domain/credit/account';
import {
  autoDebitOf,
  debitable,
  debitsToPlan,
  judgeDebit,
  nextDebitAtMs,
  nextInquiryAtMs,
} from '../../../src/domain/debits/autoDebit';
import { defaultPolicy } from '../../../src/domain/policy/defaultPolicy';
import type { AutoDebitPolicy } from '../../../src/domain/policy/lendingPolicy';
import { atWallTimeMs, SHANGHAI } from '../../../src/domain/values/clock';

const POLICY: AutoDebitPolicy = { at: '20:00', retryOnDaysAfter: [1, 3], amount: 'due' };
const MINIMUM: AutoDebitPolicy = { ...POLICY, amount: 'minimum' };
const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

const at = (date: string, time = '20:00') => atWallTimeMs(date, time, SHANGHAI);

function obligation(key: string, dueDate: string, owedFen: number, minimumFen = owedFen): Obligation {
  return { key, dueDate, lateFrom: dueDate, owedFen, minimumFen, penaltyFen: 0 };
}

/** What these rules read of an account. */
function account(obligations: Obligation[], stage: DerivedAccount['stage'] = 'current'): DerivedAccount {
  return { stage, obligations } as DerivedAccount;
}

const ONE = obligation('statement-1', '2026-07-10', 30_000, 3_000);
const TWO = obligation('statement-2', '2026-08-10', 50_000, 5_000);

describe('the policy', () => {
  it('is 20:00, no retry and all that is due where a version says nothing', () => {
    expect(autoDebitOf(defaultPolicy)).toEqual({ at: '20:00', retryOnDaysAfter: [], amount: 'due' });
    expect(autoDebitOf({ ...defaultPolicy, autoDebit: MINIMUM })).toEqual(MINIMUM);
  });
});

describe('the time of a debit', () => {
  it.each([
    ['weeks before', at('2026-06-20', '09:00'), at('2026-07-10')],
    ['at the very instant', at('2026-07-10'), at('2026-07-10')],
    ['a millisecond later', at('2026-07-10') + 1, at('2026-07-11')],
    ['between the retries', at('2026-07-12', '08:00'), at('2026-07-13')],
    ['after the last', at('2026-07-13', '20:01'), undefined],
  ])('seen %s', (_, fromMs, expected) => {
    expect(nextDebitAtMs('2026-07-10', { policy: POLICY, zone: SHANGHAI, fromMs })).toBe(expected);
  });

  it('each obligation that is owed gets its next time; one whose times are over gets none', () => {
    const asOfMs = at('2026-07-20', '00:00');
    const planned = debitsToPlan(account([ONE, TWO]), { policy: POLICY, zone: SHANGHAI, asOfMs });
    expect(planned).toEqual([{ obligationKey: 'statement-2', dueDate: '2026-08-10', atMs: at('2026-08-10') }]);
  });
});

describe('what can be debited', () => {
  it.each<[string, Obligation[], DerivedAccount['stage'], AutoDebitPolicy, string[]]>([
    ['all that is owed', [ONE, TWO], 'current', POLICY, ['statement-1', 'statement-2']],
    ['nothing of what is met', [obligation('statement-1', '2026-07-10', 0)], 'current', POLICY, []],
    ['the rest above a minimum that is met', [obligation('s', '2026-07-10', 9, 0)], 'current', POLICY, ['s']],
    ['no minimum that is met', [obligation('s', '2026-07-10', 9, 0)], 'current', MINIMUM, []],
    ['nothing of a settled account', [ONE], 'settled', POLICY, []],
    ['nothing of a written-off account', [ONE], 'written-off', POLICY, []],
    ['what an overdue account owes', [ONE], 'overdue', POLICY, ['statement-1']],
  ])('%s', (_, obligations, stage, policy, keys) => {
    expect(debitable(account(obligations, stage), policy).map(({ key }) => key)).toEqual(keys);
  });
});

interface Circumstances {
  policy?: AutoDebitPolicy;
  asOfMs?: number;
  hasMandate?: boolean;
  stage?: DerivedAccount['stage'];
}

describe('just before a debit', () => {
  const dueAtMs = at('2026-08-10');
  const judge = (
    obligations: Obligation[],
    { policy = POLICY, asOfMs = dueAtMs, hasMandate = true, stage = 'current' }: Circumstances = {},
  ) =>
    judgeDebit({ obligationKey: 'statement-2', dueAtMs }, account(obligations, stage), { policy, asOfMs, hasMandate });

  it.each([
    ['its own obligation', judge([TWO]), { debit: true, amountFen: 50_000 }],
    ['the minimum of it', judge([TWO], { policy: MINIMUM }), { debit: true, amountFen: 5_000 }],
    ['what was due before it as well', judge([ONE, TWO]), { debit: true, amountFen: 80_000 }],
    [
      'and nothing that is due later',
      judge([TWO, obligation('statement-3', '2026-09-10', 7)]),
      { debit: true, amountFen: 50_000 },
    ],
    ['not what was paid meanwhile', judge([ONE]), { debit: false, reason: 'DEBIT_NOT_OWED' }],
    ['not of a closed account', judge([TWO], { stage: 'settled' }), { debit: false, reason: 'DEBIT_NOT_OWED' }],
    ['not without a mandate', judge([TWO], { hasMandate: false }), { debit: false, reason: 'DEBIT_MANDATE_ENDED' }],
    [
      'late by less than three days',
      judge([TWO], { asOfMs: dueAtMs + 3 * DAY_MS - 1 }),
      { debit: true, amountFen: 50_000 },
    ],
    ['not later', judge([TWO], { asOfMs: dueAtMs + 3 * DAY_MS }), { debit: false, reason: 'DEBIT_TOO_LATE' }],
  ])('%s', (_, verdict, expected) => {
    expect(verdict).toEqual(expected);
  });
});

describe('a debit in doubt', () => {
  it('is asked about after a quarter of an hour, then twice as late each time, daily in the end', () => {
    const start = at('2026-08-10');
    const waits: number[] = [];
    for (let now = start; waits.length < 10; now = nextInquiryAtMs(start, now)) {
      waits.push((nextInquiryAtMs(start, now) - now) / MINUTE_MS);
    }
    expect(waits).toEqual([15, 15, 30, 60, 120, 240, 480, 960, 1440, 1440]);
  });
});
