/** Hours, budget, holds and choices: what binds every notice to one person together. */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  type ContactAnswer,
  type ContactQuestion,
  mayContact,
  nextAllowedMs,
} from '../../../../src/domain/messaging/contact/contactRules';
import { spreadMinutes } from '../../../../src/domain/messaging/outbox/surge';
import { defaultPolicy } from '../../../../src/domain/policy/defaultPolicy';
import type { NoticeKind, NoticePolicy } from '../../../../src/domain/policy/lendingPolicy';
import { minuteOfDay, SHANGHAI } from '../../../../src/domain/values/clock';
import { at } from '../../accounts';

const POLICY = defaultPolicy.notices;
const ANY_INSTANT = fc.integer({ min: at('2020-01-01', '00:00'), max: at('2040-01-01', '00:00') });

describe('nextAllowedMs', () => {
  it.each([
    ['2026-07-10', '07:59', '2026-07-10', '08:00'],
    ['2026-07-10', '08:00', '2026-07-10', '08:00'],
    ['2026-07-10', '21:59', '2026-07-10', '21:59'],
    ['2026-07-10', '22:00', '2026-07-11', '08:00'],
    ['2026-07-10', '23:59', '2026-07-11', '08:00'],
    ['2026-07-10', '00:00', '2026-07-10', '08:00'],
    ['2026-12-31', '22:30', '2027-01-01', '08:00'],
  ])('%s %s moves to %s %s', (date, time, toDate, toTime) => {
    expect(nextAllowedMs(at(date, time), POLICY, SHANGHAI)).toBe(at(toDate, toTime));
  });

  it.each([
    ['11:59', '11:59'],
    ['12:00', '14:00'],
    ['13:59', '14:00'],
    ['14:00', '14:00'],
  ])('knows quiet hours within a day: %s moves to %s', (time, toTime) => {
    const noon = { quietFrom: '12:00', quietUntil: '14:00' };
    expect(nextAllowedMs(at('2026-07-10', time), noon, SHANGHAI)).toBe(at('2026-07-10', toTime));
  });
});

/** Saturday and Sunday of that week. */
const REST_DAYS = ['2026-07-11', '2026-07-12'];

function ask(changes: Partial<ContactQuestion> = {}): ContactAnswer {
  return mayContact({
    instantMs: at('2026-07-08', '10:00'),
    kind: 'due-soon',
    priority: 3,
    sentAtMs: [],
    moreImportantToday: 0,
    holds: [],
    hasOptedOut: false,
    isRestDay: (date) => REST_DAYS.includes(date),
    policy: POLICY,
    zone: SHANGHAI,
    ...changes,
  });
}

const SMS: ContactAnswer = { status: 'allowed', channel: 'sms' };
const later = (reason: string, date: string, time: string) => ({
  status: 'later',
  reason,
  notBeforeMs: at(date, time),
});
const ROOMY: NoticePolicy = { ...POLICY, perBorrowerPerDay: 9 };

describe('the hours', () => {
  it.each([
    ['in the day', '2026-07-08', '10:00', 3, SMS],
    ['at night', '2026-07-08', '22:00', 1, later('quiet-hours', '2026-07-09', '08:00')],
    ['statutory ones sleep too', '2026-07-08', '03:00', 0, later('quiet-hours', '2026-07-08', '08:00')],
    ['a rest day begins later', '2026-07-11', '08:30', 3, later('quiet-hours', '2026-07-11', '09:00')],
    ['the night before a rest day', '2026-07-10', '23:00', 3, later('quiet-hours', '2026-07-11', '09:00')],
  ])('%s', (_, date, time, priority, answer) => {
    expect(ask({ instantMs: at(date, time), priority })).toEqual(answer);
  });

  it("are those of the borrower's own zone", () => {
    const urumqi = { name: 'two hours behind', utcOffsetMinutes: 360 };
    expect(ask({ instantMs: at('2026-07-08', '09:30'), zone: urumqi })).toEqual(
      later('quiet-hours', '2026-07-08', '10:00'),
    );
    expect(ask({ instantMs: at('2026-07-08', '23:30'), zone: urumqi })).toEqual(SMS);
  });

  it('never allow an instant from 22:00 to 08:00, and ask for a later instant that is not', () => {
    fc.assert(
      fc.property(
        ANY_INSTANT,
        fc.array(ANY_INSTANT, { maxLength: 6 }),
        fc.nat(3),
        fc.nat(2),
        (instantMs, sent, priority, ahead) => {
          const sentAtMs = sent.filter((atMs) => atMs <= instantMs);
          const answer = ask({ instantMs, sentAtMs, priority, moreImportantToday: ahead });
          const chosenMs = answer.status === 'later' ? answer.notBeforeMs : instantMs;
          const minute = minuteOfDay(chosenMs, SHANGHAI);
          expect(minute >= 8 * 60 && minute < 22 * 60).toBe(true);
          if (answer.status === 'later') expect(chosenMs).toBeGreaterThan(instantMs);
        },
      ),
      { numRuns: 1000 },
    );
  });
});

describe('the budget of a person', () => {
  const sentAt = (...times: [string, string][]) => times.map(([date, time]) => at(date, time));

  it.each([2, 3])('is one a day, over everything, for priority %s', (priority) => {
    const sentAtMs = sentAt(['2026-07-08', '09:00']);
    expect(ask({ sentAtMs, priority })).toEqual(later('daily-cap', '2026-07-09', '08:00'));
  });

  it('does not bind what the law demands', () => {
    const sentAtMs = sentAt(['2026-07-08', '09:00'], ['2026-07-08', '09:30']);
    expect(ask({ kind: 'credit-report-warning', priority: 0, sentAtMs, moreImportantToday: 3 })).toEqual(SMS);
  });

  it('is kept for something more important later that day', () => {
    expect(ask({ moreImportantToday: 1 })).toEqual(later('kept-for-more-important', '2026-07-09', '08:00'));
  });

  it('has four hours between two', () => {
    const sentAtMs = sentAt(['2026-07-08', '08:30']);
    expect(ask({ sentAtMs, policy: ROOMY })).toEqual(later('spacing', '2026-07-08', '12:30'));
    expect(ask({ instantMs: at('2026-07-08', '12:30'), sentAtMs, policy: ROOMY })).toEqual(SMS);
  });

  it('is five in seven days, which what is due today may exceed', () => {
    const sentAtMs = sentAt(
      ['2026-07-01', '10:01'],
      ['2026-07-02', '10:00'],
      ['2026-07-03', '10:00'],
      ['2026-07-06', '10:00'],
      ['2026-07-07', '10:00'],
    );
    expect(ask({ sentAtMs })).toEqual(later('weekly-cap', '2026-07-08', '10:01'));
    expect(ask({ sentAtMs, instantMs: at('2026-07-08', '10:01') })).toEqual(SMS);
    expect(ask({ sentAtMs, kind: 'due-today', priority: 1 })).toEqual(SMS);
  });
});

describe('holds and choices', () => {
  const KINDS: NoticeKind[] = ['credit-report-warning', 'due-today', 'overdue-formal', 'due-soon'];
  it.each([
    ['dispute', ['due-today', 'overdue-formal', 'due-soon'], 'disputed'],
    ['hardship', ['overdue-formal'], 'held'],
    ['bereavement', ['due-today', 'overdue-formal', 'due-soon'], 'held'],
    ['disaster', ['overdue-formal', 'due-soon'], 'held'],
    ['judicial', ['due-today', 'overdue-formal', 'due-soon'], 'held'],
    ['fraud', ['due-today', 'overdue-formal', 'due-soon'], 'held'],
  ] as const)('%s stops its kinds, and never what the law demands', (hold, stopped, reason) => {
    const answers = KINDS.filter((kind) => ask({ kind, priority: 0, holds: [hold] }).status === 'never');
    expect(answers).toEqual(stopped);
    expect(ask({ kind: 'overdue-formal', holds: [hold] })).toEqual({ status: 'never', reason });
  });

  it('of several the dispute is told, whatever their order', () => {
    for (const holds of [['hardship', 'dispute'] as const, ['dispute', 'hardship'] as const]) {
      expect(ask({ kind: 'overdue-formal', holds })).toEqual({ status: 'never', reason: 'disputed' });
    }
  });

  it('who opted out reads courtesies in the app, at any hour, and still gets what contract and law demand', () => {
    const night = at('2026-07-08', '23:00');
    expect(ask({ hasOptedOut: true, instantMs: night })).toEqual({ status: 'allowed', channel: 'inbox' });
    for (const kind of ['due-today', 'overdue-formal', 'credit-report-warning'] as const) {
      expect(ask({ kind, hasOptedOut: true })).toEqual(SMS);
    }
  });
});

describe('the bills of one day', () => {
  const places = (daysToDue: number) =>
    Array.from({ length: 3_000 }, (_, index) => spreadMinutes(`account-${index}`, daysToDue, 240));

  it('are spread over their window, those due sooner first, each in its own place every month', () => {
    const [eighth, ninth, tenth] = [7, 8, 9].map(places);
    expect(Math.max(...(eighth ?? []))).toBeLessThan(80);
    expect([Math.min(...(ninth ?? [])), Math.max(...(ninth ?? []))]).toEqual([80, 159]);
    expect([Math.min(...(tenth ?? [])), Math.max(...(tenth ?? []))]).toEqual([160, 239]);
    expect(places(9)).toEqual(tenth);
    const inFirstHalf = (tenth ?? []).filter((minute) => minute < 200).length;
    expect(inFirstHalf).toBeGreaterThan(1_350);
    expect(inFirstHalf).toBeLessThan(1_650);
  });

  it('go out at once where no window is given', () => {
    expect(spreadMinutes('a', 9, 0)).toBe(0);
  });
});
