/**
 * Business time. A deployment has one business clock: it runs at a speed against real time (1 in production) from
 * a fixed pair of instants. Everything here is arithmetic on instants that are given: nothing reads a clock.
 */
import { addDays, fromEpochDay, type IsoDate, toEpochDay } from './calendar';
import { DAY_MS, MINUTE_MS } from './timeUnits';

/**
 * Business time = businessEpochMs + (real time - realEpochMs) x speed; until realEpochMs it stands at businessEpochMs.
 * At speed 1 both epochs are equal.
 */
export interface BusinessClock {
  realEpochMs: number;
  businessEpochMs: number;
  /** Business milliseconds for each real one; 1 is real time. */
  speed: number;
}

/** A time zone without daylight saving, as mainland China has it. */
export interface Zone {
  /** IANA name, for people. */
  name: string;
  utcOffsetMinutes: number;
}

/** Wall-clock time of a day, `HH:MM`. */
export type WallTime = string;

export const REAL_TIME: BusinessClock = { realEpochMs: 0, businessEpochMs: 0, speed: 1 };
export const SHANGHAI: Zone = { name: 'Asia/Shanghai', utcOffsetMinutes: 480 };

/** The business instant at a real instant, in whole milliseconds. Before its epoch the clock stands. */
export function businessTimeMs(clock: BusinessClock, realMs: number): number {
  return Math.floor(clock.businessEpochMs + Math.max(0, realMs - clock.realEpochMs) * clock.speed);
}

/** How long, in real milliseconds, to wait from a real instant until a business instant; 0 when it has come. */
export function realDelayMs(clock: BusinessClock, realNowMs: number, untilBusinessMs: number): number {
  if (untilBusinessMs <= businessTimeMs(clock, realNowMs)) return 0;
  // Whole milliseconds first: an instant in the middle of a sum would lose its fraction to rounding.
  return clock.realEpochMs - realNowMs + Math.ceil((untilBusinessMs - clock.businessEpochMs) / clock.speed);
}

/** The calendar date in the zone at an instant. */
export function dateAt(instantMs: number, zone: Zone): IsoDate {
  return fromEpochDay(Math.floor((instantMs + zone.utcOffsetMinutes * MINUTE_MS) / DAY_MS));
}

/** The instant at which a date begins in the zone. */
export function startOfDateMs(date: IsoDate, zone: Zone): number {
  return toEpochDay(date) * DAY_MS - zone.utcOffsetMinutes * MINUTE_MS;
}

/** The instant of a wall-clock time on a date in the zone. */
export function atWallTimeMs(date: IsoDate, time: WallTime, zone: Zone): number {
  return startOfDateMs(date, zone) + minutesOf(time) * MINUTE_MS;
}

/** The instant at which the date after this one begins: a payment before it is on time for this date. */
export function endOfDateMs(date: IsoDate, zone: Zone): number {
  return startOfDateMs(addDays(date, 1), zone);
}

/** Minutes since midnight in the zone at an instant, 0 to 1439. */
export function minuteOfDay(instantMs: number, zone: Zone): number {
  const local = instantMs + zone.utcOffsetMinutes * MINUTE_MS;
  return Math.floor((((local % DAY_MS) + DAY_MS) % DAY_MS) / MINUTE_MS);
}

/** Minutes since midnight of a wall time. Throws `RangeError` unless it is `HH:MM` of a 24-hour day. */
export function minutesOf(time: WallTime): number {
  const match = /^([01]\d|2[0-3]):([0-5]\d)$/.exec(time);
  if (!match) throw new RangeError(`time ${JSON.stringify(time)} is not HH:MM of a 24-hour day, such as "08:00"`);
  return Number(match[1]) * 60 + Number(match[2]);
}
