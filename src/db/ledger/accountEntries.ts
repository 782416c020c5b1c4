/** The entries of one account in the order of their value dates, page by page, and what stood before a page. */

import type { JournalLine, LedgerAccount } from '../../domain/ledger/journal';
import type { IsoDate } from '../../domain/values/calendar';
import type { Fen } from '../../domain/values/money';
import type { AccountRef } from '../credit/accounts';
import type { Reader } from '../transaction';

export interface BookedEntry {
  entryId: number;
  businessKey: string;
  /** 1, or the number of the correction. */
  revision: number;
  kind: string;
  valueDate: IsoDate;
  /** Business instant of the step that booked it. */
  bookedAtMs: number;
  lines: JournalLine[];
  /** Goes on after this entry. */
  cursor: string;
}

export interface EntriesQuery extends AccountRef {
  /** First value date. */
  from?: IsoDate | undefined;
  /** Last value date. */
  to?: IsoDate | undefined;
  /** Cursor of the last entry of the page before. */
  after?: string | undefined;
  limit: number;
}

export interface EntriesPage {
  /** Balances before the first entry of the page, by ledger account. */
  opening: Partial<Record<LedgerAccount, Fen>>;
  entries: BookedEntry[];
}

/**
 * One page. Entries of one value date are in the order in which they were booked. The caller reads in a snapshot, so
 * that opening and entries fit. Throws `RangeError` for a cursor that is not one.
 */
export async function readEntriesPage(reader: Reader, query: EntriesQuery): Promise<EntriesPage> {
  const { tenantId, accountId, from, to, after, limit } = query;
  // Without a cursor the page begins before every entry of its first date.
  const [date, entryId] = after === undefined ? [from ?? null, 0] : positionOf(after);
  const { rows: balances } = await reader.query<{ ledgerAccount: LedgerAccount; amountFen: Fen }>(
    `select ledger_account as "ledgerAccount", sum(amount_fen)::bigint as "amountFen"
     from journal_entry entry join posting using (tenant_id, account_id, entry_id)
     where entry.tenant_id = $1 and entry.account_id = $2 and (value_date, entry.entry_id) <= ($3::date, $4::bigint)
     group by ledger_account`,
    [tenantId, accountId, date, entryId],
  );
  const { rows } = await reader.query<Omit<BookedEntry, 'cursor'>>(
    `select entry_id as "entryId", business_key as "businessKey", revision, kind, value_date as "valueDate",
       booked_at_ms as "bookedAtMs", (
         select coalesce(jsonb_agg(jsonb_build_object('account', ledger_account, 'amountFen', amount_fen)
             order by line_no), '[]') from posting
          where posting.tenant_id = entry.tenant_id and posting.account_id = entry.account_id
            and posting.entry_id = entry.entry_id) as lines
     from journal_entry entry
     where tenant_id = $1 and account_id = $2
       and ($3::date is null or (value_date, entry_id) > ($3::date, $4::bigint))
       and ($5::date is null or value_date <= $5)
     order by value_date, entry_id limit $6`,
    [tenantId, accountId, date, entryId, to ?? null, limit],
  );
  return {
    opening: Object.fromEntries(balances.map(({ ledgerAccount, amountFen }) => [ledgerAccount, amountFen])),
    entries: rows.map((row) => ({ ...row, cursor: cursorOf(row.valueDate, row.entryId) })),
  };
}

function cursorOf(valueDate: IsoDate, entryId: number): string {
  return Buffer.from(JSON.stringify([valueDate, entryId])).toString('base64url');
}

function positionOf(cursor: string): [IsoDate, number] {
  let position: unknown;
  try {
    position = JSON.parse(Buffer.from(cursor, 'base64url').toString());
  } catch {
    position = undefined;
  }
  const [valueDate, entryId] = Array.isArray(position) ? position : [];
  if (!isDate(valueDate) || !Number.isSafeInteger(entryId)) {
    throw new RangeError('the cursor is not one of these entries: pass the cursor of the last entry, unchanged');
  }
  return [valueDate, entryId];
}

/** A real date of four digits for the year, as the cursor was given it. */
function isDate(value: unknown): value is IsoDate {
  if (typeof value !== 'string' || !/^[1-9]\d{3}-\d{2}-\d{2}$/.test(value)) return false;
  const atMs = Date.parse(value);
  return !Number.isNaN(atMs) && new Date(atMs).toISOString().startsWith(value);
}
