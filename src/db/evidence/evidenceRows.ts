/** The rows that the chain speaks of, read to compare them with it. */
import type { Fact } from '../../domain/credit/facts';
import type { Reader } from '../transaction';
import type { DecisionRow } from './decisions';
import type { IncidentDecision, ModelDecision } from './recordContents';

interface TenantRef {
  tenantId: string;
}

export async function decisionsById(
  reader: Reader,
  { tenantId, decisionIds }: TenantRef & { decisionIds: readonly number[] },
): Promise<DecisionRow[]> {
  const { rows } = await reader.query<DecisionRow>(
    `select tenant_id as "tenantId", decision_id as "decisionId", subject_kind as "subjectKind",
       subject_id as "subjectId", kind, reason_codes as "reasonCodes", policy_version as "policyVersion", body,
       decided_at_ms as "decidedAtMs", decided_by as "decidedBy"
     from decision_record where tenant_id = $1 and decision_id = any($2::bigint[])`,
    [tenantId, [...decisionIds]],
  );
  return rows;
}

/** Decisions that came after the chain began and have no record. */
export async function decisionsWithoutRecord(reader: Reader, { tenantId }: TenantRef): Promise<number[]> {
  const { rows } = await reader.query<{ decisionId: number }>(
    `select decision_id as "decisionId" from decision_record decision
      where tenant_id = $1
        and decision_id > coalesce((select b.decision_id from evidence_begin b where b.tenant_id = $1), 0)
        and not exists (select from evidence_record record where record.tenant_id = $1
          and record.subject_kind = decision.subject_kind and record.subject_id = decision.subject_id
          and record.kind = 'credit-decision' and record.body ->> 'decisionId' = decision.decision_id::text)
      order by decision_id`,
    [tenantId],
  );
  return rows.map(({ decisionId }) => decisionId);
}

export interface WriteOffRow {
  accountId: string;
  fact: Fact;
}

export async function writeOffsOf(
  reader: Reader,
  { tenantId, accountIds }: TenantRef & { accountIds: readonly string[] },
): Promise<WriteOffRow[]> {
  const { rows } = await reader.query<WriteOffRow>(
    `select account_id as "accountId", body as fact from account_fact
      where tenant_id = $1 and account_id = any($2) and kind = 'written-off'`,
    [tenantId, [...accountIds]],
  );
  return rows;
}

/** Accounts that were written off after the chain began, without a record. */
export async function writeOffsWithoutRecord(reader: Reader, { tenantId }: TenantRef): Promise<string[]> {
  const { rows } = await reader.query<{ accountId: string }>(
    `select account_id as "accountId" from account_fact fact
      where tenant_id = $1 and kind = 'written-off'
        and arrived_at_ms > coalesce((select b.written_off_at_ms from evidence_begin b where b.tenant_id = $1), -1)
        and not exists (select from evidence_record record where record.tenant_id = $1
          and record.subject_kind = 'account' and record.subject_id = fact.account_id
          and record.kind = 'write-off-decision')
      order by account_id`,
    [tenantId],
  );
  return rows.map(({ accountId }) => accountId);
}

export interface TemplateOnRecord {
  templateId: string;
  body: string;
  signature: string;
  approvedBy: string | null;
}

export async function templatesOnRecord(reader: Reader, { tenantId }: TenantRef): Promise<TemplateOnRecord[]> {
  const { rows } = await reader.query<TemplateOnRecord>(
    `select kind || '/' || version as "templateId", body, signature, approved_by as "approvedBy"
       from notice_template where tenant_id = $1`,
    [tenantId],
  );
  return rows;
}

export async function incidentEventsOf(
  reader: Reader,
  { tenantId, incidentIds }: TenantRef & { incidentIds: readonly string[] },
): Promise<IncidentDecision[]> {
  const { rows } = await reader.query<IncidentDecision>(
    `select incident_id as "incidentId", event_key as "eventKey", kind, by, body, at_ms as "atMs"
       from incident_event where tenant_id = $1 and incident_id = any($2)`,
    [tenantId, [...incidentIds]],
  );
  return rows;
}

export async function modelEventsOf(
  reader: Reader,
  { tenantId, modelIds }: TenantRef & { modelIds: readonly string[] },
): Promise<ModelDecision[]> {
  const { rows } = await reader.query<ModelDecision>(
    `select card || '/' || version as "modelId", event_key as "eventKey", kind, by, body, at_ms as "atMs"
       from model_event where tenant_id = $1 and card || '/' || version = any($2)`,
    [tenantId, [...modelIds]],
  );
  return rows;
}

/** Ids of notices that were attempted, after one id, in order; those from before the chain began are left out. */
export async function attemptedNoticeIds(
  reader: Reader,
  { tenantId, afterId, limit }: TenantRef & { afterId: string; limit: number },
): Promise<string[]> {
  const { rows } = await reader.query<{ noticeId: string }>(
    `select distinct notice_id as "noticeId" from notice_attempt
      where tenant_id = $1 and notice_id > $2::uuid
        and attempted_at_ms > coalesce((select b.attempted_at_ms from evidence_begin b where b.tenant_id = $1), -1)
      order by 1 limit $3`,
    [tenantId, afterId, limit],
  );
  return rows.map(({ noticeId }) => noticeId);
}
