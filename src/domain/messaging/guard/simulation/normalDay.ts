/** A day that an attacker has no part in: its volumes, its carriers, and what goes wrong on any day. */
import { addDays, type IsoDate } from '../../../values/calendar';
import { atWallTimeMs, SHANGHAI, startOfDateMs } from '../../../values/clock';
import type { Random } from '../../../values/random';
import { DAY_MS, HOUR_MS, MINUTE_MS, MINUTES_PER_DAY } from '../../../values/timeUnits';
import type { CarrierDay } from './carriers';
import { drawNotice, SHAPES, type SimulatedNotice } from './simulatedNotices';

export interface NormalDay {
  /** The first date. */
  date: IsoDate;
  startMs: number;
  minutes: number;
  /** In the order of their time. */
  notices: SimulatedNotice[];
  /** Sent the day before. */
  yesterday: SimulatedNotice[];
  carriers: CarrierDay[];
  /** Instants of checks that fail: people who mistype. */
  failedChecksAtMs: number[];
  usualFailedPerHour: number;
  traits: string[];
}

const FIRST_DAY: IsoDate = '2026-01-01';
/** Bills and due dates bunch around the turn of the month. */
const BULGE = { fromDay: 26, times: 3 };

/** With the day after it, or more, where something takes until then to show. */
export function drawNormalDay(random: Random, days = 1): NormalDay {
  const date = addDays(FIRST_DAY, random.between(0, 364));
  const startMs = startOfDateMs(date, SHANGHAI);
  const traits: string[] = [];
  const isBulge = Number(date.slice(8)) >= BULGE.fromDay;
  if (isBulge) traits.push('month-end');
  const notices = Array.from({ length: days }, (_, day) =>
    drawNotices(random, addDays(date, day), isBulge ? BULGE.times : 1, day * 100_000),
  ).flat();
  const carriers = drawCarriers(random, date, traits);
  const usualFailedPerHour = 0.3 + random.next() * 2;
  return {
    date,
    startMs,
    minutes: days * MINUTES_PER_DAY,
    notices,
    carriers,
    usualFailedPerHour,
    traits,
    yesterday: drawNotices(random, addDays(date, -1), 1, 1_000_000),
    failedChecksAtMs: drawChecks(random, startMs, usualFailedPerHour),
  };
}

function drawNotices(random: Random, date: IsoDate, times: number, firstNumber: number): SimulatedNotice[] {
  const notices: SimulatedNotice[] = [];
  for (const shape of SHAPES) {
    const count = Math.round(shape.usual * times * (0.8 + 0.4 * random.next()));
    for (let at = 0; at < count; at += 1) {
      notices.push(drawNotice(random, shape, date, firstNumber + notices.length));
    }
  }
  // Couples share a phone.
  for (const notice of notices) {
    if (random.chance(0.01)) notice.recipient = random.pick(notices).recipient;
  }
  return notices.sort((one, other) => one.sendAtMs - other.sendAtMs);
}

function drawCarriers(random: Random, date: IsoDate, traits: string[]): CarrierDay[] {
  const isSlow = random.chance(0.1);
  const isDown = random.chance(0.1);
  const isFailing = random.chance(0.1);
  if (isSlow) traits.push('slow carrier');
  if (isDown) traits.push('outage of an hour');
  if (isFailing) traits.push('failing numbers');
  const fromMs = atWallTimeMs(date, '08:00', SHANGHAI) + random.between(0, 11 * 60) * MINUTE_MS;
  const usual = { receiptMs: random.between(20, 90) * 1000, undelivered: 0.02 + random.next() * 0.03 };
  return [
    {
      name: 'carrier-a',
      share: 0.65,
      ...usual,
      receiptMs: isSlow ? random.between(4, 10) * MINUTE_MS : usual.receiptMs,
      outage: isDown ? { fromMs, toMs: fromMs + HOUR_MS } : undefined,
    },
    {
      name: 'carrier-b',
      share: 0.35,
      ...usual,
      outage: undefined,
      undelivered: isFailing ? 0.08 : usual.undelivered,
    },
  ];
}

/** Checks cluster: who mistypes tries again. */
function drawChecks(random: Random, startMs: number, perHour: number): number[] {
  const found: number[] = [];
  let atMs = startMs + 8 * HOUR_MS;
  for (;;) {
    atMs += (random.exponential() * HOUR_MS * 1.5) / perHour;
    if (atMs > startMs + DAY_MS) return found;
    for (let tries = random.between(1, 2); tries > 0; tries -= 1) found.push(atMs);
  }
}
