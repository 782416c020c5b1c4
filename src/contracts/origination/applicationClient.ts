/** The client of an application's workflow. */

import type { UpdateOutcome, WorkflowGateway } from '../gateway';
import { workflowIds } from '../workflowTypes';
import {
  type Acceptance,
  type AcceptanceResult,
  type ApplicationInput,
  type ApplicationStage,
  type ApplicationState,
  acceptOffer,
  applicationState,
  decideReferral,
  type Objection,
  type ObjectionResult,
  objectToDecision,
  type ReferralDecision,
} from './application';

export interface ApplicationClient {
  decideReferral(decision: ReferralDecision, key: string): Promise<UpdateOutcome<ApplicationStage>>;
  objectToDecision(objection: Objection): Promise<UpdateOutcome<ObjectionResult>>;
  acceptOffer(acceptance: Acceptance): Promise<UpdateOutcome<AcceptanceResult>>;
  /** Undefined when it does not run and is forgotten. */
  state(): Promise<ApplicationState | undefined>;
}

/** Starts it once; a repeat, running or ended, is the same application. */
export function startApplication(gateway: WorkflowGateway, input: ApplicationInput): Promise<void> {
  return gateway.start('application', input);
}

export function applicationClient(
  gateway: WorkflowGateway,
  { tenantId, applicationId }: Pick<ApplicationInput, 'tenantId' | 'applicationId'>,
): ApplicationClient {
  const workflowId = workflowIds.application(tenantId, applicationId);
  return {
    decideReferral: (decision, key) => gateway.update(workflowId, decideReferral, decision, key),
    objectToDecision: (objection) => gateway.update(workflowId, objectToDecision, objection, objection.key),
    // The key of the acceptance is its business key too.
    acceptOffer: (acceptance) => gateway.update(workflowId, acceptOffer, acceptance, acceptance.key),
    state: () => gateway.query(workflowId, applicationState),
  };
}
