/** Rest days as announced, whatever the zone of the machine; and due dates that move off them. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { isRestDay, lastKnownOf, REST_DAYS_KNOWN_UNTIL } from '../src/adapters/calendars/restDays';
import { nextWorkingDay, shiftedDueDates } from '../src/domain/credit/cashLoan/dueDateShift';
import { planSchedule } from '../src/domain/credit/cashLoan/schedule';

describe('rest days', () => {
  it.each([
    ['2026-02-13', false, 'the Friday before Spring Festival'],
    ['2026-02-14', false, 'a Saturday that is worked for it'],
    ['2026-02-15', true, 'its first day'],
    ['2026-02-23', true, 'its last day'],
    ['2026-02-24', false, 'the day after'],
    ['2026-07-04', true, 'a Saturday'],
    ['2026-07-05', true, 'a Sunday'],
    ['2026-07-06', false, 'a Monday'],
    ['2026-10-01', true, 'National Day'],
    ['2026-10-10', false, 'a Saturday that is worked for it'],
    ['2031-01-01', false, 'a Wednesday of a year that is not announced yet'],
    ['2031-01-04', true, 'a Saturday of such a year'],
  ])('%s: %s, %s', (date, rests) => {
    expect(isRestDay(date)).toBe(rests);
  });

  it.each(['America/Los_Angeles', 'Pacific/Kiritimati'])('are the same on a machine in %s', (zone) => {
    const file = join(__dirname, '../dist/adapters/calendars/restDays.js');
    const script = `const { isRestDay } = require(${JSON.stringify(file)});
      console.log(['2026-07-03', '2026-07-04', '2026-07-05', '2026-07-06'].map(isRestDay).join(' '));`;
    const told = execFileSync(process.execPath, ['-e', script], {
      env: { ...process.env, TZ: zone },
      encoding: 'utf8',
    });
    expect(told.trim()).toBe('false true true false');
  });
});

describe('the end of what is known', () => {
  const days = (...dates: string[]) => ({ holidays: Object.fromEntries(dates.map((date) => [date, 'a holiday'])) });

  it.each([
    ['2031-12-31', days('2030-10-01', '2031-01-01', '2031-10-01', '2031-10-02')],
    ['2031-12-31', days('2031-10-01', '2031-01-01', '2030-10-01')],
    // The year after begins in its list, and is not announced by it.
    ['2031-12-31', days('2031-10-01', '2031-12-31', '2032-01-01', '2032-01-02')],
  ])('is %s', (until, table) => {
    expect(lastKnownOf(table)).toBe(until);
  });

  it('is no date of a table without a whole year', () => {
    expect(() => lastKnownOf(days('2031-01-01'))).toThrow('no whole year');
  });

  it('is the end of a year for the table that is installed, within which there are its holidays', () => {
    expect(REST_DAYS_KNOWN_UNTIL).toMatch(/^2\d{3}-12-31$/);
    expect(isRestDay(`${REST_DAYS_KNOWN_UNTIL.slice(0, 4)}-10-01`)).toBe(true);
  });
});

describe('due dates', () => {
  const shift = { dueDateShift: 'next-working-day' } as const;

  it('move to the next working day, each from the original day', () => {
    // 15 February is in Spring Festival, 15 March a Sunday, 15 August a Saturday.
    expect(shiftedDueDates('2026-01-15', 8, shift, isRestDay)).toEqual([
      '2026-02-24',
      '2026-03-16',
      '2026-04-15',
      '2026-05-15',
      '2026-06-15',
      '2026-07-15',
      '2026-08-17',
      '2026-09-15',
    ]);
  });

  it.each([{}, { dueDateShift: 'none' } as const])('stay where the policy moves none: %j', (policy) => {
    expect(shiftedDueDates('2026-01-15', 8, policy, isRestDay)).toBeUndefined();
  });

  it('cost interest for the actual days to the moved date, and no day twice', () => {
    const terms = {
      product: 'cash-loan' as const,
      principalFen: 1_000_000,
      dailyRate: '0.0004',
      months: 3,
      method: 'interest-first' as const,
      startDate: '2026-01-15',
    };
    const dueDates = shiftedDueDates('2026-01-15', 3, shift, isRestDay);
    const rows = planSchedule({ ...terms, dueDates });
    // 40 days to 24 February instead of 31, then 20 to 16 March, then 30.
    expect(rows.map(({ days, interestFen }) => [days, interestFen])).toEqual([
      [40, 16_000],
      [20, 8_000],
      [30, 12_000],
    ]);
    const days = (planned: typeof rows) => planned.reduce((sum, row) => sum + row.days, 0);
    expect(days(rows)).toBe(days(planSchedule(terms)));
  });

  it('refuse a calendar without a working day, and do not look for ever', () => {
    expect(() => nextWorkingDay('2026-01-15', () => true)).toThrow(/no working day within 31 days after 2026-01-15/);
  });
});
