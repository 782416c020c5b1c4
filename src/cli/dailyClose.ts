/** The daily close: the books of a date are proved, or the date stays open with what stands in the way on record. */
import type { Pool } from 'pg';
import { inSnapshot } from '../db/snapshot';
import { readClock } from '../db/statements/clock';
import {
  type CloseStanding,
  type DailyClose,
  insertDailyClose,
  lockCloses,
  readCloseStanding,
} from '../db/statements/dailyCloses';
import { openForRefunds, openForUnbookedDebits } from '../db/statements/ruleIncidents';
import { type Client, inTransaction } from '../db/transaction';
import type { IsoDate } from '../domain/calendar';
import { businessTimeMs, REAL_TIME } from '../domain/clock';
import { ArgumentError } from './arguments';
import { reconcileBooks } from './reconcileBooks';

export interface CloseInput {
  tenantId: string;
  businessDate: IsoDate;
  /** Accounts that are in memory together. */
  pageSize?: number;
  /** Real time; absent: now. */
  realNowMs?: number;
}

/**
 * Tries to close a business date and records the try. It mends nothing: with a difference the close has failed, the
 * date stays open and can be tried again; a debit that is not booked and refunds above purchases open an incident. Throws {@link ArgumentError} for a date whose turn it is not.
 */
export async function closeDate(pool: Pool, input: CloseInput): Promise<DailyClose> {
  const { tenantId, businessDate } = input;
  refuseOutOfTurn(businessDate, await readCloseStanding(pool, { tenantId }));
  const found = await inSnapshot(pool, (client) => reconcileBooks(client, input));
  return inTransaction(pool, async (client) => {
    await lockCloses(client, { tenantId });
    // Again under the lock: another close may have been recorded while this one read.
    refuseOutOfTurn(businessDate, await readCloseStanding(client, { tenantId }));
    const close = await insertDailyClose(client, { tenantId, businessDate, ...found });
    await stopWhatGoesOn(client, close, await nowMs(client, input));
    return close;
  });
}

/** Money that is taken twice, or that comes of nothing, does not wait for somebody to read the record. */
async function stopWhatGoesOn(client: Client, { tenantId, differences }: DailyClose, atMs: number): Promise<void> {
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
}

/** The business instant; that of the machine where no clock was begun. */
async function nowMs(client: Client, { realNowMs = Date.now() }: CloseInput): Promise<number> {
  return businessTimeMs((await readClock(client))?.clock ?? REAL_TIME, realNowMs);
}

/** Dates are closed forwards, each once: a later close would otherwise vouch for a date that was never proved. */
function refuseOutOfTurn(businessDate: IsoDate, { lastSucceeded, firstOpen }: CloseStanding): void {
  if (lastSucceeded === businessDate) throw new ArgumentError(`${businessDate} is closed already: close a later date`);
  if (lastSucceeded !== null && businessDate < lastSucceeded) {
    throw new ArgumentError(`${businessDate} cannot be closed: ${lastSucceeded} is closed already; close a later date`);
  }
  if (firstOpen !== null && firstOpen < businessDate) {
    throw new ArgumentError(
      `${businessDate} cannot be closed: the close of ${firstOpen} has failed; mend its differences and close it first`,
    );
  }
}
