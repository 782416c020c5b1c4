/**
 * Drives the running system through the months of the file, in business time. The business clock does not wait for the
 * work, so the driver does: it goes on only when the books have all that it told, and dates each deed by its day,
 * however far the clock has run ahead meanwhile. So a slow machine changes no bill and no bucket. Only where a month's
 * end passes before its deeds are booked, the run is given up: a slower clock is the cure.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Bucket } from '../../domain/policy/lendingPolicy';
import type { IsoDate } from '../../domain/values/calendar';
import { dateAt, startOfDateMs, type Zone } from '../../domain/values/clock';
import { DAY_MS } from '../../domain/values/timeUnits';
import { errorMessageOf } from '../../platform/provision/ways';
import type { CardAccount } from './cardFile';
import type { OutcomeReading } from './outcome';
import { CLOCK_STARTS, type Day, ENDS, type ScheduledEvent } from './timetable';
import { cardAccountIdOf, type Upstream } from './upstream';

/** What the driver asks of the system besides its API. */
export interface RecordedFigures {
  /** Business time now. */
  nowMs(): number;
  /** Real milliseconds until a business instant; 0 when it has come. */
  realDelayMs(untilMs: number): number;
  /** Payments, purchases and refunds of a date or a later one that are facts by now. */
  bookedSince(date: IsoDate): Promise<number>;
  /** The bucket that each account is in, by its id. */
  buckets(): Promise<ReadonlyMap<string, Bucket>>;
  /** Accounts that have not taken every step that was due before the instant. */
  behind(beforeMs: number): Promise<number>;
}

export interface DriverOptions {
  upstream: Upstream;
  books: RecordedFigures;
  zone: Zone;
  isStopped(): boolean;
  /** Real time between two looks at the books. */
  lookEveryMs: number;
  /** Told when the books have what was told. */
  progress(progress: DriveProgress): void;
}

export interface DriveProgress {
  date: IsoDate;
  /** Deeds done so far. */
  done: number;
  /** Of all deeds that are planned. */
  planned: number;
}

export interface Drive {
  readings: OutcomeReading[];
  /** What was not answered as it should be; the run goes on without it. */
  failures: string[];
  done: number;
  /** The most business days that the clock was ahead of the booked work. */
  mostDaysBehind: number;
  /** Days whose deeds were booked only when reminders that they would have stopped could have gone out. */
  lateDays: number;
}

/** The clock outran the work; with how much slower it should be, as a share of its speed. */
export class TooFast extends Error {
  override readonly name = 'TooFast';

  constructor(
    message: string,
    readonly slowDownTo: number,
  ) {
    super(message);
  }
}

/** Enough to keep worker and database busy, few enough that a request is answered well inside its bound. */
const AT_ONCE = 16;
const LONGEST_NAP_MS = 250;
/** Opening all accounts is about the work of a month. It may go on until the middle of April, which has a fortnight then. */
const DAYS_TO_OPEN = 26;
/** Of the speed at which opening would just have fitted: some room, so that the next run is not given up as well. */
const WITH_ROOM = 0.75;
const HALF = 0.5;

/** Opens every account, then lives through the days. Throws {@link TooFast}; ends early when it is stopped. */
export async function drive(
  accounts: readonly CardAccount[],
  days: readonly Day[],
  options: DriverOptions,
): Promise<Drive> {
  const result: Drive = { readings: [], failures: [], done: 0, mostDaysBehind: 0, lateDays: 0 };
  const planned = days.reduce((sum, day) => sum + day.deeds.length, 0);
  await openAll(accounts, options, result);
  const ahead = [...days];
  while (ahead.length > 0) {
    const batch = await nextBatch(ahead, options);
    if (options.isStopped()) return result;
    await liveThrough(batch, accounts, options, result);
    options.progress({ date: dateAt(options.books.nowMs(), options.zone), done: result.done, planned });
  }
  await begin(ENDS, options);
  return result;
}

/** Takes the next day once it has begun; and with it, where the clock has run ahead, the days of its month after it. */
async function nextBatch(ahead: Day[], options: DriverOptions): Promise<Day[]> {
  const first = ahead.shift();
  if (!first) return [];
  await begin(first.date, options);
  const today = dateAt(options.books.nowMs(), options.zone);
  const batch = [first];
  for (let next = ahead[0]; next; next = ahead[0]) {
    if (next.date > today || next.tooLateFrom !== first.tooLateFrom) break;
    batch.push(next);
    ahead.shift();
  }
  return batch;
}

/** Tells of what happened on the days, waits until it is booked, then reads what the month has come to. */
async function liveThrough(
  batch: readonly Day[],
  accounts: readonly CardAccount[],
  options: DriverOptions,
  result: Drive,
): Promise<void> {
  const failuresBefore = result.failures.length;
  const events = batch.flatMap(({ date, deeds }) => deeds.map((event) => ({ event, date })));
  await inParallel(events, options, ({ event, date }) => attempt(event, date, options, result));
  // What failed is told in the end; it will never be booked.
  const expected = events.length - (result.failures.length - failuresBefore);
  await untilBooked(batch, expected, options, result);
  for (const { month, isReading } of batch) {
    if (!isReading || options.isStopped()) continue;
    const buckets = await options.books.buckets();
    for (const account of accounts) {
      const bucket = buckets.get(cardAccountIdOf(account));
      if (bucket) result.readings.push({ line: account.line, month, bucket });
    }
  }
}

/** All apply before the first accepts: then the offers are there, and nobody asks for them in vain. */
async function openAll(accounts: readonly CardAccount[], options: DriverOptions, result: Drive): Promise<void> {
  const { books, zone, upstream } = options;
  const refused = new Set<CardAccount>();
  const step = (what: (account: CardAccount) => Promise<void>) => async (account: CardAccount) => {
    if (refused.has(account)) return;
    try {
      await what(account);
    } catch (error) {
      refused.add(account);
      result.failures.push(`line ${account.line} was not opened: ${errorMessageOf(error)}`);
    }
  };
  await inParallel(
    accounts,
    options,
    step((account) => upstream.apply(account)),
  );
  await inParallel(
    accounts,
    options,
    step((account) => upstream.accept(account)),
  );
  const openDays = (books.nowMs() - startOfDateMs(CLOCK_STARTS, zone)) / DAY_MS;
  if (openDays > DAYS_TO_OPEN) {
    const message = `opening ${accounts.length} accounts took ${openDays.toFixed(1)} business days of ${DAYS_TO_OPEN}`;
    throw new TooFast(message, (WITH_ROOM * DAYS_TO_OPEN) / openDays);
  }
  options.progress({ date: dateAt(books.nowMs(), zone), done: 0, planned: 0 });
}

/** Waits until a business date has begun. */
async function begin(date: IsoDate, { books, zone, isStopped }: DriverOptions): Promise<void> {
  for (;;) {
    const leftMs = books.realDelayMs(startOfDateMs(date, zone));
    if (leftMs <= 0 || isStopped()) return;
    await sleep(Math.min(leftMs, LONGEST_NAP_MS));
  }
}

async function attempt(
  event: ScheduledEvent,
  date: IsoDate,
  { upstream }: DriverOptions,
  result: Drive,
): Promise<void> {
  try {
    await upstream.tell(event, date);
  } catch (error) {
    result.failures.push(`line ${event.account.line}, ${event.kind} of ${event.month}: ${errorMessageOf(error)}`);
  }
  result.done += 1;
}

/** Waits until the books have the deeds, and every step that was due before them. Throws {@link TooFast}. */
async function untilBooked(
  batch: readonly Day[],
  expected: number,
  { books, zone, isStopped, lookEveryMs }: DriverOptions,
  result: Drive,
): Promise<void> {
  const [first, last] = [batch[0], batch.at(-1)];
  if (!first || !last) return;
  while (!isStopped()) {
    // Nothing of a later day was told yet; what came before an account's opening counts from its opening.
    const booked = await books.bookedSince(first.date);
    const behind = await books.behind(startOfDateMs(last.date, zone));
    const nowMs = books.nowMs();
    const today = dateAt(nowMs, zone);
    if (today >= first.tooLateFrom) {
      throw new TooFast(
        `on ${today} ${booked} of ${expected} deeds from ${first.date} on are booked, and ${behind} accounts are behind`,
        HALF,
      );
    }
    if (booked >= expected && behind === 0) {
      const endOfFirstMs = startOfDateMs(first.date, zone) + DAY_MS;
      result.mostDaysBehind = Math.max(result.mostDaysBehind, (nowMs - endOfFirstMs) / DAY_MS);
      result.lateDays += batch.filter(({ lateFrom }) => today >= lateFrom).length;
      return;
    }
    await sleep(lookEveryMs);
  }
}

/** A few at once, in the order given; what is not begun when the run is stopped stays undone. */
async function inParallel<Item>(
  items: readonly Item[],
  { isStopped }: DriverOptions,
  work: (item: Item) => Promise<void>,
): Promise<void> {
  let next = 0;
  const worker = async () => {
    while (next < items.length && !isStopped()) {
      const item = items[next++] as Item;
      await work(item);
    }
  };
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, items.length) }, worker));
}
