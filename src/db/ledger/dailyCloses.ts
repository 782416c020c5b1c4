/** Daily closes on record: each try, and what may be closed next. */

import type { LedgerAccount } from '../../domain/ledger/journal';
import type { Difference, WaitingArrival } from '../../domain/ledger/reconciliation';
import type { IsoDate } from '../../domain/values/calendar';
import type { Fen } from '../../domain/values/money';
import type { Client, Reader } from '../transaction';

export interface NewDailyClose {
  tenantId: string;
  businessDate: IsoDate;
  /** How much was looked at. */
  accountCount: number;
  entryCount: number;
  postingCount: number;
  /** Trial balance as of the date. */
  lines: { ledgerAccount: LedgerAccount; amountFen: Fen }[];
  /** None: the close succeeded. */
  differences: Difference[];
  /** What was set aside and still waited for two people: the oldest, and how many in all. */
  waiting: WaitingArrival[];
  waitingCount: number;
}

export const CLOSE_OUTCOMES = ['succeeded', 'failed'] as const;

export interface DailyClose extends NewDailyClose {
  closeId: number;
  outcome: (typeof CLOSE_OUTCOMES)[number];
  /** Real time. */
  recordedAtMs: number;
}

export interface CloseStanding {
  /** The latest date that was closed; null when none was. */
  lastSucceeded: IsoDate | null;
  /** The earliest date that was tried and is not closed; null when there is none. */
  firstOpen: IsoDate | null;
  /** The latest date that was tried; null when none was. */
  lastTried: IsoDate | null;
}

/** Lets one close of a tenant at a time be recorded; it leaves foreign keys to the tenant free. */
export async function lockCloses(client: Client, { tenantId }: { tenantId: string }): Promise<void> {
  await client.query('select from tenant where tenant_id = $1 for no key update', [tenantId]);
}

export async function readCloseStanding(reader: Reader, { tenantId }: { tenantId: string }): Promise<CloseStanding> {
  const { rows } = await reader.query<CloseStanding>(
    `select max(business_date) filter (where outcome = 'succeeded') as "lastSucceeded",
       min(business_date) filter (where outcome = 'failed' and not exists (
         select from daily_close succeeded
          where succeeded.tenant_id = close.tenant_id and succeeded.business_date = close.business_date
            and succeeded.outcome = 'succeeded'
       )) as "firstOpen", max(business_date) as "lastTried"
     from daily_close close where tenant_id = $1`,
    [tenantId],
  );
  return rows[0] ?? { lastSucceeded: null, firstOpen: null, lastTried: null };
}

/** Dates that were tried and are not closed, the earliest first. */
export async function readOpenDates(
  reader: Reader,
  { tenantId, limit }: { tenantId: string; limit: number },
): Promise<IsoDate[]> {
  const { rows } = await reader.query<{ businessDate: IsoDate }>(
    `select business_date as "businessDate" from daily_close where tenant_id = $1
      group by business_date having not bool_or(outcome = 'succeeded') order by business_date limit $2`,
    [tenantId, limit],
  );
  return rows.map(({ businessDate }) => businessDate);
}

/** Records a try. The database refuses a second success of a date. */
export async function insertDailyClose(client: Client, close: NewDailyClose): Promise<DailyClose> {
  const { tenantId, businessDate, accountCount, entryCount, postingCount, lines, differences } = close;
  const { waiting, waitingCount } = close;
  const outcome = differences.length === 0 ? 'succeeded' : 'failed';
  const { rows } = await client.query<{ closeId: number; recordedAtMs: number }>(
    `insert into daily_close (tenant_id, business_date, outcome, account_count, entry_count, posting_count, lines,
       differences, waiting, waiting_count)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
     returning close_id as "closeId", recorded_at as "recordedAtMs"`,
    [
      tenantId,
      businessDate,
      outcome,
      accountCount,
      entryCount,
      postingCount,
      JSON.stringify(lines),
      JSON.stringify(differences),
      JSON.stringify(waiting),
      waitingCount,
    ],
  );
  const [row] = rows;
  if (!row) throw new Error(`the close of ${businessDate} was not recorded`);
  return { ...close, ...row, outcome };
}

/** Tries, the latest first, one page; `beforeCloseId` is the last of the page before. */
export async function listDailyCloses(
  reader: Reader,
  { tenantId, beforeCloseId, limit }: { tenantId: string; beforeCloseId?: number | undefined; limit: number },
): Promise<DailyClose[]> {
  const { rows } = await reader.query<DailyClose>(
    `select tenant_id as "tenantId", close_id as "closeId", business_date as "businessDate", outcome,
       account_count as "accountCount", entry_count as "entryCount", posting_count as "postingCount", lines,
       differences, waiting, waiting_count as "waitingCount", recorded_at as "recordedAtMs"
     from daily_close where tenant_id = $1 and ($2::bigint is null or close_id < $2)
     order by close_id desc limit $3`,
    [tenantId, beforeCloseId ?? null, limit],
  );
  return rows;
}
