/** Days by arithmetic, against the calendar of the platform. */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { fromEpochDay, isIsoDate, toEpochDay } from '../../../src/domain/values/calendar';

const DAY_MS = 86_400_000;
const FIRST_DAY = -719_468; // 0000-03-01
const LAST_DAY = 2_932_896; // 9999-12-31

describe('days since 1970', () => {
  it('are those of the platform, for every kind of year', () => {
    fc.assert(
      fc.property(fc.integer({ min: FIRST_DAY, max: LAST_DAY }), (day) => {
        expect(toEpochDay(new Date(day * DAY_MS).toISOString().slice(0, 10))).toBe(day);
        expect(toEpochDay(fromEpochDay(day))).toBe(day);
      }),
    );
    for (const date of ['1900-02-28', '1900-03-01', '2000-02-29', '2024-02-29', '2024-12-31', '2100-03-01']) {
      expect({ date, day: toEpochDay(date) }).toEqual({ date, day: Date.parse(`${date}T00:00:00Z`) / DAY_MS });
    }
  });

  it.each(['2026-02-29', '1900-02-29', '2026-13-01', '2026-00-10', '2026-04-31', '2026-01-00', '26-01-01', ''])(
    '%j is no date',
    (text) => expect(isIsoDate(text)).toBe(false),
  );
});
