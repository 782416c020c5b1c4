/** The client of the workflow of a model's life. */
import type { UpdateDefinition } from '@temporalio/common';
import type { UpdateOutcome, WorkflowGateway } from '../gateway';
import { workflowIds } from '../workflowTypes';
import type { ModelAnswer, ModelReviewInput } from './modelReview';

export interface ModelReviewClient {
  /** `key`: of the request; sent again, it is answered as before. */
  update<Message>(
    definition: UpdateDefinition<ModelAnswer, [Message]>,
    message: Message,
    key: string,
  ): Promise<UpdateOutcome<ModelAnswer>>;
}

/** Of a card that is on record; a second start, even after its end, changes nothing. */
export function startModelReview(gateway: WorkflowGateway, input: ModelReviewInput): Promise<void> {
  return gateway.start('modelReview', input);
}

export function modelReviewClient(
  gateway: WorkflowGateway,
  { tenantId, card, version }: Pick<ModelReviewInput, 'tenantId' | 'card' | 'version'>,
): ModelReviewClient {
  const workflowId = workflowIds.modelReview(tenantId, card, version);
  return { update: (definition, message, key) => gateway.update(workflowId, definition, message, key) };
}
