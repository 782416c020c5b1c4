/** What each step of an account promises, when it goes out, and that nothing is promised twice or caught up. */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { DerivedAccount } from '../../../src/domain/credit/account';
import { planForAccount } from '../../../src/domain/credit/reminderLadder';
import { DEFAULT_CONTACT } from '../../../src/domain/messaging/contact/contactRules';
import type { PlannedNotice } from '../../../src/domain/messaging/outbox/notices';
import { defaultPolicy } from '../../../src/domain/policy/defaultPolicy';
import type { NoticePolicy } from '../../../src/domain/policy/lendingPolicy';
import { addDays } from '../../../src/domain/values/calendar';
import { minuteOfDay, SHANGHAI } from '../../../src/domain/values/clock';
import { accountAt, at, bill, loanAt, owed, paymentOn } from '../accounts';

/** Bills at their time, so that the rest can be told to the minute; how they are spread is in contactRules.test.ts. */
const POLICY = { ...defaultPolicy.notices, contact: { ...DEFAULT_CONTACT, billSpreadMinutes: 0 } };
const DAY_MS = 86_400_000;

interface Step {
  before?: DerivedAccount | undefined;
  after: DerivedAccount;
  time?: string;
  planned?: string[];
  paidAway?: string[];
}

function plan({ before, after, time = '00:00', planned = [], paidAway = [] }: Step): PlannedNotice[] {
  const asOfMs = at(after.asOf, time);
  const promises = [
    ...planned.map((dedupeKey) => ({ dedupeKey, isPaidAway: false })),
    ...paidAway.map((dedupeKey) => ({ dedupeKey, isPaidAway: true })),
  ];
  return planForAccount({ before, after, policy: POLICY, zone: SHANGHAI, asOfMs, accountKey: 'a', promises });
}

const keysOf = (step: Step) => plan(step).map(({ dedupeKey }) => dedupeKey);

const INSTALMENT = owed('instalment-3', '2026-07-10');
const LATE = (days: number) => loanAt(addDays('2026-07-10', days), { obligations: [INSTALMENT] });

describe('before the due date', () => {
  it('plans the whole cycle ahead', () => {
    const current = loanAt('2026-06-11', { obligations: [INSTALMENT] });
    const expiresAtMs = at('2026-07-11', '00:00');
    const plannedOn = { stage: 'current', amountFen: 100_000, dueDate: '2026-07-10' };
    const common = { obligationKey: 'instalment-3', expiresAtMs, plannedOn };
    expect(plan({ before: current, after: current })).toEqual([
      {
        ...common,
        kind: 'due-soon',
        dedupeKey: 'due-soon/instalment-3/3',
        sendAfterMs: at('2026-07-07', '10:00'),
        priority: 3,
      },
      {
        ...common,
        kind: 'due-soon',
        dedupeKey: 'due-soon/instalment-3/1',
        sendAfterMs: at('2026-07-09', '10:00'),
        priority: 3,
      },
      {
        ...common,
        kind: 'due-today',
        dedupeKey: 'due-today/instalment-3/0',
        sendAfterMs: at('2026-07-10', '16:00'),
        priority: 1,
      },
    ]);
  });

  it.each([
    ['2026-07-07', '10:00', ['due-soon/instalment-3/3', 'due-soon/instalment-3/1', 'due-today/instalment-3/0']],
    ['2026-07-07', '10:01', ['due-soon/instalment-3/1', 'due-today/instalment-3/0']],
    ['2026-07-10', '12:00', ['due-today/instalment-3/0']],
    ['2026-07-10', '16:01', []],
  ])('plans on %s at %s only what is still ahead', (asOf, time, keys) => {
    const current = loanAt(asOf, { obligations: [INSTALMENT] });
    expect(keysOf({ before: current, after: current, time })).toEqual(keys);
  });

  it('plans nothing for what is paid, and nothing twice', () => {
    const paid = accountAt('2026-07-02', { obligations: [owed('statement-7', '2026-07-10', { owedFen: 0 })] });
    expect(keysOf({ before: paid, after: paid })).toEqual([]);
    const current = loanAt('2026-06-11', { obligations: [INSTALMENT] });
    const planned = keysOf({ before: current, after: current });
    expect(keysOf({ before: current, after: current, planned })).toEqual([]);
  });
});

describe('a bill', () => {
  const obligations = [owed('statement-7', '2026-07-10')];
  const before = accountAt('2026-06-30', { statements: [bill(6, 6)] });
  const billed = (asOf: string, statements = [bill(6, 6), bill(7, 7)]) => accountAt(asOf, { statements, obligations });
  const ofBill = (step: Step) => plan(step).filter(({ kind }) => kind === 'bill-issued');

  it('is announced on its day, within the contact hours', () => {
    expect(ofBill({ before, after: billed('2026-07-01') })).toEqual([
      {
        kind: 'bill-issued',
        plannedOn: { stage: 'current', amountFen: 100_000, dueDate: '2026-07-10' },
        dedupeKey: 'bill-issued/statement-7',
        obligationKey: 'statement-7',
        sendAfterMs: at('2026-07-01', '10:00'),
        expiresAtMs: at('2026-07-04', '10:00'),
        priority: 3,
      },
    ]);
  });

  it.each([
    ['later that day', '2026-07-01', '15:30', at('2026-07-01', '15:30')],
    ['at night', '2026-07-01', '23:30', at('2026-07-02', '08:00')],
    ['days later, after an outage', '2026-07-04', '03:00', at('2026-07-04', '10:00')],
  ])('that is found %s goes out then', (_, asOf, time, sendAfterMs) => {
    expect(ofBill({ before, after: billed(asOf), time }).map((notice) => notice.sendAfterMs)).toEqual([sendAfterMs]);
  });

  it.each([
    ['of nothing', [bill(6, 6), bill(7, 7, 0)]],
    ['of credit', [bill(6, 6), bill(7, 7, -5_000)]],
    ['that is not new', [bill(6, 6)]],
  ])('%s is not announced', (_, statements) => {
    expect(ofBill({ before, after: billed('2026-07-01', statements) })).toEqual([]);
  });

  it.each([
    ['whose minimum is met', { minimumFen: 0 }],
    ['whose minimum is too small to be asked for', { owedFen: 99, minimumFen: 0 }],
  ])('%s is not announced, and nothing is said of its due date', (_, share) => {
    const after = { ...billed('2026-07-01'), obligations: [owed('statement-7', '2026-07-10', share)] };
    expect(keysOf({ before, after })).toEqual([]);
    expect(keysOf({ before: after, after })).toEqual([]);
  });

  it('is the text of its day while something is past due: the rung of that day is told the day after', () => {
    const late = owed('statement-6', '2026-06-16', { owedFen: 50_000, minimumFen: 5_000 });
    const behind = accountAt('2026-07-01', {
      statements: [bill(6, 6), bill(7, 7)],
      obligations: [late, ...obligations],
    });
    const planned = ['overdue/statement-6/7'];
    expect(plan({ before, after: behind, planned })).toMatchObject([
      {
        dedupeKey: 'bill-issued/statement-7',
        sendAfterMs: at('2026-07-01', '10:00'),
        plannedOn: { amountFen: 150_000, dueDate: '2026-07-10' },
      },
      { dedupeKey: 'overdue/statement-6/15', sendAfterMs: at('2026-07-02', '10:00') },
    ]);
    // Its own due date is told with what is past due, and by no text of its own.
    expect(keysOf({ before: behind, after: behind, planned: [...planned, 'overdue/statement-6/15'] })).toEqual([]);
  });

  it('is not announced after its due date', () => {
    expect(ofBill({ before, after: billed('2026-07-11') })).toEqual([]);
  });
});

describe('the life of a loan', () => {
  it('begins with a word about the money', () => {
    const after = loanAt('2026-06-10', { obligations: [INSTALMENT] });
    expect(plan({ after, time: '14:00' })[0]).toEqual({
      kind: 'loan-disbursed',
      plannedOn: { stage: 'current', amountFen: undefined, dueDate: '2026-07-10' },
      dedupeKey: 'loan-disbursed',
      obligationKey: undefined,
      sendAfterMs: at('2026-06-10', '14:00'),
      expiresAtMs: at('2026-06-13', '14:00'),
      priority: 3,
    });
    expect(keysOf({ before: after, after })).not.toContain('loan-disbursed');
    expect(keysOf({ after: accountAt('2026-06-10') })).toEqual([]);
  });

  it('ends with one goodbye and nothing else', () => {
    const before = loanAt('2026-06-10', { obligations: [INSTALMENT] });
    const after = loanAt('2026-06-11', { stage: 'settled' });
    expect(keysOf({ before, after })).toEqual(['account-settled/2026-06-11']);
    expect(keysOf({ before: after, after })).toEqual([]);
    expect(keysOf({ before, after, planned: ['account-settled/2026-06-11'] })).toEqual([]);
    // A payment bounced, and it was settled again later.
    const again = loanAt('2026-06-20', { stage: 'settled' });
    expect(keysOf({ before, after: again, planned: ['account-settled/2026-06-11'] })).toEqual([
      'account-settled/2026-06-20',
    ]);
  });

  it('promises again what was taken back as paid, when it is owed after all', () => {
    const current = loanAt('2026-06-11', { obligations: [INSTALMENT] });
    const sent = ['due-soon/instalment-3/3'];
    const rest = ['due-soon/instalment-3/1', 'due-today/instalment-3/0'];
    const bounced = { before: current, after: current, planned: sent, paidAway: rest };
    expect(keysOf(bounced)).toEqual(['due-soon/instalment-3/1#2', 'due-today/instalment-3/0#2']);
    expect(keysOf({ ...bounced, planned: [...sent, ...keysOf(bounced)] })).toEqual([]);
    expect(keysOf({ ...bounced, paidAway: [...rest, ...rest.map((key) => `${key}#2`)] })).toEqual([
      'due-soon/instalment-3/1#3',
      'due-today/instalment-3/0#3',
    ]);
    // Overdue, a rung that went out is not repeated, and one that did not is.
    expect(keysOf({ before: LATE(3), after: LATE(3), planned: ['overdue/instalment-3/3'] })).toEqual([]);
    expect(keysOf({ before: LATE(3), after: LATE(3), paidAway: ['overdue/instalment-3/3'] })).toEqual([
      'overdue/instalment-3/3#2',
    ]);
    expect(keysOf({ before: LATE(3), after: LATE(3), planned: ['overdue/instalment-3/3#2'] })).toEqual([]);
  });

  it('says nothing once it is written off', () => {
    expect(keysOf({ before: LATE(200), after: { ...LATE(201), stage: 'written-off' } })).toEqual([]);
  });
});

describe('overdue', () => {
  const rung = (day: number) => `overdue/instalment-3/${day}`;

  it.each([
    [1, [], 'overdue-friendly', 1, 2],
    [2, [], 'overdue-friendly', 1, 2],
    [3, [1], 'overdue-factual', 3, 2],
    [7, [1, 3], 'overdue-factual', 7, 2],
    [15, [1, 3, 7], 'credit-report-warning', 15, 0],
    [30, [1, 3, 7, 15], 'overdue-formal', 30, 2],
    [60, [30], 'overdue-formal', 60, 2],
    [90, [60], 'overdue-final', 90, 1],
    [45, [1], 'overdue-formal', 30, 2],
    [179, [], 'overdue-final', 90, 1],
  ])('%d days: after rungs %j goes %s', (days, planned, kind, day, priority) => {
    const notices = plan({ before: LATE(days - 1), after: LATE(days), planned: planned.map(rung) });
    expect(notices).toMatchObject([{ kind, dedupeKey: rung(day), obligationKey: 'instalment-3', priority }]);
    expect(notices[0]?.sendAfterMs).toBe(at(addDays('2026-07-10', days), '10:00'));
    expect(notices[0]?.expiresAtMs).toBe((notices[0]?.sendAfterMs ?? 0) + 3 * DAY_MS);
  });

  it.each([
    [0, []],
    [2, [1]],
    [20, [15]],
    [8, [30]],
    [100, [90]],
  ])('%d days: after rungs %j nothing goes', (days, planned) => {
    expect(keysOf({ before: LATE(days), after: LATE(days), planned: planned.map(rung), time: '17:00' })).toEqual([]);
  });

  it('begins a new episode with the next obligation', () => {
    const obligations = [owed('instalment-4', '2026-08-10')];
    const after = loanAt('2026-08-11', { obligations });
    expect(keysOf({ before: LATE(31), after, planned: [rung(30)] })).toEqual(['overdue/instalment-4/1']);
  });

  it('says nothing of a coming instalment, nor of one of several', () => {
    const obligations = [owed('instalment-2', '2026-06-10'), INSTALMENT, owed('instalment-4', '2026-08-10')];
    const step = (asOf: string, planned: string[]) => {
      const after = loanAt(asOf, { obligations });
      return keysOf({ before: after, after, planned });
    };
    expect(step('2026-07-09', ['overdue/instalment-2/15'])).toEqual([]);
    expect(step('2026-07-10', ['overdue/instalment-2/15'])).toEqual(['overdue/instalment-2/30']);
    expect(step('2026-07-11', ['overdue/instalment-2/30'])).toEqual([]);
  });

  it('is none within the tolerance, and a coming instalment is told of with it', () => {
    const dust = owed('instalment-3', '2026-07-10', { owedFen: 50 });
    const after = loanAt('2026-08-01', { obligations: [dust, owed('instalment-4', '2026-08-10')] });
    expect(after.daysPastDue).toBe(22);
    const planned = plan({ before: after, after });
    expect(planned.map(({ dedupeKey }) => dedupeKey)).toEqual([
      'due-soon/instalment-4/3',
      'due-soon/instalment-4/1',
      'due-today/instalment-4/0',
    ]);
    for (const { plannedOn } of planned) expect(plannedOn?.amountFen).toBe(100_050);
    const more = loanAt('2026-08-01', { obligations: [{ ...dust, owedFen: 51, minimumFen: 51 }] });
    expect(keysOf({ before: more, after: more })).toEqual(['overdue/instalment-3/15']);
  });

  it('is none while the minimum is met', () => {
    const met = accountAt('2026-07-11', { obligations: [owed('statement-7', '2026-07-10', { minimumFen: 0 })] });
    expect(keysOf({ before: met, after: met })).toEqual([]);
  });

  it('sends at most one, never a lower one after a higher, and never at night', () => {
    const steps = fc.array(fc.record({ days: fc.integer({ min: 1, max: 40 }), minute: fc.nat(1439) }), {
      maxLength: 12,
    });
    fc.assert(
      fc.property(steps, (waits) => {
        const planned: string[] = [];
        let days = 0;
        for (const wait of waits) {
          days += wait.days;
          const time = `${String(Math.floor(wait.minute / 60)).padStart(2, '0')}:${String(wait.minute % 60).padStart(2, '0')}`;
          const notices = plan({ before: LATE(days), after: LATE(days), time, planned });
          expect(notices.length).toBeLessThanOrEqual(1);
          for (const { dedupeKey, sendAfterMs } of notices) {
            const minute = minuteOfDay(sendAfterMs, SHANGHAI);
            expect(minute >= 8 * 60 && minute < 22 * 60).toBe(true);
            planned.push(dedupeKey);
          }
        }
        const rungs = planned.map((key) => Number(key.split('/')[2]));
        expect(rungs).toEqual([...new Set(rungs)].sort((a, b) => a - b));
      }),
    );
  });
});

describe('thanks for a payment', () => {
  const before = loanAt('2026-07-06');
  const paid = (...payments: [date: string, id: string][]) =>
    loanAt('2026-07-07', { entries: payments.map(([date, id], index) => paymentOn(date, id, 1_000 * (index + 1))) });
  const THANKS: NoticePolicy = { ...POLICY, beforeDue: [], onPayment: { kind: 'payment-received', at: '08:00' } };
  const thanks = (after: DerivedAccount, planned: string[] = [], policy: NoticePolicy = THANKS) => {
    const promises = planned.map((dedupeKey) => ({ dedupeKey, isPaidAway: false }));
    const asOfMs = at(after.asOf, '13:00');
    return planForAccount({ before, after, policy, zone: SHANGHAI, asOfMs, accountKey: 'a', promises });
  };

  it('is planned by no policy that does not ask for it', () => {
    expect(defaultPolicy.notices.onPayment).toBeUndefined();
    expect(thanks(paid(['2026-07-07', 'p1']), [], { ...THANKS, onPayment: null })).toEqual([]);
    expect(keysOf({ before, after: paid(['2026-07-07', 'p1']) })).toEqual([]);
  });

  it('is said of the newest payment, once, at once, with what was paid', () => {
    const after = paid(['2026-07-06', 'p1'], ['2026-07-07', 'p2']);
    expect(thanks(after)).toEqual([
      {
        kind: 'payment-received',
        dedupeKey: 'payment-received/payment/p2',
        obligationKey: undefined,
        priority: 3,
        sendAfterMs: at('2026-07-07', '13:00'),
        expiresAtMs: at('2026-07-10', '13:00'),
        plannedOn: { stage: 'current', amountFen: 2_000, dueDate: undefined },
      },
    ]);
    expect(thanks(after, ['payment-received/payment/p2'])).toEqual([]);
  });

  it('is not said of a payment of long ago, nor beside the settlement', () => {
    expect(thanks(paid(['2026-07-04', 'late']))).toEqual([]);
    expect(thanks({ ...paid(['2026-07-07', 'p1']), stage: 'settled' }).map(({ kind }) => kind)).toEqual([
      'account-settled',
    ]);
  });
});
