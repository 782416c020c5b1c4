/** Models in the books of a test, and what people tell them. */

import { workflowIds } from '../../src/contracts/names';
import { modelReviewState } from '../../src/contracts/risk/modelReview';
import { startModelReview } from '../../src/contracts/risk/modelReviewClient';
import { registerModel } from '../../src/db/risk/models';
import { inTransaction } from '../../src/db/transaction';
import { defaultPolicy } from '../../src/domain/policy/defaultPolicy';
import type { PsiBaseline } from '../../src/domain/risk/modelStanding';
import { REAL_TIME } from '../../src/domain/values/clock';
import { createTemporalGateway } from '../../src/platform/temporalGateway';
import { until } from './credits';
import { type Deployment, TENANT } from './deployment';
import { signedBy } from './signed';

/** The card of the default policy. */
export const EXPERT = { tenantId: TENANT, card: 'expert', version: '2026-01' } as const;
export const DEVELOPER = 'staff:dev';
export const VALIDATOR = 'staff:val';
export const HOLDOUT = {
  source: 'invented rows of 2029',
  rows: 1000,
  auc: '0.76',
  ks: '0.41',
  impacts: [{ attribute: 'sex', group: 'female', ratio: '0.97' }],
};

/** The card on record, and its workflow. */
export async function registered(deployment: Deployment, psiBaseline?: PsiBaseline) {
  const { env, pool, started } = deployment;
  const content = defaultPolicy.assessment.scorecard;
  const registeredAtMs = await env.currentTimeMs();
  await inTransaction(pool, (client) =>
    registerModel(client, { ...EXPERT, form: 'points', content, psiBaseline, developedBy: DEVELOPER, registeredAtMs }),
  );
  const { card, version } = EXPERT;
  const workflowId = workflowIds.modelReview(TENANT, card, version);
  started.add(workflowId);
  await startModelReview(createTemporalGateway(env.client), { ...EXPERT, clock: REAL_TIME });
  return env.client.workflow.getHandle(workflowId);
}

export type ModelHandle = Awaited<ReturnType<typeof registered>>;

export const stageOf = async (handle: ModelHandle) => (await handle.query(modelReviewState)).stage;
export const inStage = (handle: ModelHandle, stage: string) => until(async () => (await stageOf(handle)) === stage);

/** One update by a principal, whose name in the message is another one. */
export function told<Message extends object>(
  handle: ModelHandle,
  by: string,
  // biome-ignore lint/suspicious/noExplicitAny: the definition of one update of the model
  update: any,
  message: Message,
) {
  return handle.executeUpdate(update, signedBy(by, handle, update, { by: 'somebody', ...message }));
}
