/** What binds notices to borrowers now: profile, choices, holds, and what was sent to the person so far. */

import type { HoldKind } from '../../../domain/messaging/contact/contactRules';
import { BUDGET_SPAN_MS } from '../../../domain/messaging/contact/contactStatus';
import { KINDS_ABOUT_BORROWER } from '../../../domain/messaging/outbox/noticeKinds';
import { NOTICES_NOT_TAKEN } from '../../../domain/messaging/outbox/noticeStatuses';
import { sqlWords } from '../../sqlWords';
import type { Reader } from '../../transaction';

export interface ContactStatus {
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
export interface ContactStatusQuery {
  borrowerId: string;
  accountId: string;
}

/**
 * Everything that binds notices to these borrowers about these accounts now, in their order. One statement; what counts is
 * said by `domain/contactStatus.ts`.
 */
export async function readContactStatuses(
  reader: Reader,
  { tenantId, about, asOfMs }: { tenantId: string; about: readonly ContactStatusQuery[]; asOfMs: number },
): Promise<ContactStatus[]> {
  const { rows } = await reader.query<ContactStatus>(
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
      tenantId,
      about.map(({ borrowerId }) => borrowerId),
      about.map(({ accountId }) => accountId),
      asOfMs,
      asOfMs - BUDGET_SPAN_MS,
    ],
  );
  return rows.map((row) => ({
    ...row,
    sentAtMs: row.sentAtMs.map(Number),
    accountSentAtMs: row.accountSentAtMs.map(Number),
  }));
}
