/** The chain compared with the tables it speaks of: rows that were changed, are gone, or have no record. */
import { contentHash, textHash } from '../../db/contentHash';
import type { EvidenceRow } from '../../db/evidence/evidenceRecords';
import { attemptedNoticeIds, decisionsWithoutRecord, writeOffsWithoutRecord } from '../../db/evidence/evidenceRows';
import {
  type AttemptOnRecord,
  cancellationOf,
  decisionOf,
  type NoticeOnRecord,
  type NoticeRecord,
  noticeOutcomeOf,
  readNoticesOnRecord,
} from '../../db/messaging/outbox/noticeEvidence';
import type { Reader } from '../../db/transaction';
import { rowContentsOf } from './auditContents';
import { type AuditFinding, changed, inserted, removed } from './auditFindings';

const BATCH = 500;
const FIRST_ID = '00000000-0000-0000-0000-000000000000';
const NOTICE_ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

type Of = { tenantId: string };

/** Rows of which a batch of records speaks. Notices are compared once each, in `auditNotices`; here, that they exist. */
export async function auditRowsOf(reader: Reader, of: Of, batch: readonly EvidenceRow[]): Promise<AuditFinding[]> {
  return [...(await lostNotices(reader, of, batch)), ...(await decidedRows(reader, of, batch))];
}

/** Decisions and write-offs of which no record speaks. */
export async function auditUnrecorded(reader: Reader, of: Of): Promise<AuditFinding[]> {
  const detail = 'it is in the tables, and no record speaks of it';
  const decided = await decisionsWithoutRecord(reader, of);
  const writtenOff = await writeOffsWithoutRecord(reader, of);
  return [
    ...decided.map((id) => inserted(`decision ${id}`, detail)),
    ...writtenOff.map((id) => inserted(`write-off of account ${id}`, detail)),
  ];
}

/** Each attempted or recorded notice beside its records, page by page. */
export async function auditNotices(reader: Reader, of: Of): Promise<AuditFinding[]> {
  const found: AuditFinding[] = [];
  let afterId = FIRST_ID;
  for (;;) {
    const noticeIds = await attemptedNoticeIds(reader, { ...of, afterId, limit: BATCH });
    if (noticeIds.length === 0) return found;
    found.push(...(await compareNotices(reader, of, noticeIds)));
    afterId = noticeIds.at(-1) ?? afterId;
  }
}

async function compareNotices(reader: Reader, of: Of, noticeIds: readonly string[]): Promise<AuditFinding[]> {
  const found = await readNoticesOnRecord(reader, { ...of, noticeIds });
  return found.notices.flatMap((notice) => {
    const own = <Row extends { noticeId: string }>(rows: Row[]) =>
      rows.filter(({ noticeId }) => noticeId === notice.noticeId);
    return compareNotice(notice, own(found.attempts), own(found.records));
  });
}

function compareNotice(notice: NoticeOnRecord, attempts: AttemptOnRecord[], records: NoticeRecord[]): AuditFinding[] {
  const what = `notice ${notice.noticeId}`;
  const found = attempts.flatMap((attempt) => compareAttempt(what, attempt, records));
  for (const { body } of records) {
    const isKnown = body.decision !== 'attempt' || attempts.some(({ attempt }) => attempt === body.attempt);
    if (!isKnown) found.push(removed(what, `attempt ${body.attempt} is on record, and its row is gone`));
  }
  const last = attempts.at(-1);
  const said = last && decisionOf(records, last.attempt);
  if (last && said?.textHash !== undefined) {
    if (notice.text === null || textHash(notice.text) !== said.textHash) {
      found.push(changed(what, `its text is not the one of attempt ${last.attempt}`));
    }
    const isSameWording = (notice.wording ?? undefined) === said.wording;
    if (!isSameWording || notice.templateVersion !== said.templateVersion) {
      const named = (wording: unknown, version: unknown) =>
        typeof wording === 'string' ? `${wording} version ${version}` : `version ${version}`;
      const [is, was] = [named(notice.wording, notice.templateVersion), named(said.wording, said.templateVersion)];
      found.push(changed(what, `its template is ${is}, recorded ${was}`));
    }
  }
  return last ? [...found, ...compareStatus(what, notice, last, cancellationOf(records))] : found;
}

function compareAttempt(what: string, attempt: AttemptOnRecord, records: readonly NoticeRecord[]): AuditFinding[] {
  const said = decisionOf(records, attempt.attempt);
  const name = `attempt ${attempt.attempt}`;
  if (!said) return [inserted(what, `${name} is in the tables, and no record speaks of it`)];
  const found: AuditFinding[] = [];
  if (said.provider !== attempt.provider || said.figuresHash !== contentHash(attempt.figures)) {
    found.push(changed(what, `provider or figures of ${name} are not those recorded`));
  }
  const outcome = noticeOutcomeOf(records, attempt.attempt) ?? 'attempted';
  // An interrupted attempt is in doubt from the next sweep on, which decides nothing.
  const isInterrupted = outcome === 'attempted' && attempt.status === 'unknown';
  if (attempt.status !== outcome && !isInterrupted) {
    found.push(changed(what, `${name} is ${attempt.status}, recorded ${told(outcome)}`));
  }
  return found;
}

/** What a record says in one word, as it is written there. */
function told(word: unknown): string {
  return typeof word === 'string' ? word : JSON.stringify(word);
}

/** After a definite refusal a notice is planned again, and a step of its account may take it back. */
const STATUSES: Record<string, readonly string[]> = {
  refused: ['refused', 'planned', 'cancelled', 'attempted'],
  'not-sent': ['planned', 'cancelled'],
};

function compareStatus(
  what: string,
  { status, cancelReason }: NoticeOnRecord,
  last: AttemptOnRecord,
  cancellation: Record<string, unknown> | undefined,
): AuditFinding[] {
  if (cancellation && (status !== 'cancelled' || cancelReason !== cancellation.reason)) {
    return [changed(what, `it is ${status} (${cancelReason}), recorded cancelled (${told(cancellation.reason)})`)];
  }
  const fits = STATUSES[last.status] ?? [last.status];
  return fits.includes(status) ? [] : [changed(what, `it is ${status}, its last attempt is ${last.status}`)];
}

async function lostNotices(reader: Reader, of: Of, batch: readonly EvidenceRow[]): Promise<AuditFinding[]> {
  const records = batch.filter(({ subjectKind }) => subjectKind === 'notice');
  const noticeIds = [...new Set(records.map(({ subjectId }) => subjectId))].filter((id) => NOTICE_ID.test(id));
  if (noticeIds.length === 0) return [];
  const { notices, attempts, records: all } = await readNoticesOnRecord(reader, { ...of, noticeIds });
  return noticeIds.flatMap((id) => {
    const what = `notice ${id}`;
    const notice = notices.find(({ noticeId }) => noticeId === id);
    if (!notice) return [removed(what, 'it is on record, and its row is gone')];
    if (attempts.some(({ noticeId }) => noticeId === id)) return [];
    // Never attempted as the tables say: `auditNotices` does not meet it.
    return compareUnattempted(
      what,
      notice,
      all.filter(({ noticeId }) => noticeId === id),
    );
  });
}

function compareUnattempted(what: string, notice: NoticeOnRecord, records: NoticeRecord[]): AuditFinding[] {
  if (records.some(({ body }) => body.decision === 'attempt')) {
    return [removed(what, 'an attempt is on record, and its row is gone')];
  }
  const reason: unknown = cancellationOf(records)?.reason;
  return reason === undefined || (notice.status === 'cancelled' && notice.cancelReason === reason)
    ? []
    : [changed(what, `it is ${notice.status} (${notice.cancelReason}), recorded cancelled (${told(reason)})`)];
}

/** Decisions, write-offs, wordings, events of incidents and of models beside the hashes that their records keep. */
async function decidedRows(reader: Reader, of: Of, batch: readonly EvidenceRow[]): Promise<AuditFinding[]> {
  const contents = await rowContentsOf(reader, of, batch);
  return batch.flatMap((record) => {
    const what = nameOf(record);
    if (what === undefined) return [];
    const content = contents.get(record.sequence);
    if (content === undefined) return [removed(what, `record ${record.sequence} speaks of it, and its row is gone`)];
    return contentHash(content) === record.body.rowHash
      ? []
      : [changed(what, `it is not as record ${record.sequence} says`)];
  });
}

function nameOf({ kind, subjectId, body }: EvidenceRow): string | undefined {
  if (kind === 'credit-decision') return `decision ${body.decisionId}`;
  if (kind === 'write-off-decision') return `write-off of account ${subjectId}`;
  if (kind === 'template-decision') return `template ${subjectId}`;
  if (kind === 'model-decision') return `model ${subjectId} event ${body.eventKey}`;
  return kind === 'incident-decision' ? `incident ${subjectId} event ${body.eventKey}` : undefined;
}
