/** Everything that is on record of an account, in the order of time: what an operator reads. */
import { isStorableText } from '../faults';
import type { Reader } from '../transaction';
import type { AccountRef } from './accounts';

export const TIMELINE_SOURCES = [
  'fact',
  'remark',
  'refusal',
  'set-aside',
  'statement',
  'entry',
  'warning',
  'notice',
  'mandate',
  'word',
  'debit',
] as const;
type TimelineSource = (typeof TIMELINE_SOURCES)[number];

export interface TimelineItem {
  /** Business instant: of arrival, issue, booking, raising; of a notice or debit its attempt or end, else its time. */
  atMs: number;
  source: TimelineSource;
  kind: string;
  key: string;
  body: Record<string, unknown>;
  /** Goes on after this item. */
  cursor: string;
}

export interface TimelineQuery extends AccountRef {
  /** Of the last item of the page before. */
  after?: string | undefined;
  limit: number;
}

const LAST_RANK = 9;
/** Whose act it was; nothing where that is not on record. */
const BY = `jsonb_strip_nulls(jsonb_build_object('principal', principal))`;

/** Of one instant, causes come before what follows from them. */
const ITEMS = `
  select arrived_at_ms as at_ms, 1 as rank, 'fact' as source, kind, business_key as key, body || ${BY} as body
    from account_fact where tenant_id = $1 and account_id = $2
  union all
  select at_ms, 2, 'remark', kind, business_key, jsonb_build_object('reasonCodes', reason_codes)
    from arrival_remark where tenant_id = $1 and account_id = $2
  union all
  select at_ms, 2, 'refusal', kind, business_key || '/' || left(content_hash, 8),
    jsonb_build_object('reasonCodes', reason_codes, 'arrival', body) || ${BY}
    from refused_arrival where tenant_id = $1 and account_id = $2
  union all
  select at_ms, 2, 'set-aside', kind, business_key || '/' || lpad(aside_id::text, 19, '0'),
    jsonb_build_object('asideId', aside_id, 'fault', fault, 'state', state, 'settledAtMs', settled_at_ms)
    from set_aside_arrival where tenant_id = $1 and account_id = $2
  union all
  select issued_at_ms, 3, 'statement', 'statement', lpad(number::text, 6, '0'),
    jsonb_build_object('number', number, 'billDate', bill_date, 'dueDate', due_date, 'totalFen', total_fen,
      'minimumPaymentFen', minimum_payment_fen, 'principalFen', principal_fen, 'interestFen', interest_fen,
      'penaltyFen', penalty_fen, 'feeFen', fee_fen)
    from statement where tenant_id = $1 and account_id = $2
  union all
  select booked_at_ms, 4, 'entry', kind, lpad(entry_id::text, 19, '0'),
    jsonb_build_object('businessKey', business_key, 'revision', revision, 'valueDate', value_date, 'lines', (
      select jsonb_agg(jsonb_build_object('account', ledger_account, 'amountFen', amount_fen) order by line_no)
        from posting where posting.tenant_id = entry.tenant_id and posting.account_id = entry.account_id
         and posting.entry_id = entry.entry_id))
    from journal_entry entry where tenant_id = $1 and account_id = $2
  union all
  select raised_at_ms, 5, 'warning', rule, episode_key, jsonb_build_object('reason', reason)
    from warning where tenant_id = $1 and account_id = $2
  union all
  select coalesce(attempted_at_ms, outcome_at_ms, send_after_at_ms), 6, 'notice', kind, dedupe_key,
    jsonb_build_object('noticeId', notice_id, 'status', status, 'cancelReason', cancel_reason,
      'wording', wording, 'templateVersion', template_version, 'text', text, 'sendAfterMs', send_after_at_ms,
      'attemptedAtMs', attempted_at_ms, 'outcomeAtMs', outcome_at_ms, 'providerError', provider_error)
    from notice where tenant_id = $1 and account_id = $2
  union all
  select at_ms, 1, 'word', kind, subject || '/' || lpad(word_id::text, 19, '0'),
    jsonb_strip_nulls(jsonb_build_object('subject', subject, 'saidBy', said_by, 'reason', reason)) || ${BY}
    from account_word where tenant_id = $1 and account_id = $2
  union all
  select at_ms, 7, 'mandate', case when mandate_id is null then 'ended' else 'given' end, change_id,
    jsonb_build_object('mandateId', mandate_id, 'agreedOn', agreed_on, 'decidedBy', decided_by,
      'reasonCode', reason_code) || ${BY}
    from mandate_change where tenant_id = $1 and account_id = $2
  union all
  select coalesce(attempted_at_ms, outcome_at_ms, due_at_ms), 8, 'debit', status, reference,
    jsonb_build_object('obligationKey', obligation_key, 'attempt', attempt, 'dueAtMs', due_at_ms,
      'mandateId', mandate_id, 'amountFen', amount_fen, 'attemptedAtMs', attempted_at_ms, 'outcomeAtMs', outcome_at_ms,
      'railId', rail_id, 'settledOn', settled_on, 'refusalClass', refusal_class, 'reasonCode', reason_code,
      'detail', detail, 'toldAtMs', told_at_ms)
    from planned_debit where tenant_id = $1 and account_id = $2`;

/** One page of an account's timeline, oldest first. Throws `RangeError` for a cursor that is not one. */
export async function readTimeline(reader: Reader, query: TimelineQuery): Promise<TimelineItem[]> {
  const [afterMs, afterRank, afterKey] = query.after === undefined ? [null, null, null] : positionOf(query.after);
  const { rows } = await reader.query<Omit<TimelineItem, 'cursor'> & { rank: number }>(
    `select at_ms as "atMs", rank, source, kind, key, body from (${ITEMS}) item
      where $3::bigint is null or (at_ms, rank, key) > ($3, $4::int, $5::text)
      order by at_ms, rank, key limit $6`,
    [query.tenantId, query.accountId, afterMs, afterRank, afterKey, query.limit],
  );
  return rows.map(({ rank, ...item }) => ({ ...item, cursor: cursorOf(item.atMs, rank, item.key) }));
}

function cursorOf(atMs: number, rank: number, key: string): string {
  return Buffer.from(JSON.stringify([atMs, rank, key])).toString('base64url');
}

function positionOf(cursor: string): [number, number, string] {
  let position: unknown;
  try {
    position = JSON.parse(Buffer.from(cursor, 'base64url').toString());
  } catch {
    position = undefined;
  }
  const [atMs, rank, key] = Array.isArray(position) ? position : [];
  const isRank = Number.isInteger(rank) && rank >= 0 && rank <= LAST_RANK;
  // No key of ours has what the database cannot read.
  if (!Number.isSafeInteger(atMs) || !isRank || typeof key !== 'string' || !isStorableText(key)) {
    throw new RangeError('the cursor is not one of this timeline: pass the cursor of the last item, unchanged');
  }
  return [atMs, rank, key];
}
