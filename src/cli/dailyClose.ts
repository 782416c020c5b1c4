/** The daily close: the books of a date are proved, or the date stays open with what stands in the way on record. */
import type { Pool } from 'pg';
import { inSnapshot } from '../db/snapshot';
import {
  type CloseStanding,
  type DailyClose,
  insertDailyClose,
  lockCloses,
  readCloseStanding,
} from '../db/statements/dailyCloses';
import { inTransaction } from '../db/transaction';
import type { IsoDate } from '../domain/calendar';
import { ArgumentError } from './arguments';
import { reconcileBooks } from './reconcileBooks';

export interface CloseInput {
  tenantId: string;
  businessDate: IsoDate;
  /** Accounts that are in memory together. */
  pageSize?: number;
}

/**
 * Tries to close a business date and records the try. It mends nothing: with a difference the close has failed, the
 * date stays open and can be tried again. Throws {@link ArgumentError} for a date whose turn it is not.
 */
export async function closeDate(pool: Pool, input: CloseInput): Promise<DailyClose> {
  const { tenantId, businessDate } = input;
  refuseOutOfTurn(businessDate, await readCloseStanding(pool, { tenantId }));
  const found = await inSnapshot(pool, (client) => reconcileBooks(client, input));
  return inTransaction(pool, async (client) => {
    await lockCloses(client, { tenantId });
    // Again under the lock: another close may have been recorded while this one read.
    refuseOutOfTurn(businessDate, await readCloseStanding(client, { tenantId }));
    return insertDailyClose(client, { tenantId, businessDate, ...found });
  });
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
