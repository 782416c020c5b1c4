/** How a borrower may be contacted: profile, choices, holds, and what was sent to the person so far. */
import type { HoldKind } from '../../domain/contactRules';
import { KINDS_ABOUT_BORROWER } from '../../domain/noticeKinds';
import { NOTICES_NOT_TAKEN } from '../../domain/noticeStatuses';
import { DAY_MS, WEEK_MS } from '../../domain/timeUnits';
import { sqlWords } from '../sqlWords';
import type { Client, Reader } from '../transaction';
import type { BorrowerRef } from './borrowers';
import { macAfter, proveRow, signRow } from './signedRows';

export interface ContactStanding {
  utcOffsetMinutes: number | null;
  region: string | null;
  segment: string | null;
  /** Keyed fingerprint of a number that takes no messages. */
  unreachable: string | null;
  hasOptedOut: boolean;
  holds: HoldKind[];
  /** Notices of priority 1 and up that may have reached the borrower in the last seven days: by text, e-mail or push. */
  sentAtMs: number[];
  /** The same about this account, statutory ones as well, whatever channel they took. */
  accountSentAtMs: number[];
}

/** A borrower about one account. */
export interface ContactQuestion {
  borrowerId: string;
  accountId: string;
}

/** Everything that binds notices to these borrowers about these accounts now, in their order. One statement. */
export async function readContactStandings(
  reader: Reader,
  { tenantId, about, asOfMs }: { tenantId: string; about: readonly ContactQuestion[]; asOfMs: number },
): Promise<ContactStanding[]> {
  const { rows } = await reader.query<ContactStanding>(
    `select utc_offset_minutes as "utcOffsetMinutes", profile.region, segment, unreachable,
       not coalesce((select wants_courtesy from contact_choice choice
         where choice.tenant_id = $1 and choice.borrower_id = asked.borrower_id
         order by at_ms desc, choice_key desc limit 1), true) as "hasOptedOut",
       array(
         select kind from contact_hold hold
          where hold.tenant_id = $1 and hold.borrower_id = asked.borrower_id and lifted_at_ms is null
            and placed_at_ms <= $4 and coalesce(until_at_ms > $4, true)
            and (hold.account_id is null or hold.account_id = asked.account_id)
         union
         select kind from contact_hold hold
          where hold.tenant_id = $1 and hold.region is not null and lifted_at_ms is null and placed_at_ms <= $4
            and coalesce(until_at_ms > $4, true) and starts_with(profile.region, hold.region)
       ) as holds,
       array(select attempted_at_ms from notice where notice.tenant_id = $1 and notice.borrower_id = asked.borrower_id
         and attempted_at_ms > $5 and status not in (${sqlWords(NOTICES_NOT_TAKEN)}) and priority > 0
         and (coalesce(provider, '') <> 'inbox' or exists (select from push_nudge nudge where nudge.tenant_id = $1
           and nudge.notice_id = notice.notice_id and nudge.status <> 'refused'))) as "sentAtMs",
       array(select attempted_at_ms from notice where notice.tenant_id = $1 and notice.borrower_id = asked.borrower_id
         and notice.account_id = asked.account_id and attempted_at_ms > $5 and kind not in (${sqlWords(KINDS_ABOUT_BORROWER)})
         and status not in (${sqlWords(NOTICES_NOT_TAKEN)})) as "accountSentAtMs"
     from unnest($2::text[], $3::text[]) with ordinality as asked (borrower_id, account_id, place)
     left join contact_profile profile on profile.tenant_id = $1 and profile.borrower_id = asked.borrower_id
     order by place`,
    [
      ...[tenantId, about.map(({ borrowerId }) => borrowerId), about.map(({ accountId }) => accountId)],
      ...[asOfMs, asOfMs - WEEK_MS],
    ],
  );
  return rows.map((row) => ({
    ...{ ...row, sentAtMs: row.sentAtMs.map(Number), accountSentAtMs: row.accountSentAtMs.map(Number) },
  }));
}

/** Notices of higher priority, statutory ones left out, that are planned for each borrower up to an instant. */
export async function countMoreImportant(
  reader: Reader,
  input: { tenantId: string; fromMs: number; asked: readonly { borrowerId: string; priority: number; toMs: number }[] },
): Promise<number[]> {
  const { tenantId, fromMs, asked } = input;
  if (asked.length === 0) return [];
  const { rows } = await reader.query<{ count: number }>(
    `select (select count(*) from notice where notice.tenant_id = $1 and notice.borrower_id = asked.borrower_id
         and status = 'planned' and notice.priority > 0 and notice.priority < asked.priority
         and send_after_at_ms > $2 and send_after_at_ms < asked.to_ms) as count
       from unnest($3::text[], $4::int[], $5::bigint[]) with ordinality as asked (borrower_id, priority, to_ms, place)
      order by place`,
    [
      ...[tenantId, fromMs, asked.map(({ borrowerId }) => borrowerId)],
      ...[asked.map(({ priority }) => priority), asked.map(({ toMs }) => toMs)],
    ],
  );
  return rows.map(({ count }) => count);
}

/** Sets what is given and leaves the rest. */
export async function saveContactProfile(
  client: Client,
  input: BorrowerRef & {
    utcOffsetMinutes?: number | undefined;
    region?: string | undefined;
    segment?: string | undefined;
  },
): Promise<void> {
  const { tenantId, borrowerId, utcOffsetMinutes, region, segment } = input;
  await client.query(
    `insert into contact_profile (tenant_id, borrower_id, utc_offset_minutes, region, segment)
     values ($1, $2, $3, $4, $5)
     on conflict (tenant_id, borrower_id) do update set
       utc_offset_minutes = coalesce(excluded.utc_offset_minutes, contact_profile.utc_offset_minutes),
       region = coalesce(excluded.region, contact_profile.region),
       segment = coalesce(excluded.segment, contact_profile.segment)`,
    [tenantId, borrowerId, utcOffsetMinutes ?? null, region ?? null, segment ?? null],
  );
}

/** A provider said that the number takes no messages. */
export async function markUnreachable(
  client: Client,
  { tenantId, borrowerId, recipient }: BorrowerRef & { recipient: string },
): Promise<void> {
  await client.query(
    `insert into contact_profile (tenant_id, borrower_id, unreachable) values ($1, $2, $3)
     on conflict (tenant_id, borrower_id) do update set unreachable = excluded.unreachable`,
    [tenantId, borrowerId, recipient],
  );
}

export const CHOICE_SOURCES = ['reply', 'borrower', 'staff'] as const;

export interface ContactChoice extends BorrowerRef {
  choiceKey: string;
  wantsCourtesy: boolean;
  source: (typeof CHOICE_SOURCES)[number];
  atMs: number;
}

/** Keeps a choice once by its key. Whether it is new. */
export async function recordContactChoice(client: Client, choice: ContactChoice): Promise<boolean> {
  const { tenantId, borrowerId, choiceKey, wantsCourtesy, source, atMs } = choice;
  const { rowCount } = await client.query(
    `insert into contact_choice (tenant_id, borrower_id, choice_key, wants_courtesy, source, at_ms)
     values ($1, $2, $3, $4, $5, $6) on conflict do nothing`,
    [tenantId, borrowerId, choiceKey, wantsCourtesy, source, atMs],
  );
  return rowCount === 1;
}

/**
 * A text came back from a number: everybody whom a notice went to at that number in the last 90 days has chosen. Returns
 * how many people that were.
 */
export async function recordReply(
  client: Client,
  input: { tenantId: string; recipient: string; messageKey: string; wantsCourtesy: boolean; atMs: number },
): Promise<number> {
  const { tenantId, recipient, messageKey, wantsCourtesy, atMs } = input;
  const { rowCount } = await client.query(
    `insert into contact_choice (tenant_id, borrower_id, choice_key, wants_courtesy, source, at_ms)
     select distinct $1, borrower_id, 'reply/' || $3, $4::boolean, 'reply', $5::bigint
       from notice_attempt attempt join notice using (tenant_id, notice_id)
      where attempt.tenant_id = $1 and attempt.recipient = $2 and attempt.attempted_at_ms > $5::bigint - ${90 * DAY_MS}
     on conflict do nothing`,
    [tenantId, recipient, messageKey, wantsCourtesy, atMs],
  );
  return rowCount ?? 0;
}

export interface ContactHold {
  tenantId: string;
  holdId: string;
  kind: HoldKind;
  borrowerId: string | null;
  region: string | null;
  accountId: string | null;
  placedBy: string;
  placedAtMs: number;
  untilAtMs: number | null;
  liftedBy: string | null;
  liftedAtMs: number | null;
}

const HOLD_COLUMNS = `tenant_id as "tenantId", hold_id as "holdId", kind, borrower_id as "borrowerId", region,
  account_id as "accountId", placed_by as "placedBy", placed_at_ms as "placedAtMs", until_at_ms as "untilAtMs",
  lifted_by as "liftedBy", lifted_at_ms as "liftedAtMs"`;

/** Places a hold once by its id. `conflict`: the id is known with another content, which stands. */
export async function placeHold(
  client: Client,
  hold: Omit<ContactHold, 'liftedBy' | 'liftedAtMs'> & { principal?: string | undefined },
): Promise<'placed' | 'repeated' | 'conflict'> {
  const { tenantId, holdId, kind, borrowerId, region, accountId, placedBy, placedAtMs, untilAtMs } = hold;
  const { rowCount } = await client.query(
    `insert into contact_hold (tenant_id, hold_id, kind, borrower_id, region, account_id, placed_by, placed_at_ms,
       until_at_ms, placed_principal) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) on conflict do nothing`,
    [
      ...[tenantId, holdId, kind, borrowerId, region, accountId, placedBy, placedAtMs, untilAtMs],
      hold.principal ?? null,
    ],
  );
  if (rowCount === 1) {
    await signRow(client, 'contact_hold', [tenantId, holdId]);
    return 'placed';
  }
  return (await compareHold(client, hold)) === 'repeated' ? 'repeated' : 'conflict';
}

/** The hold of that id beside one that is told: the same, another, or none. */
export async function compareHold(
  client: Client,
  hold: Omit<ContactHold, 'liftedBy' | 'liftedAtMs'>,
): Promise<'repeated' | 'conflict' | 'unknown'> {
  const { tenantId, holdId, kind, borrowerId, region, accountId, placedBy, untilAtMs } = hold;
  const { rows } = await client.query<{ isSame: boolean }>(
    `select (kind, borrower_id, region, account_id, placed_by, until_at_ms)
       is not distinct from ($3, $4, $5, $6, $7, $8::bigint) as "isSame"
       from contact_hold where tenant_id = $1 and hold_id = $2`,
    [tenantId, holdId, kind, borrowerId, region, accountId, placedBy, untilAtMs],
  );
  const [known] = rows;
  if (!known) return 'unknown';
  return known.isSame ? 'repeated' : 'conflict';
}

export interface HoldLift {
  tenantId: string;
  holdId: string;
  liftedBy: string;
  /** Whose act it is; `liftedBy` is the name that was said. */
  principal?: string | undefined;
  atMs: number;
}

/** Lifts a hold. False when there is none in force of that id. */
export async function liftHold(
  client: Client,
  { tenantId, holdId, liftedBy, principal, atMs }: HoldLift,
): Promise<boolean> {
  const key = [tenantId, holdId];
  await proveRow(client, 'contact_hold', key);
  // Signed by the lift itself: what is lifted never changes again.
  const lifted = { lifted_by: liftedBy, lifted_at_ms: atMs, lifted_principal: principal ?? null };
  const mac = await macAfter(client, 'contact_hold', key, lifted);
  const { rowCount } = await client.query(
    `update contact_hold set lifted_by = $3, lifted_at_ms = $4, lifted_principal = $5, mac = $6
      where tenant_id = $1 and hold_id = $2 and lifted_at_ms is null`,
    [...key, liftedBy, atMs, principal ?? null, mac],
  );
  return rowCount === 1;
}

/** Holds of a borrower, ended ones as well, in the order of their placing. */
export async function listHolds(reader: Reader, { tenantId, borrowerId }: BorrowerRef): Promise<ContactHold[]> {
  const { rows } = await reader.query<ContactHold>(
    `select ${HOLD_COLUMNS} from contact_hold where tenant_id = $1 and borrower_id = $2
      order by placed_at_ms, hold_id`,
    [tenantId, borrowerId],
  );
  return rows;
}
