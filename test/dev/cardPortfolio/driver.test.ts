/** The driver keeps pace with the books: it waits for them, dates by the day, and gives up where a month has passed. */

import { describe, expect, it } from '@jest/globals';
import { type CardAccount, readCardFile } from '../../../src/dev/cardPortfolio/cardFile';
import { type Drive, type DriverOptions, drive, TooFast } from '../../../src/dev/cardPortfolio/driver';
import { CLOCK_STARTS, type ScheduledEvent, timetableOf } from '../../../src/dev/cardPortfolio/timetable';
import type { Upstream } from '../../../src/dev/cardPortfolio/upstream';
import { replayPolicy } from '../../../src/domain/policy/cardPortfolioPolicy';
import { addDays, daysBetween, type IsoDate } from '../../../src/domain/values/calendar';
import { startOfDateMs } from '../../../src/domain/values/clock';
import { byContent } from '../../support/inOrder';
import { card, fileOf } from './cards';

const { zone } = replayPolicy;
const { accounts } = readCardFile(fileOf([card(1), card(2), card(3), card(4)]), 10);

interface Machine {
  /** Business days that pass between the telling of a deed and its booking. */
  bookingDays: number;
  /** Business days that the opening of an account takes. */
  openingDays?: number;
  /** A deed that is refused. */
  refuses?: (deed: ScheduledEvent) => boolean;
}

/** A system in which only asking for the time passes time: a quarter of a day each time. */
class SlowSystem {
  today: IsoDate = CLOCK_STARTS;
  private quarters = 0;
  readonly told: { deed: ScheduledEvent; date: IsoDate; on: IsoDate }[] = [];
  readonly opened: number[] = [];
  constructor(private readonly machine: Machine) {}

  readonly upstream = {
    apply: async () => undefined,
    accept: async ({ line }: CardAccount) => {
      this.opened.push(line);
      this.quarters += 4 * (this.machine.openingDays ?? 0);
    },
    tell: async (deed: ScheduledEvent, date: IsoDate) => {
      if (this.machine.refuses?.(deed)) throw new Error('refused');
      this.told.push({ deed, date, on: this.today });
    },
  } as unknown as Upstream;

  readonly books: DriverOptions['books'] = {
    nowMs: () => {
      this.quarters += 1;
      this.today = addDays(CLOCK_STARTS, Math.floor(this.quarters / 4));
      return startOfDateMs(this.today, zone);
    },
    realDelayMs: (untilMs) => {
      const days = daysBetween('1970-01-01', this.today);
      const untilDays = (untilMs + zone.utcOffsetMinutes * 60_000) / 86_400_000;
      // The clock jumps to what is waited for.
      if (untilDays > days) this.quarters = 4 * daysBetween(CLOCK_STARTS, addDays('1970-01-01', untilDays));
      this.today = addDays(CLOCK_STARTS, Math.floor(this.quarters / 4));
      return 0;
    },
    bookedSince: async (since) =>
      this.told.filter(({ date, on }) => date >= since && daysBetween(on, this.today) >= this.machine.bookingDays)
        .length,
    buckets: async () => new Map(accounts.map(({ id }) => [`card-${id}-1`, 'M1'])),
    behind: async () => 0,
  };

  drive(isStopped: () => boolean = () => false): Promise<Drive> {
    const progress = () => undefined;
    return drive(accounts, timetableOf(accounts), {
      upstream: this.upstream,
      books: this.books,
      zone,
      isStopped,
      progress,
      lookEveryMs: 0,
    });
  }
}

const planned = timetableOf(accounts).flatMap(({ date, deeds }) => deeds.map((deed) => ({ deed, date })));

describe('drive', () => {
  it('opens every account, and does everything on its day where the books keep pace', async () => {
    const system = new SlowSystem({ bookingDays: 0 });
    const result = await system.drive();
    expect(system.opened).toEqual(accounts.map(({ line }) => line));
    expect(system.told.map(({ deed, on }) => [deed.id, on]).sort(byContent)).toEqual(
      planned.map(({ deed, date }) => [deed.id, date]).sort(byContent),
    );
    expect(result).toMatchObject({ failures: [], done: planned.length, lateDays: 0 });
    expect(result.readings).toHaveLength(accounts.length * 6);
  });

  it('waits where they are slow, dates by the day all the same, and says that it was late', async () => {
    const system = new SlowSystem({ bookingDays: 6 });
    const result = await system.drive();
    const { told } = system;
    expect(told.map(({ deed, date }) => [deed.id, date]).sort(byContent)).toEqual(
      planned.map(({ deed, date }) => [deed.id, date]).sort(byContent),
    );
    expect(told.some(({ date, on }) => on > date)).toBe(true);
    expect(told.every(({ date, on }) => on.slice(0, 7) === date.slice(0, 7))).toBe(true);
    expect(result.lateDays).toBeGreaterThan(0);
    expect(result.mostDaysBehind).toBeGreaterThan(4);
  });

  it('gives up where a month ends before its deeds are booked', async () => {
    await expect(new SlowSystem({ bookingDays: 40 }).drive()).rejects.toThrow(TooFast);
  });

  it('gives up after the opening where that took too long, and says how much slower the clock should be', async () => {
    const system = new SlowSystem({ bookingDays: 0, openingDays: 10 });
    await expect(system.drive()).rejects.toMatchObject({ name: 'TooFast', slowDownTo: expect.closeTo(0.4875, 1) });
    expect(system.told).toEqual([]);
  });

  it('goes on without what was refused, and tells it', async () => {
    const refuses = (deed: ScheduledEvent) =>
      deed.kind === 'purchase' && deed.account.id === 2 && deed.month === '2005-06';
    const result = await new SlowSystem({ bookingDays: 0, refuses }).drive();
    expect(result.failures).toEqual(['line 3, purchase of 2005-06: refused']);
    expect(result.readings).toHaveLength(accounts.length * 6);
  });

  it('begins nothing more once it is stopped', async () => {
    const system = new SlowSystem({ bookingDays: 0 });
    await system.drive(() => system.told.length >= 10);
    expect(system.told.length).toBeLessThan(10 + accounts.length);
  });
});
