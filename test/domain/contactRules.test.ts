/** Quiet hours, which cross midnight, and the day's cap of a borrower. */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { minuteOfDay, SHANGHAI } from '../../src/domain/clock';
import { mayContact, nextAllowedMs } from '../../src/domain/contactRules';
import { defaultPolicy } from '../../src/policies/defaultPolicy';
import { at } from './accounts';

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

describe('mayContact', () => {
  const ask = (date: string, time: string, sentToBorrowerToday: number, priority: number) =>
    mayContact({ instantMs: at(date, time), sentToBorrowerToday, priority, policy: POLICY, zone: SHANGHAI });

  it.each([
    ['in the day', '10:00', 0, 3, { allowed: true }],
    ['the day is full', '10:00', 1, 3, { allowed: false, reason: 'daily-cap', notBeforeMs: at('2026-07-11', '08:00') }],
    [
      'full for overdue too',
      '10:00',
      1,
      2,
      { allowed: false, reason: 'daily-cap', notBeforeMs: at('2026-07-11', '08:00') },
    ],
    ['statutory is not capped', '10:00', 9, 0, { allowed: true }],
    ['at night', '22:00', 0, 1, { allowed: false, reason: 'quiet-hours', notBeforeMs: at('2026-07-11', '08:00') }],
    [
      'statutory sleeps too',
      '03:00',
      0,
      0,
      { allowed: false, reason: 'quiet-hours', notBeforeMs: at('2026-07-10', '08:00') },
    ],
    [
      'at night and full',
      '23:00',
      1,
      3,
      { allowed: false, reason: 'quiet-hours', notBeforeMs: at('2026-07-11', '08:00') },
    ],
  ])('%s', (_, time, sent, priority, answer) => {
    expect(ask('2026-07-10', time, sent, priority)).toEqual(answer);
  });

  it('never allows an instant from 22:00 to 08:00, and asks for a later instant that is not', () => {
    fc.assert(
      fc.property(ANY_INSTANT, fc.nat(3), fc.nat(3), (instantMs, sentToBorrowerToday, priority) => {
        const answer = mayContact({ instantMs, sentToBorrowerToday, priority, policy: POLICY, zone: SHANGHAI });
        const chosenMs = answer.allowed ? instantMs : answer.notBeforeMs;
        const minute = minuteOfDay(chosenMs, SHANGHAI);
        expect(minute >= 8 * 60 && minute < 22 * 60).toBe(true);
        if (!answer.allowed) expect(chosenMs).toBeGreaterThan(instantMs);
      }),
      { numRuns: 1000 },
    );
  });
});
