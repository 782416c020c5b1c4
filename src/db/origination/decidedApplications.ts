/** The decisions on applications with what they rested on, in the order in which they were made. */
import type { AssessmentInput } from '../../domain/risk/assessment';
import type { RecordedDecision } from '../../domain/risk/decisionReplay';
import type { Reader } from '../transaction';
import type { ApplicationRef } from './applications';

export interface DecidedApplication extends Omit<RecordedDecision, 'gathered'>, ApplicationRef {
  decisionId: number;
  policyVersion: string;
  /** As the application told them. */
  facts: AssessmentInput;
}

/** The next page after a decision, by its number; of one application where it is named. */
export async function readDecidedApplications(
  reader: Reader,
  query: { tenantId: string; applicationId?: string | undefined; afterId: number; limit: number },
): Promise<DecidedApplication[]> {
  const { tenantId, applicationId, afterId, limit } = query;
  const { rows } = await reader.query<DecidedApplication>(
    `select decision.tenant_id as "tenantId", decision.subject_id as "applicationId",
       decision.decision_id as "decisionId", decision.policy_version as "policyVersion", decision.body,
       decision.decided_by as "decidedBy", application.facts,
       jsonb_build_object('product', application.product, 'requestedFen', application.requested_fen) as request
     from decision_record decision
       join application on application.tenant_id = decision.tenant_id
         and application.application_id = decision.subject_id
     where decision.tenant_id = $1 and decision.subject_kind = 'application' and decision.decision_id > $2
       and ($3::text is null or decision.subject_id = $3)
     order by decision.decision_id limit $4`,
    [tenantId, afterId, applicationId ?? null, limit],
  );
  return rows;
}
