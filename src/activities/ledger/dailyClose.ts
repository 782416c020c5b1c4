/** The daily close: the books of a date are proved, or the date stays open with what stands in the way on record. */

import type { ClosedDates, DailyCloseActivities, TriedDate, WaitedFor } from '../../contracts/activities';
import { openForRedClose, openForRefunds, openForUnbookedDebits } from '../../db/incidents/ruleIncidents';
import {
  type CloseStanding,
  type DailyClose,
  insertDailyClose,
  lockCloses,
  readCloseStanding,
  readOpenDates,
} from '../../db/ledger/dailyCloses';
import { inRepeatableRead } from '../../db/snapshot';
import { type Client, inTransaction } from '../../db/transaction';
import { closesAtMs, datesToClose } from '../../domain/ledger/endOfDay';
import type { Difference } from '../../domain/ledger/reconciliation';
import { addDays, type IsoDate } from '../../domain/values/calendar';
import type { Zone } from '../../domain/values/clock';
import { MINUTE_MS } from '../../domain/values/timeUnits';
import type { ActivityDependencies } from '../dependencies';
import { conflict } from '../failures';
import { type EndedDates, type HeldDate, heldDate, readWaits, tellHolders } from './dateHolders';
import { type Reconciliation, reconcileDates } from './reconciliation';

/** In one reading of the books; after more missed days than that the next reading follows at once. */
const DATES_AT_ONCE = 31;
/** How soon a date that waits is looked at again. */
const LOOK_AGAIN_MS = 15 * MINUTE_MS;
/** A sum over all postings of a large lender takes seconds, where a statement of a step has milliseconds. */
const STATEMENT_MS = 10 * MINUTE_MS;

export interface CloseInput {
  tenantId: string;
  businessDate: IsoDate;
  /** The business instant of the close. */
  asOfMs: number;
}

type CloseDependencies = Pick<ActivityDependencies, 'pool' | 'closeWaitsHours'> & {
  /** Accounts that are in memory together. */
  pageSize?: number | undefined;
  heartbeat?(): void;
};

export function createDailyCloseActivities(
  deps: CloseDependencies,
): DailyCloseActivities & { closeDate(input: CloseInput): Promise<DailyClose> } {
  return {
    // Safe to retry: a try that was recorded is another row of the same date, and a date is closed once.
    closeDate: (input) => closeDate(deps, input),
    // Safe to retry: dates that were tried are on record, and the next try goes on after them.
    closeEndedDates: (input) => closeEndedDates(deps, input),
  };
}

/**
 * Tries to close a business date and records the try. It mends nothing: with a difference the close has failed, the
 * date stays open and can be tried again; what it finds opens an incident. Throws a conflict, for a person to read, for
 * a date whose turn it is not.
 */
async function closeDate(
  { pool, pageSize, heartbeat }: CloseDependencies,
  { tenantId, businessDate, asOfMs }: CloseInput,
): Promise<DailyClose> {
  refuseOutOfTurn(businessDate, await readCloseStanding(pool, { tenantId }));
  const businessDates = [businessDate];
  const reading = { tenantId, businessDates, pageSize, onPage: heartbeat };
  const [found] = await inRepeatableRead(pool, (client) => reconcileDates(client, reading), {
    statementMs: STATEMENT_MS,
  });
  if (!found) throw new Error(`${businessDate} was not reconciled`);
  return inTransaction(pool, async (client) => {
    await lockCloses(client, { tenantId });
    // Again under the lock: another close may have been recorded while this one read.
    refuseOutOfTurn(businessDate, await readCloseStanding(client, { tenantId }));
    const close = await insertDailyClose(client, { tenantId, ...found });
    await tellDifferences(client, close, asOfMs);
    return close;
  });
}

interface Found {
  reconciled: Reconciliation[];
  /** Of these, dates that were tried before. */
  openBefore: IsoDate[];
  held: HeldDate | undefined;
  zones: Zone[];
  /** There are more dates than were looked at. */
  hasMore: boolean;
}

/**
 * Closes, in order, each date that has ended and whose accounts have stepped. A red one is recorded, told, and stops
 * none of the next: each is tried with the dates before it that are open, in one reading of the books, and none is
 * closed before them.
 */
async function closeEndedDates(deps: CloseDependencies, input: EndedDates): Promise<ClosedDates> {
  const { pool } = deps;
  const { tenantId, asOfMs } = input;
  const found = await inRepeatableRead(pool, (client) => look(client, deps, input), { statementMs: STATEMENT_MS });
  return inTransaction(pool, async (client) => {
    await lockCloses(client, { tenantId });
    const { tried, isLeft } = await record(client, found, input);
    const { lastSucceeded, lastTried } = await readCloseStanding(client, { tenantId });
    const openDates = await readOpenDates(client, { tenantId, limit: DATES_AT_ONCE });
    const next = lastTried === null ? input.fromDate : addDays(lastTried, 1);
    const { held, zones, hasMore } = found;
    const waitsFor = held && (await tellHolders(client, held, { ...input, closeWaitsHours: deps.closeWaitsHours }));
    return {
      tried,
      closedThrough: lastSucceeded,
      triedThrough: lastTried,
      openDates,
      waitsFor,
      nextAtMs: nextAtMs({ asOfMs, isLeft: isLeft || hasMore, waitsFor, closesAt: closesAtMs(next, zones) }),
    };
  });
}

function nextAtMs({
  asOfMs,
  isLeft,
  waitsFor,
  closesAt,
}: {
  asOfMs: number;
  isLeft: boolean;
  waitsFor: WaitedFor | undefined;
  closesAt: number;
}): number {
  if (waitsFor) return asOfMs + LOOK_AGAIN_MS;
  return isLeft ? asOfMs : Math.max(asOfMs, closesAt);
}

/** What is to be closed, and what the books say of it, as of one snapshot. */
async function look(client: Client, { pageSize, heartbeat }: CloseDependencies, input: EndedDates): Promise<Found> {
  const { tenantId, fromDate, asOfMs } = input;
  const { lastTried } = await readCloseStanding(client, { tenantId });
  const waits = await readWaits(client, input);
  const { zones } = waits;
  const first = lastTried === null ? fromDate : addDays(lastTried, 1);
  const ended = datesToClose(first, { asOfMs, zones, most: DATES_AT_ONCE });
  const at = ended.findIndex((date) => waits.holderOf(date) !== undefined);
  const ready = at < 0 ? ended : ended.slice(0, at);
  const held = await heldDate(waits, ended[ready.length], input);
  const rest = { held, zones, hasMore: ended.length === DATES_AT_ONCE };
  if (ready.length === 0) return { reconciled: [], openBefore: [], ...rest };
  const openBefore = await readOpenDates(client, { tenantId, limit: DATES_AT_ONCE });
  const businessDates = [...openBefore, ...ready];
  const reconciled = await reconcileDates(client, { tenantId, businessDates, pageSize, onPage: heartbeat });
  return { reconciled, openBefore, ...rest };
}

/**
 * Records what was found, in the order of the dates. Of a date that was open before only that it is closed now: why it
 * was open is on record, and a row a day would tell nothing more. `isLeft`: something could not be recorded yet.
 */
async function record(
  client: Client,
  { reconciled, openBefore }: Found,
  { tenantId, asOfMs }: EndedDates,
): Promise<{ tried: TriedDate[]; isLeft: boolean }> {
  const open = new Set(await readOpenDates(client, { tenantId, limit: 2 * DATES_AT_ONCE }));
  // Others may have closed meanwhile.
  const { lastSucceeded } = await readCloseStanding(client, { tenantId });
  const closes: DailyClose[] = [];
  let isLeft = false;
  for (const found of reconciled) {
    const { businessDate, differences } = found;
    const isGreen = differences.length === 0;
    if (lastSucceeded !== null && businessDate <= lastSucceeded) continue;
    if (!isGreen && openBefore.includes(businessDate)) continue;
    open.delete(businessDate);
    isLeft = isGreen && [...open].some((date) => date < businessDate);
    if (isLeft) break;
    closes.push(await insertDailyClose(client, { tenantId, ...found }));
    if (!isGreen) open.add(businessDate);
  }
  // What is wrong of a date is wrong of each later one.
  const red = closes.filter(({ outcome }) => outcome === 'failed').at(-1);
  if (red) await tellDifferences(client, red, asOfMs);
  return { tried: closes.map(triedDate), isLeft };
}

function triedDate({ businessDate, outcome, differences, waitingCount }: DailyClose): TriedDate {
  const checks = [...countsOf(differences)].map(([check, count]) => `${check} ${count}`);
  return { businessDate, outcome, checks, waitingCount };
}

function countsOf(differences: readonly Difference[]): Map<Difference['check'], number> {
  const counts = new Map<Difference['check'], number>();
  for (const { check } of differences) counts.set(check, (counts.get(check) ?? 0) + 1);
  return counts;
}

/** Money that is taken twice, or that comes of nothing, is stopped; all else calls a person. */
async function tellDifferences(client: Client, close: DailyClose, atMs: number): Promise<void> {
  const { tenantId, businessDate, differences } = close;
  const rule = { tenantId, atMs, openedBy: 'daily-close' };
  const debits = differences.flatMap((each) =>
    each.check === 'debit'
      ? [
          {
            accountId: each.accountId,
            reference: each.reference,
            settledFen: each.derivedFen,
            bookedFen: each.bookedFen,
          },
        ]
      : [],
  );
  if (debits.length > 0) await openForUnbookedDebits(client, { ...rule, found: debits });
  const refunds = differences.flatMap((each) =>
    each.check === 'refunds' ? [{ accountId: each.accountId, excessFen: each.excessFen }] : [],
  );
  if (refunds.length > 0) await openForRefunds(client, { ...rule, found: refunds });
  const others = [...countsOf(differences)].filter(([check]) => check !== 'debit' && check !== 'refunds');
  if (others.length > 0) {
    const found = others.map(([check, count]) => ({ businessDate, check, count }));
    await openForRedClose(client, { ...rule, found });
  }
}

/** Dates are closed forwards, each once: a later close would otherwise vouch for a date that was never proved. */
function refuseOutOfTurn(businessDate: IsoDate, { lastSucceeded, firstOpen }: CloseStanding): void {
  if (lastSucceeded === businessDate) throw conflict(`${businessDate} is closed already: close a later date`);
  if (lastSucceeded !== null && businessDate < lastSucceeded) {
    throw conflict(`${businessDate} cannot be closed: ${lastSucceeded} is closed already; close a later date`);
  }
  if (firstOpen !== null && firstOpen < businessDate) {
    throw conflict(
      `${businessDate} cannot be closed: the close of ${firstOpen} has failed; mend its differences and close it first`,
    );
  }
}
