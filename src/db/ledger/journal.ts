/**
 * The books of an account, brought to what its life says they must hold. Nothing booked is changed: a difference is
 * booked as the next revision of its business key.
 */
import { hash } from 'node:crypto';
import { type BookedKey, type Booking, contentOf, correctionOf } from '../../domain/ledger/correction';
import type { JournalEntry } from '../../domain/ledger/journal';
import type { IsoDate } from '../../domain/values/calendar';
import { type AccountRef, onChain } from '../credit/accounts';
import { type AccountChain, entryContent, type Link } from '../evidence/accountChain';
import { type Client, together } from '../transaction';

export { readBalances, readTrialBalance, readUnbalancedEntries } from './trialBalance';

/** A key whose derived content is not what is booked; nulls: it is not booked yet. */
interface Difference {
  businessKey: string;
  revision: number | null;
  kind: string | null;
  valueDate: IsoDate | null;
  /** What all revisions together book; null when that is nothing. */
  sums: BookedKey['sums'] | null;
}

interface HashedBooking extends Booking {
  contentHash: string;
}

interface SignedBooking extends HashedBooking {
  link: Link;
}

export interface AccountEntries extends AccountRef {
  entries: readonly JournalEntry[];
  /** Entries dated up to here are booked as they are, and not looked at. Absent: all are. */
  since?: IsoDate | undefined;
  bookedAtMs: number;
  /** Of the account that the caller holds, who keeps it; absent: the account is held here. */
  chain?: AccountChain | undefined;
  /** Sent with the entries, when the chain knows them. */
  alongside?: (() => Promise<void>) | undefined;
}

/** Content hash of a key that books nothing: reversed, or never booked. */
const VOID = 'void';

/**
 * Books the difference between the derived entries, which are all of the account's life, or all that are dated after
 * `since`, and what is booked: a new key
 * as it is, a changed one by the lines that differ, one that is derived no more by its reversal. Returns how many
 * entries were booked; 0 when the books were right. Two round trips, one when there is nothing to do. The caller holds
 * the account's lock.
 */
export async function bookEntries(client: Client, books: AccountEntries): Promise<number> {
  return onChain(client, books, (chain) => bookOn(client, chain, books));
}

async function bookOn(
  client: Client,
  chain: AccountChain,
  { tenantId, accountId, entries, since, bookedAtMs, alongside }: AccountEntries,
): Promise<number> {
  const derived = new Map(entries.map((entry) => [entry.key, { entry, hash: hashOf(entry) }]));
  if (derived.size !== entries.length) {
    throw new Error(`account ${accountId} derives two journal entries of one key: each key is one entry`);
  }
  const differences = await readDifferences(client, { tenantId, accountId }, derived, since);
  const byKey = new Map(differences.map((difference) => [difference.businessKey, difference]));
  const vanished = differences.filter(({ businessKey }) => !derived.has(businessKey));
  const bookings = [
    ...vanished.flatMap((difference) => bookingsOf(difference, undefined)),
    // In the order of the life, so that entry ids tell it.
    ...[...derived].flatMap(([key, to]) => {
      const difference = byKey.get(key);
      return difference ? bookingsOf(difference, to) : [];
    }),
  ];
  const signed = bookings.map((booking) => signedOn(chain, { tenantId, accountId, bookedAtMs }, booking));
  await together([
    signed.length > 0 ? insertBookings(client, { tenantId, accountId, bookedAtMs }, signed) : undefined,
    alongside?.(),
  ]);
  return signed.length;
}

/** Taken at once: an entry that is not booked ends the transaction. */
function signedOn(chain: AccountChain, of: AccountRef & { bookedAtMs: number }, booking: HashedBooking): SignedBooking {
  const lines = booking.lines.map(({ account, amountFen }) => [account, amountFen] as const);
  const link = chain.next('entry', entryContent({ ...of, ...booking, lines }));
  chain.take(link);
  return { ...booking, link };
}

/** Of one line in a fixed order, and not `contentHash`: a step hashes every entry of the life. */
function hashOf(entry: JournalEntry): string {
  const content = contentOf(entry);
  return content === undefined ? VOID : hash('sha256', content);
}

function bookingsOf(from: Difference, to: { entry: JournalEntry; hash: string } | undefined): HashedBooking[] {
  const { businessKey, revision, kind, valueDate, sums } = from;
  const booked =
    revision !== null && kind !== null && valueDate !== null
      ? { businessKey, revision, kind, valueDate, sums: sums ?? {} }
      : undefined;
  return correctionOf(booked, to?.entry).map((booking) => ({
    ...booking,
    contentHash: booking.isReversal ? VOID : (to?.hash ?? VOID),
  }));
}

/**
 * Which keys differ is `correctionsOf` of the domain; here the database compares hashes, so that a step reads no journal.
 * Sums lines only for the keys that differ: on most steps of a long life that is none. Two reads of their own instead of
 * one condition with `or`, for which a prepared plan would read every entry of the account.
 */
async function readDifferences(
  client: Client,
  { tenantId, accountId }: AccountRef,
  derived: ReadonlyMap<string, { hash: string }>,
  since: IsoDate | undefined,
): Promise<Difference[]> {
  const { rows } = await client.query<Difference>(
    `with derived as (
       select * from unnest($3::text[], $4::text[]) as derived (business_key, content_hash)
     ), booked as (
       select distinct on (business_key) business_key, revision, content_hash, kind, value_date from (
         select business_key, revision, content_hash, kind, value_date from journal_entry
          where tenant_id = $1 and account_id = $2 and value_date > coalesce($6::date, '-infinity')
         union all
         -- What is derived may be dated before: a purchase that came late.
         select latest.* from derived cross join lateral (
           select business_key, revision, content_hash, kind, value_date from journal_entry entry
            where tenant_id = $1 and account_id = $2 and entry.business_key = derived.business_key
            order by revision desc limit 1
         ) as latest
       ) as entry order by business_key, revision desc
     )
     select business_key as "businessKey", booked.revision, booked.kind, booked.value_date as "valueDate",
       case when booked.content_hash <> $5 then (
         select jsonb_object_agg(ledger_account, sum_fen) from (
           select ledger_account, sum(amount_fen) as sum_fen
             from journal_entry entry join posting using (tenant_id, account_id, entry_id)
            where entry.tenant_id = $1 and entry.account_id = $2 and entry.business_key = booked.business_key
            group by ledger_account having sum(amount_fen) <> 0
         ) as line
       ) end as sums
     from derived full join booked using (business_key)
     where coalesce(derived.content_hash, $5) <> coalesce(booked.content_hash, $5)
     order by business_key`,
    [tenantId, accountId, [...derived.keys()], [...derived.values()].map(({ hash }) => hash), VOID, since ?? null],
  );
  return rows;
}

/** Entries and their postings in one statement; the database itself checks at commit that each entry balances. */
async function insertBookings(
  client: Client,
  { tenantId, accountId, bookedAtMs }: AccountRef & { bookedAtMs: number },
  bookings: readonly SignedBooking[],
): Promise<void> {
  const lines = bookings.flatMap((booking) =>
    booking.lines.map((line, index) => ({ ...booking, ...line, lineNo: index + 1 })),
  );
  await client.query(
    `with entry as (
       insert into journal_entry (tenant_id, account_id, business_key, revision, kind, value_date, content_hash,
         booked_at_ms, chain_no, mac)
       select $1, $2, business_key, revision, kind, value_date, content_hash, $3, chain_no, mac
         from unnest($4::text[], $5::int[], $6::text[], $7::date[], $8::text[], $14::bigint[], $15::text[])
           as booking (business_key, revision, kind, value_date, content_hash, chain_no, mac)
        order by chain_no
       returning entry_id, business_key, revision
     )
     insert into posting (tenant_id, account_id, entry_id, line_no, ledger_account, amount_fen)
     select $1, $2, entry_id, line_no, ledger_account, amount_fen
       from unnest($9::text[], $10::int[], $11::int[], $12::text[], $13::bigint[])
         as line (business_key, revision, line_no, ledger_account, amount_fen)
       join entry using (business_key, revision)`,
    [
      tenantId,
      accountId,
      bookedAtMs,
      bookings.map((booking) => booking.businessKey),
      bookings.map((booking) => booking.revision),
      bookings.map((booking) => booking.kind),
      bookings.map((booking) => booking.valueDate),
      bookings.map((booking) => booking.contentHash),
      lines.map((line) => line.businessKey),
      lines.map((line) => line.revision),
      lines.map((line) => line.lineNo),
      lines.map((line) => line.account),
      lines.map((line) => line.amountFen),
      bookings.map(({ link }) => link.no),
      bookings.map(({ link }) => link.mac),
    ],
  );
}
