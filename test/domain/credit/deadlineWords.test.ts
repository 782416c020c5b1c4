/** What the Web UI says of a timer: what comes to the account then, in the words of the credit, without figures. */
import { describe, expect, it } from '@jest/globals';
import { deadlineWords } from '../../../src/domain/credit/deadlineWords';
import { defaultPolicy } from '../../../src/domain/policy/defaultPolicy';
import { addDays } from '../../../src/domain/values/calendar';
import { SHANGHAI } from '../../../src/domain/values/clock';
import { dayWords, instantWords } from '../../../src/domain/values/dateWords';
import { accountAt, at, loanAt, owed } from '../accounts';

const DUE = '2026-03-15';
const INSTALMENT = owed('instalment-2', DUE);
const coming = loanAt('2026-02-20', { obligations: [INSTALMENT] });
const late = (days: number) =>
  loanAt(addDays(DUE, days), { obligations: [INSTALMENT], daysPastDue: days, bucket: days > 30 ? 'M2' : 'M1' });
const words = (account: typeof coming, on: string) => deadlineWords(account, defaultPolicy, on);

describe('the next deadline of a loan', () => {
  it('that is in order: its next instalment, by its due date and not by the day after it', () => {
    expect(words(coming, '2026-03-16')).toBe('instalment 2 due 15 Mar');
  });

  it('that is overdue: the rung of the ladder and the bucket in which it stands', () => {
    expect(words(late(0), '2026-03-16')).toBe('instalment 2 due 15 Mar');
    expect(words(late(1), '2026-03-18')).toBe('M1: factual reminder');
    expect(words(late(7), '2026-03-30')).toBe('M1: warning before the credit report');
    expect(words(late(31), addDays(DUE, 60))).toBe('M2: formal reminder');
    expect(words(late(60), addDays(DUE, 90))).toBe('M3: last reminder');
  });

  it('that is overdue: the next bucket, and the review for write-off', () => {
    expect(words(late(30), addDays(DUE, 31))).toBe('M2 begins');
    expect(words(late(151), addDays(DUE, 181))).toMatch(/^M7: review for write-off/);
  });

  it('and its next instalment, when both come on one day', () => {
    const both = loanAt(addDays(DUE, 15), {
      obligations: [INSTALMENT, owed('instalment-3', '2026-04-13')],
      daysPastDue: 15,
      bucket: 'M1',
    });
    expect(words(both, '2026-04-14')).toBe('M1: formal reminder, instalment 3 due 13 Apr');
  });
});

it('of a card: its bill, its due date, and otherwise only the date', () => {
  const card = accountAt('2026-03-02', { obligations: [owed('statement-7', '2026-03-10')] });
  expect(words(card, '2026-03-11')).toBe('bill 7 due 10 Mar');
  expect(words(card, '2026-04-01')).toBe('bill of 1 Apr');
  expect(words(card, '2026-03-20')).toBe('next look on 20 Mar');
});

it('dates and instants are those of the zone', () => {
  expect(dayWords('2026-12-01')).toBe('1 Dec');
  expect(instantWords(at('2026-03-05', '09:07'), SHANGHAI)).toBe('5 Mar 2026 09:07');
  expect(instantWords(Date.parse('2026-03-05T16:00:00Z'), SHANGHAI)).toBe('6 Mar 2026 00:00');
});
