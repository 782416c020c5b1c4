/** Figures, rendering, and how many messages a text is billed as (facts 3.3, V15). */
import { describe, expect, it } from '@jest/globals';
import type { JournalEntry } from '../../../../src/domain/ledger/journal';
import { chineseDate, figuresOf, render, smsParts } from '../../../../src/domain/messaging/outbox/noticeText';
import { V15_sms_segments as v15 } from '../../../vectors.json';
import { accountAt, bill, loanAt, owed } from '../../accounts';

const entry = (kind: JournalEntry['kind'], lines: JournalEntry['lines']): JournalEntry => ({
  key: kind,
  kind,
  valueDate: '2026-07-01',
  lines,
});

describe('figuresOf', () => {
  const seven = owed('statement-7', '2026-07-10', { owedFen: 234_567, minimumFen: 23_457 });
  const missed = owed('statement-6', '2026-06-10', { owedFen: 50_000, minimumFen: 5_000, penaltyFen: 750 });

  it('speaks of a bill by its month', () => {
    const account = accountAt('2026-07-01', { obligations: [seven], statements: [bill(7, 7)] });
    expect(figuresOf(account, 'statement-7')).toEqual({
      productName: '月付',
      amountFen: 234_567,
      minimumFen: 23_457,
      penaltyFen: 0,
      dueDate: '2026-07-10',
      daysPastDue: 0,
      month: 7,
    });
  });

  it('adds to a bill what is past due', () => {
    const account = accountAt('2026-07-01', { obligations: [missed, seven], statements: [bill(6, 6), bill(7, 7)] });
    const together = {
      amountFen: 284_567,
      minimumFen: 28_457,
      penaltyFen: 750,
      daysPastDue: 21,
      dueDate: '2026-07-10',
    };
    expect(figuresOf(account, 'statement-7')).toMatchObject(together);
    const late = { amountFen: 50_000, minimumFen: 5_000, daysPastDue: 21, dueDate: '2026-06-10', month: 6 };
    expect(figuresOf(account, 'statement-6')).toMatchObject(late);
  });

  it('speaks of overdue instalments together, and of a coming one with them', () => {
    const obligations = [
      owed('instalment-1', '2026-06-10', { owedFen: 100_300, penaltyFen: 300 }),
      owed('instalment-2', '2026-07-10', { owedFen: 100_100, penaltyFen: 100 }),
      owed('instalment-3', '2026-08-10'),
    ];
    const account = loanAt('2026-07-12', { obligations });
    const overdue = { amountFen: 200_400, penaltyFen: 400, daysPastDue: 32, dueDate: '2026-06-10', month: 6 };
    expect(figuresOf(account, 'instalment-1')).toMatchObject(overdue);
    // Of whichever of them it is planned, it says the same.
    expect(figuresOf(account, 'instalment-2')).toMatchObject(overdue);
    const together = { amountFen: 300_400, minimumFen: 300_400, penaltyFen: 400, dueDate: '2026-08-10', month: 8 };
    expect(figuresOf(account, 'instalment-3')).toMatchObject(together);
  });

  it('asks with an instalment for the one before it that is in its days of grace', () => {
    const obligations = [
      { ...owed('instalment-1', '2026-06-10'), lateFrom: '2026-07-08' },
      owed('instalment-2', '2026-07-10', { owedFen: 100_100 }),
    ];
    const account = loanAt('2026-07-07', { obligations });
    const together = { amountFen: 200_100, dueDate: '2026-07-10', daysPastDue: 0, month: 7 };
    expect(figuresOf(account, 'instalment-2')).toMatchObject(together);
  });

  it('speaks of the money that moved last when it is about the account', () => {
    const disbursed = entry('disbursement', [
      { account: 'principal-receivable', amountFen: 1_000_000 },
      { account: 'funding', amountFen: -1_000_000 },
    ]);
    const paid = entry('payment', [
      { account: 'collections', amountFen: 173_759 },
      { account: 'principal-receivable', amountFen: -173_759 },
    ]);
    const obligations = [owed('instalment-1', '2026-07-10')];
    const opened = loanAt('2026-06-10', { obligations, entries: [disbursed] });
    const expected = { productName: '借款', amountFen: 1_000_000, dueDate: '2026-07-10' };
    expect(figuresOf(opened, undefined)).toEqual(expected);
    const later = loanAt('2026-06-10', { obligations, entries: [disbursed, paid] });
    expect(figuresOf(later, undefined)).toMatchObject({ amountFen: 173_759 });
  });

  it('has nothing to say of an obligation that is gone', () => {
    expect(figuresOf(loanAt('2026-07-01'), 'instalment-9')).toEqual({ productName: '借款' });
  });
});

describe('render', () => {
  const figures = {
    productName: '月付',
    amountFen: 123_456,
    minimumFen: 12_346,
    penaltyFen: 926,
    dueDate: '2026-07-10',
    daysPastDue: 15,
    month: 7,
  };

  it('puts every figure in its Chinese form', () => {
    const body = '{product}{month}月{amount}，最低{minimum}，罚息{penalty}，{dueDate}，{days}天';
    expect(render(body, '示例消金', figures)).toBe(
      '【示例消金】月付7月1,234.56元，最低123.46元，罚息9.26元，7月10日，15天',
    );
  });

  it.each([
    ['{amout}', figures, /\{amout\} does not exist; there are product, amount/],
    ['{constructor}', figures, /\{constructor\} does not exist/],
    ['{penalty}', { productName: '月付' }, /\{penalty\} has no value/],
    ['{amount', figures, /brace/],
    ['amount}', figures, /brace/],
    ['【退订】', figures, /signature/],
  ])('refuses %s', (body, given, fault) => {
    expect(() => render(body, '示例消金', given)).toThrow(fault);
  });
});

describe('smsParts (V15)', () => {
  it.each(Object.entries(v15))('%s characters are %d', (length, parts) => {
    expect(smsParts('应'.repeat(Number(length)))).toBe(parts);
  });

  it('counts UTF-16 units, and refuses more than 500', () => {
    expect(smsParts('😀'.repeat(35))).toBe(1);
    expect(smsParts('😀'.repeat(36))).toBe(2);
    expect(() => smsParts('应'.repeat(501))).toThrow(RangeError);
  });
});

describe('chineseDate', () => {
  it.each([
    ['2026-07-10', '7月10日'],
    ['2026-12-01', '12月1日'],
  ])('%s is %s', (date, text) => {
    expect(chineseDate(date)).toBe(text);
  });
});
