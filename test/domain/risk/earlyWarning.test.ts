/** Which warning is raised by what, once for each episode, and which of them stops new credit. */
import { describe, expect, it } from '@jest/globals';
import type { DerivedAccount } from '../../../src/domain/credit/account';
import { planSchedule } from '../../../src/domain/credit/cashLoan/schedule';
import { defaultPolicy } from '../../../src/domain/policy/defaultPolicy';
import type { Bucket } from '../../../src/domain/policy/lendingPolicy';
import { judge, restDaysUnknown, type WarningRule } from '../../../src/domain/risk/earlyWarning';
import { accountAt, bill, loanAt, owed } from '../accounts';

const POLICY = defaultPolicy.monitoring;

function owing(principalFen: number, changes: Partial<DerivedAccount> = {}): DerivedAccount {
  const balances = { principalFen, interestFen: 0, penaltyFen: 0, feeFen: 0, creditFen: 0 };
  return accountAt('2026-07-05', { balances, ...changes });
}

const LATE = { obligations: [owed('statement-6', '2026-06-10')] };

type Case = [name: string, previous: Bucket, account: DerivedAccount, found: [WarningRule, string, boolean][]];

const CASES: Case[] = [
  ['current and little used', 'M0', owing(100_000), []],
  ['just below 90 % of the limit', 'M0', owing(899_999), []],
  ['90 % of the limit', 'M0', owing(900_000), [['HIGH_UTILISATION', 'HIGH_UTILISATION/statement-0', false]]],
  [
    'interest and penalty count as owed',
    'M0',
    owing(0, { balances: { principalFen: 880_000, interestFen: 15_000, penaltyFen: 5_000, feeFen: 0, creditFen: 0 } }),
    [['HIGH_UTILISATION', 'HIGH_UTILISATION/statement-0', false]],
  ],
  [
    'raised again with the next bill',
    'M0',
    owing(950_000, { statements: [bill(6, 6), bill(7, 7)] }),
    [['HIGH_UTILISATION', 'HIGH_UTILISATION/statement-7', false]],
  ],
  ['a cash loan is drawn at once', 'M0', { ...owing(1_000_000), product: 'cash-loan' }, []],
  ['no limit', 'M0', owing(1_000_000, { limitFen: 0 }), []],
  ['rolled into M1', 'M0', loanAt('2026-06-11', LATE), [['WORSE_BUCKET', 'WORSE_BUCKET/statement-6/M1', false]]],
  ['still in M1', 'M1', loanAt('2026-07-10', LATE), []],
  ['rolled into M2', 'M1', loanAt('2026-07-11', LATE), [['WORSE_BUCKET', 'WORSE_BUCKET/statement-6/M2', true]]],
  [
    'rolled past M2 while nobody looked',
    'M0',
    loanAt('2026-10-01', LATE),
    [['WORSE_BUCKET', 'WORSE_BUCKET/statement-6/M4', true]],
  ],
  ['rolled back', 'M3', loanAt('2026-07-11', LATE), []],
  ['two bills by the minimum', 'M0', owing(1, { minimumOnlyStreak: 2, statements: [bill(3, 7)] }), []],
  [
    'three bills by the minimum',
    'M0',
    owing(1, { minimumOnlyStreak: 3, statements: [bill(3, 6), bill(4, 7)] }),
    [['MINIMUM_ONLY_STREAK', 'MINIMUM_ONLY_STREAK/statement-1', false]],
  ],
  [
    'the same streak, a bill later',
    'M0',
    owing(1, { minimumOnlyStreak: 4, statements: [bill(4, 7), bill(5, 8)] }),
    [['MINIMUM_ONLY_STREAK', 'MINIMUM_ONLY_STREAK/statement-1', false]],
  ],
  ['settled', 'M0', owing(1_000_000, { ...LATE, stage: 'settled', bucket: 'M2' }), []],
  ['written off', 'M0', owing(1_000_000, { ...LATE, stage: 'written-off', bucket: 'M7' }), []],
];

describe('judge', () => {
  it.each(CASES)('%s', (_, bucket, account, found) => {
    const warnings = judge({ bucket }, account, POLICY);
    expect(warnings.map(({ rule, episodeKey, freeze }) => [rule, episodeKey, freeze])).toEqual(found);
  });

  it('gives the figures in one line', () => {
    const account = accountAt('2026-07-11', {
      ...LATE,
      balances: { principalFen: 950_000, interestFen: 0, penaltyFen: 0, feeFen: 0, creditFen: 0 },
      minimumOnlyStreak: 3,
    });
    expect(judge({ bucket: 'M1' }, account, POLICY).map(({ reason }) => reason)).toEqual([
      'rolled from M1 to M2: 31 days past due, 1,000.00 CNY overdue',
      '9,500.00 CNY owed of a limit of 10,000.00 CNY: 95.0 %, warned of from a ratio of 0.9',
      '3 bills in a row paid by the minimum or little more, 9,500.00 CNY still owed',
    ]);
  });
});

/** The table of these tests ends with 2026. */
const KNOWN_UNTIL = '2026-12-31';

describe('a due date after the last year whose rest days are known', () => {
  const terms = {
    product: 'cash-loan' as const,
    principalFen: 600_000,
    dailyRate: '0.0004',
    months: 6,
    method: 'level' as const,
  };
  const loan = (startDate: string, changes: Partial<DerivedAccount> = {}) =>
    loanAt(startDate, {
      schedule: planSchedule({ ...terms, startDate }).map((row) => ({
        ...row,
        owedFen: row.principalFen + row.interestFen,
      })),
      ...changes,
    });
  const card = (asOf: string, ...dueDates: string[]) =>
    accountAt(asOf, {
      statements: dueDates.map((dueDate, index) => ({ ...bill(index + 1, 1), billDate: asOf, dueDate })),
    });
  const told = (asOf: string | null, account: DerivedAccount) => restDaysUnknown({ asOf }, account, KNOWN_UNTIL);

  it.each<[string, string | null, DerivedAccount, boolean]>([
    ['a loan whose last instalment is due within them', null, loan('2026-06-30'), false],
    ['a loan whose last instalment is due the day after them', null, loan('2026-07-01'), true],
    ['a loan that was looked at before', '2026-07-01', loan('2026-07-01'), false],
    ['a loan that is settled', null, loan('2026-07-01', { stage: 'settled' }), false],
    ['a bill that is due on the last known day', '2026-11-30', card('2026-12-01', '2026-12-31'), false],
    ['a bill that is due after it', '2026-11-30', card('2026-12-01', '2027-01-01'), true],
    ['a bill of a step before', '2026-12-01', card('2026-12-01', '2027-01-01'), false],
  ])('%s', (_, asOf, account, isTold) => {
    expect(
      told(asOf, account).map(({ rule, episodeKey, freeze, isOfTenant }) => [rule, episodeKey, freeze, isOfTenant]),
    ).toEqual(isTold ? [['REST_DAYS_UNKNOWN', 'REST_DAYS_UNKNOWN/2026-12-31', false, true]] : []);
  });

  it('is named, with what to do', () => {
    expect(told(null, loan('2026-07-15')).map(({ reason }) => reason)).toEqual([
      'rest days are known until 2026-12-31, and 1 open account is due after it, up to 2027-01-15: ' +
        'once the next year is announced, install a version that has it',
    ]);
  });
});
