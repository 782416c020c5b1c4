/** The comparison with the file: one bill that differs, or is not there, makes the run fail. */
import { describe, expect, it } from '@jest/globals';
import { MONTHS, readCardFile } from '../../../src/dev/cardPortfolio/cardFile';
import { agreementOf, compareBills, crossTables, type ReplayedAccount } from '../../../src/dev/cardPortfolio/outcome';
import { faultsOfBills, type ReplayReport, reportLinesOf } from '../../../src/dev/cardPortfolio/report';
import { billDateOf } from '../../../src/dev/cardPortfolio/timetable';
import type { Bucket } from '../../../src/domain/policy/lendingPolicy';
import { card, fileOf } from './cards';

const { accounts } = readCardFile(fileOf([card(1), card(2, { PAY_0: 2, PAY_2: 0 })]), 10);

/** Both accounts as the file has them, with one thing done to the bills of the second. */
function replayedWith(change: (second: ReplayedAccount) => void): Map<number, ReplayedAccount> {
  const asInFile = (): ReplayedAccount => ({
    limitFen: 2_000_000,
    bills: [
      { billDate: '2005-04-01', totalFen: 0 },
      ...MONTHS.map(({ month }) => ({ billDate: billDateOf(month), totalFen: 100_000 })),
    ],
  });
  const second = asInFile();
  change(second);
  return new Map([
    [2, asInFile()],
    [3, second],
  ]);
}

describe('compareBills', () => {
  it('finds all equal, and no fault', () => {
    const bills = compareBills(
      accounts,
      replayedWith(() => undefined),
    );
    expect(bills).toEqual({ expected: 12, equal: 12, differences: [], otherLimits: [] });
    expect(faultsOfBills(bills)).toEqual([]);
  });

  it('finds a bill that is off by a fen', () => {
    const bills = compareBills(
      accounts,
      replayedWith(({ bills: ofSecond }) => {
        ofSecond[3] = { billDate: '2005-07-01', totalFen: 100_001 };
      }),
    );
    expect(bills.equal).toBe(11);
    expect(bills.differences).toEqual([{ line: 3, id: 2, month: '2005-06', fileFen: 100_000, replayedFen: 100_001 }]);
    expect(faultsOfBills(bills)).toEqual(['1 of 12 bills are not those of the file']);
  });

  it('counts a bill that was not issued as different', () => {
    const bills = compareBills(
      accounts,
      replayedWith(({ bills: ofSecond }) => ofSecond.pop()),
    );
    expect(bills.differences).toEqual([{ line: 3, id: 2, month: '2005-09', fileFen: 100_000, replayedFen: null }]);
    expect(faultsOfBills(bills)).toHaveLength(1);
  });

  it('counts an account that was not opened as different in every month', () => {
    const replayed = replayedWith(() => undefined);
    replayed.delete(3);
    const bills = compareBills(accounts, replayed);
    expect([bills.equal, bills.differences.length, bills.otherLimits]).toEqual([6, 6, [3]]);
    expect(faultsOfBills(bills)).toEqual([
      '6 of 12 bills are not those of the file',
      '1 accounts do not have the limit of the file: lines 3',
    ]);
  });

  it('does not take no account at all for a success', () => {
    expect(faultsOfBills(compareBills([], new Map()))).toEqual(['no row of the file could be replayed']);
  });
});

describe('crossTables', () => {
  const read = (line: number, month: (typeof MONTHS)[number]['month'], bucket: Bucket) => ({ line, month, bucket });
  const tables = crossTables(accounts, [
    read(2, '2005-08', 'M0'),
    read(3, '2005-08', 'M1'),
    read(2, '2005-09', 'M1'),
    read(3, '2005-09', 'M1'),
  ]);

  it("counts accounts by the file's code and by bucket, month by month", () => {
    expect(tables.map(({ month, rows }) => [month, rows.length])).toEqual(
      MONTHS.map(({ month }) => [month, month === '2005-08' || month === '2005-09' ? 2 : 0]),
    );
    expect(tables[4]?.rows).toMatchObject([
      { status: -1, buckets: { M0: 1, M1: 0 } },
      { status: 0, buckets: { M0: 0, M1: 1 } },
    ]);
    expect(tables[5]?.rows).toMatchObject([
      { status: -1, buckets: { M0: 0, M1: 1 } },
      { status: 2, buckets: { M0: 0, M1: 1, M2: 0 } },
    ]);
  });

  it('says how often both are late, and late by as many months', () => {
    expect(agreementOf(tables)).toEqual({ accountMonths: 4, sameSide: 2, sameBucket: 1 });
  });

  it('refuses a reading of an account that is not in the file', () => {
    expect(() => crossTables(accounts, [read(9, '2005-04', 'M0')])).toThrow('line 9');
  });
});

describe('linesOf', () => {
  const bills = compareBills(
    accounts,
    replayedWith(({ bills: ofSecond }) => ofSecond.pop()),
  );
  const report: ReplayReport = {
    file: 'cards.csv',
    rows: { read: 3, replayed: 2, refused: [{ line: 4, reason: 'LIMIT_BAL is -1: it cannot be below 1' }] },
    bills,
    delinquency: { agreement: agreementOf([]), tables: crossTables(accounts, []) },
    notices: [
      { kind: 'due-soon', status: 'cancelled', cancelReason: 'paid', count: 3 },
      { kind: 'due-soon', status: 'delivered', cancelReason: null, count: 4 },
    ],
    warnings: [{ rule: 'HIGH_UTILISATION', count: 2 }],
    ledger: { balanced: false, totalFen: 5 },
    stuck: { behind: ['card-2-1'], failedWorkflows: [] },
    noticesSentTwice: [],
    pace: {
      speed: 40_000,
      givenUp: 1,
      wallSeconds: 60,
      accountMonths: 12,
      accountMonthsPerSecond: 0.2,
      mostDaysBehind: 0.5,
      lateDays: 2,
    },
    faults: [],
  };

  it.each([
    'cards.csv: 3 rows read, 2 replayed, 1 refused',
    '  line 4 refused: LIMIT_BAL is -1: it cannot be below 1',
    "bills: 11 of 12 equal to the file's",
    '  line 3, 2005-09: no bill, the file has 100000',
    '  due-soon: cancelled (paid) 3, delivered 4',
    'warnings: HIGH_UTILISATION 2',
    'ledger: NOT BALANCED; stuck: card-2-1; notices sent twice: none',
  ])('tells: %s', (line) => {
    expect(reportLinesOf(report)).toContain(line);
  });

  it('tells that the clock outran the work, with the cure', () => {
    expect(reportLinesOf(report).slice(-2).join('\n')).toMatch(/after 1 runs given up.*\n.*2 days.*--speed/);
  });
});
