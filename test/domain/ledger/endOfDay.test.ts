/** Which dates are to be closed at an instant, and what a date waits for. */
import { describe, expect, it } from '@jest/globals';
import {
  closesAtMs,
  datesToClose,
  heldTooLong,
  holdersSince,
  unsteppedOn,
  untoldOn,
} from '../../../src/domain/ledger/endOfDay';
import { waitingArrival } from '../../../src/domain/ledger/reconciliation';
import { atWallTimeMs, SHANGHAI, type Zone } from '../../../src/domain/values/clock';

const TOKYO: Zone = { name: 'Asia/Tokyo', utcOffsetMinutes: 540 };
const DUBAI: Zone = { name: 'Asia/Dubai', utcOffsetMinutes: 240 };
const at = (date: string, time: string, zone = SHANGHAI) => atWallTimeMs(date, time, zone);

describe('a date is closed', () => {
  it('half an hour after it has ended, in the last of the zones', () => {
    expect(closesAtMs('2026-03-02', [SHANGHAI])).toBe(at('2026-03-03', '00:30'));
    expect(closesAtMs('2026-03-02', [SHANGHAI, DUBAI, TOKYO])).toBe(at('2026-03-03', '00:30', DUBAI));
  });

  const dates = (time: [string, string], most = 31) =>
    datesToClose('2026-02-27', { asOfMs: at(...time), zones: [SHANGHAI], most });

  it('after the date before it, as many as have ended', () => {
    expect(dates(['2026-02-28', '00:29'])).toEqual([]);
    expect(dates(['2026-02-28', '00:30'])).toEqual(['2026-02-27']);
    expect(dates(['2026-03-02', '12:00'])).toEqual(['2026-02-27', '2026-02-28', '2026-03-01']);
    expect(dates(['2026-03-02', '12:00'], 2)).toEqual(['2026-02-27', '2026-02-28']);
  });
});

describe('a date waits', () => {
  const oldest = (sinceMs: number, zone = SHANGHAI) => [{ zone, accountId: 'a-1', sinceMs }];

  it('for the step of a deadline on it or before it, in the zone of the account', () => {
    expect(unsteppedOn('2026-03-02', [])).toBeUndefined();
    expect(unsteppedOn('2026-03-02', oldest(at('2026-03-02', '00:00')))).toBe('a-1');
    expect(unsteppedOn('2026-03-02', oldest(at('2026-02-20', '00:00')))).toBe('a-1');
    expect(unsteppedOn('2026-03-02', oldest(at('2026-03-03', '00:00')))).toBeUndefined();
    expect(unsteppedOn('2026-03-02', oldest(at('2026-03-03', '00:00'), DUBAI))).toBe('a-1');
  });

  it('for a debit of it that is on its way to its account, and not for one that has not come in time', () => {
    const outcomeAtMs = at('2026-03-02', '23:59');
    const debits = new Map([['a-1', [{ reference: 'r', settledFen: 1, bookedFen: 0, outcomeAtMs }]]]);
    const untold = (date: string, asOfMs: number) =>
      untoldOn(date, debits, { asOfMs, patienceMs: 3_600_000, zones: [SHANGHAI] });
    expect(untold('2026-03-02', at('2026-03-03', '00:30'))).toBe('a-1');
    expect(untold('2026-03-02', at('2026-03-03', '00:59'))).toBeUndefined();
    expect(untold('2026-03-01', at('2026-03-03', '00:30'))).toBeUndefined();
  });
});

describe('what holds a date', () => {
  const now = { businessDate: '2026-03-02', asOfMs: 90 };
  const before = { businessDate: '2026-03-02', holders: [{ accountId: 'a-1', sinceMs: 10 }] };

  it('holds it since the first of the looks in a row that found it', () => {
    expect(holdersSince(['a-1', 'a-2'], before, now)).toEqual([
      { accountId: 'a-1', sinceMs: 10 },
      { accountId: 'a-2', sinceMs: 90 },
    ]);
    expect(holdersSince(['a-2'], before, now)).toEqual([{ accountId: 'a-2', sinceMs: 90 }]);
    expect(holdersSince(['a-1'], undefined, now)).toEqual([{ accountId: 'a-1', sinceMs: 90 }]);
  });

  it('holds a later date anew: the one before was closed, so it has stepped', () => {
    expect(holdersSince(['a-1'], { ...before, businessDate: '2026-03-01' }, now)[0]?.sinceMs).toBe(90);
  });

  it('is a case for a person from the bound on, and on a fast clock not before it can have stepped', () => {
    const holders = [
      { accountId: 'a-1', sinceMs: 10 },
      { accountId: 'a-2', sinceMs: 11 },
    ];
    const late = (waitsMs: number, patienceMs: number) =>
      heldTooLong(holders, { asOfMs: 110, waitsMs, patienceMs }).map(({ accountId }) => accountId);
    expect(late(101, 1)).toEqual([]);
    expect(late(100, 1)).toEqual(['a-1']);
    expect(late(99, 1)).toEqual(['a-1', 'a-2']);
    expect(late(1, 25)).toEqual(['a-1']);
    expect(late(1, 26)).toEqual([]);
  });
});

it('what waits for people is as old as the dates between say, not the hours', () => {
  const aside = { asideId: 7, accountId: 'a-1', kind: 'payment', atMs: at('2026-03-02', '23:59') };
  expect(waitingArrival(aside, '2026-03-02', SHANGHAI)).toEqual({ ...aside, ageDays: 0 });
  expect(waitingArrival(aside, '2026-03-05', SHANGHAI).ageDays).toBe(3);
});
