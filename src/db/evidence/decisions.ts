/** Decision records: what was decided, why, under which policy, by whom. */
import type { Client, Reader } from '../transaction';
import type { EvidenceSubject } from './evidenceRecords';

export interface DecisionInput {
  tenantId: string;
  /** `application`, `account`, ... */
  subjectKind: EvidenceSubject;
  subjectId: string;
  kind: string;
  reasonCodes: readonly string[];
  policyVersion: string;
  /** All that the decision rests on; no personal data. */
  body: unknown;
  decidedAtMs: number;
  /** A staff identifier, or `policy`. */
  decidedBy: string;
}

export interface DecisionRow extends Omit<DecisionInput, 'reasonCodes'> {
  decisionId: number;
  reasonCodes: string[];
}

/**
 * Records a decision and returns its number, which its inputs may bear already. Not keyed: the caller holds the subject's
 * row and decides once.
 */
export async function recordDecision(
  client: Client,
  decision: DecisionInput & { decisionId?: number | undefined },
): Promise<number> {
  const { rows } = await client.query<{ decisionId: number }>(
    `insert into decision_record (tenant_id, subject_kind, subject_id, kind, reason_codes, policy_version, body,
       decided_at_ms, decided_by, decision_id) overriding system value
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9,
       coalesce($10, nextval('decision_record_decision_id_seq'))) returning decision_id as "decisionId"`,
    [
      decision.tenantId,
      decision.subjectKind,
      decision.subjectId,
      decision.kind,
      decision.reasonCodes,
      decision.policyVersion,
      JSON.stringify(decision.body ?? null),
      decision.decidedAtMs,
      decision.decidedBy,
      decision.decisionId ?? null,
    ],
  );
  const [row] = rows;
  if (!row) throw new Error('a decision record was not inserted');
  return row.decisionId;
}

/** The decisions on a subject, oldest first. */
export async function readDecisions(
  reader: Reader,
  { tenantId, subjectKind, subjectId }: Pick<DecisionInput, 'tenantId' | 'subjectKind' | 'subjectId'>,
): Promise<DecisionRow[]> {
  const { rows } = await reader.query<DecisionRow>(
    `select tenant_id as "tenantId", decision_id as "decisionId", subject_kind as "subjectKind",
       subject_id as "subjectId", kind, reason_codes as "reasonCodes", policy_version as "policyVersion", body,
       decided_at_ms as "decidedAtMs", decided_by as "decidedBy"
     from decision_record where tenant_id = $1 and subject_kind = $2 and subject_id = $3 order by decision_id`,
    [tenantId, subjectKind, subjectId],
  );
  return rows;
}
