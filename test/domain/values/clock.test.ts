/** Business time: the arithmetic of the clock, and wall-clock moments of a zone. */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  atWallTimeMs,
  businessTimeMs,
  dateAt,
  endOfDateMs,
  minuteOfDay,
  minutesOf,
  REAL_TIME,
  realDelayMs,
  SHANGHAI,
  startOfDateMs,
} from '../../../src/domain/values/clock';

const CLOCK = { realEpochMs: 1_000_000, businessEpochMs: 50_000_000, speed: 1000 };

describe('the business clock', () => {
  it('is real time at speed 1', () => {
    expect(businessTimeMs(REAL_TIME, 1_767_200_000_123)).toBe(1_767_200_000_123);
    expect(realDelayMs(REAL_TIME, 1_000, 6_000)).toBe(5_000);
  });

  it('runs at its speed from its epoch, and stands before it', () => {
    expect(businessTimeMs(CLOCK, 1_000_005)).toBe(50_005_000);
    expect(businessTimeMs(CLOCK, 999_000)).toBe(50_000_000);
  });

  it('waits for the real time that is left, that in which it stands included', () => {
    expect(realDelayMs(CLOCK, 1_000_000, 50_060_000)).toBe(60);
    expect(realDelayMs(CLOCK, 999_000, 50_060_000)).toBe(1_060);
    expect(realDelayMs(CLOCK, 1_000_060, 50_060_000)).toBe(0);
    expect(realDelayMs(CLOCK, 999_000, 50_000_000)).toBe(0);
  });

  it('has come to the instant after the wait, and not a millisecond before it', () => {
    const clocks = fc.record({
      realEpochMs: fc.integer({ min: 0, max: 2_000_000_000_000 }),
      businessEpochMs: fc.integer({ min: 0, max: 2_000_000_000_000 }),
      speed: fc.integer({ min: 1, max: 500_000 }),
    });
    const wait = fc.record({ clock: clocks, early: fc.nat(100_000), aheadMs: fc.nat(1_000_000_000) });
    fc.assert(
      fc.property(wait, ({ clock, early, aheadMs }) => {
        const nowMs = clock.realEpochMs - 50_000 + early;
        const untilMs = clock.businessEpochMs + aheadMs;
        const delayMs = realDelayMs(clock, nowMs, untilMs);
        expect(businessTimeMs(clock, nowMs + delayMs)).toBeGreaterThanOrEqual(untilMs);
        if (delayMs > 0) expect(businessTimeMs(clock, nowMs + delayMs - 1)).toBeLessThan(untilMs);
      }),
    );
  });
});

describe('wall-clock moments in Shanghai', () => {
  it('begin and end a date at its midnight', () => {
    expect(startOfDateMs('2026-03-01', SHANGHAI)).toBe(Date.parse('2026-03-01T00:00:00+08:00'));
    expect(endOfDateMs('2026-02-28', SHANGHAI)).toBe(Date.parse('2026-03-01T00:00:00+08:00'));
    expect(atWallTimeMs('2026-03-01', '09:30', SHANGHAI)).toBe(Date.parse('2026-03-01T09:30:00+08:00'));
  });

  it('belong to the date and minute that a clock on the wall shows', () => {
    const instantMs = Date.parse('2026-02-28T16:05:59Z');
    expect(dateAt(instantMs, SHANGHAI)).toBe('2026-03-01');
    expect(minuteOfDay(instantMs, SHANGHAI)).toBe(5);
    expect(dateAt(startOfDateMs('2026-03-01', SHANGHAI) - 1, SHANGHAI)).toBe('2026-02-28');
  });

  it.each(['24:00', '9:30', '09:60', '0930', ''])('refuse %p as a wall time', (text) => {
    expect(() => minutesOf(text)).toThrow('is not HH:MM of a 24-hour day');
  });
});
