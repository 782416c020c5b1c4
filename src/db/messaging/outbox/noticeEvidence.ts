/** What became of notices, as records: read from their rows at the end of the transaction that changed them. */
import { contentHash, textHash } from '../../contentHash';
import { appendEvidence, type EvidenceInput } from '../../evidence/evidenceRecords';
import { type Client, type Reader, together } from '../../transaction';

export interface NoticeOnRecord {
  noticeId: string;
  kind: string;
  status: string;
  cancelReason: string | null;
  /** Null of a notice from before there were wordings: its kind. */
  wording: string | null;
  templateVersion: number | null;
  text: string | null;
}

export interface AttemptOnRecord {
  noticeId: string;
  attempt: number;
  provider: string;
  status: string;
  failure: string | null;
  code: string | null;
  figures: unknown;
  attemptedAtMs: number;
}

export interface NoticeRecord {
  noticeId: string;
  body: Record<string, unknown>;
}

export interface NoticesOnRecord {
  notices: NoticeOnRecord[];
  attempts: AttemptOnRecord[];
  /** In the order of the chain. */
  records: NoticeRecord[];
}

/**
 * Appends what the chain does not say yet of these notices: each attempt with the hash of its text, each outcome of an
 * attempt, and that a notice was cancelled. Called last in the transaction that changed them; done again it adds
 * nothing. A transaction that changes no notice (`noticeIds` empty) does not touch the chain.
 */
export async function appendNoticeEvidence(
  client: Client,
  { tenantId, noticeIds, atMs }: { tenantId: string; noticeIds: readonly string[]; atMs: number },
): Promise<void> {
  if (noticeIds.length === 0) return;
  const found = await readNoticesOnRecord(client, { tenantId, noticeIds });
  const records = found.notices.flatMap((notice) => missingRecords(notice, found, atMs));
  await appendEvidence(client, { tenantId, records });
}

export async function readNoticesOnRecord(
  reader: Reader,
  { tenantId, noticeIds }: { tenantId: string; noticeIds: readonly string[] },
): Promise<NoticesOnRecord> {
  const values = () => [tenantId, [...noticeIds]];
  const [notices, attempts, records] = await together([
    reader.query<NoticeOnRecord>(
      `select notice_id as "noticeId", kind, status, cancel_reason as "cancelReason",
         wording, template_version as "templateVersion", text
       from notice where tenant_id = $1 and notice_id = any($2::uuid[]) order by notice_id`,
      values(),
    ),
    reader.query<AttemptOnRecord>(
      `select notice_id as "noticeId", attempt, provider, status, failure, code, figures,
         attempted_at_ms as "attemptedAtMs"
       from notice_attempt where tenant_id = $1 and notice_id = any($2::uuid[]) order by notice_id, attempt`,
      values(),
    ),
    reader.query<NoticeRecord>(
      `select subject_id as "noticeId", body from evidence_record
        where tenant_id = $1 and subject_kind = 'notice' and subject_id = any($2::text[]) order by sequence`,
      values(),
    ),
  ]);
  return { notices: notices.rows, attempts: attempts.rows, records: records.rows };
}

function missingRecords(notice: NoticeOnRecord, found: NoticesOnRecord, atMs: number): EvidenceInput[] {
  const { noticeId } = notice;
  const records = found.records.filter((record) => record.noticeId === noticeId);
  const attempts = found.attempts.filter((attempt) => attempt.noticeId === noticeId);
  const about = { subjectKind: 'notice', subjectId: noticeId } as const;
  const missing: EvidenceInput[] = [];
  for (const attempt of attempts) {
    if (!decisionOf(records, attempt.attempt)) {
      // Only the latest attempt's text is in the row.
      const body = attemptBody(notice, attempt, attempt === attempts.at(-1));
      missing.push({ kind: 'notice-decision', ...about, body, atMs: attempt.attemptedAtMs });
    }
    const { attempt: number, status, failure, code } = attempt;
    if (status !== (noticeOutcomeOf(records, number) ?? 'attempted')) {
      missing.push({
        kind: 'notice-outcome',
        ...about,
        body: { attempt: number, outcome: status, failure, code },
        atMs,
      });
    }
  }
  if (notice.status === 'cancelled' && !cancellationOf(records)) {
    const body = { decision: 'cancelled', reason: notice.cancelReason };
    missing.push({ kind: 'notice-decision', ...about, body, atMs });
  }
  return missing;
}

function attemptBody(notice: NoticeOnRecord, { attempt, provider, figures }: AttemptOnRecord, isLatest: boolean) {
  const { kind, wording, templateVersion, text } = notice;
  const named = wording === null ? { templateVersion } : { wording, templateVersion };
  const said = isLatest && text !== null ? { ...named, textHash: textHash(text) } : {};
  return { decision: 'attempt', attempt, noticeKind: kind, provider, figuresHash: contentHash(figures), ...said };
}

/** The record of an attempt. */
export function decisionOf(records: readonly NoticeRecord[], attempt: number): Record<string, unknown> | undefined {
  return records.find(({ body }) => body.decision === 'attempt' && body.attempt === attempt)?.body;
}

/** What the chain said last of an attempt; undefined: nothing but that it was made. */
export function noticeOutcomeOf(records: readonly NoticeRecord[], attempt: number): unknown {
  return records.findLast(({ body }) => body.outcome !== undefined && body.attempt === attempt)?.body.outcome;
}

export function cancellationOf(records: readonly NoticeRecord[]): Record<string, unknown> | undefined {
  return records.find(({ body }) => body.decision === 'cancelled')?.body;
}
