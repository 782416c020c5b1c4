/** The client of the workflow that reviews a notice text. */
import type { UpdateDefinition } from '@temporalio/common';
import type { UpdateOutcome, WorkflowGateway } from '../gateway';
import { workflowIds } from '../workflowTypes';
import type { TemplateAnswer, TemplateReviewInput } from './templateReview';

export interface TemplateReviewClient {
  /** `key`: of the request; sent again, it is answered as before. */
  update<Message>(
    definition: UpdateDefinition<TemplateAnswer, [Message]>,
    message: Message,
    key: string,
  ): Promise<UpdateOutcome<TemplateAnswer>>;
}

/** Of a draft that is on record; a second start, even after its end, changes nothing. */
export function startTemplateReview(gateway: WorkflowGateway, input: TemplateReviewInput): Promise<void> {
  return gateway.start('templateReview', input);
}

export function templateReviewClient(
  gateway: WorkflowGateway,
  { tenantId, kind, version }: Pick<TemplateReviewInput, 'tenantId' | 'kind' | 'version'>,
): TemplateReviewClient {
  const workflowId = workflowIds.templateReview(tenantId, kind, version);
  return { update: (definition, message, key) => gateway.update(workflowId, definition, message, key) };
}
