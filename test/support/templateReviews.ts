/** Texts under review in a whole deployment, and a provider that registers them. */

import type { RegistrableTemplate, RegistrationAnswer, TemplateRegistrar } from '../../src/adapters/sms/registrar';
import type { TemplateReviewInput } from '../../src/contracts/messaging/templateReview';
import { startTemplateReview } from '../../src/contracts/messaging/templateReviewClient';
import { workflowIds } from '../../src/contracts/names';
import { insertTemplate } from '../../src/db/messaging/templates/templates';
import { inTransaction } from '../../src/db/transaction';
import type { WordingName } from '../../src/domain/messaging/outbox/wordings';
import { SIGNATURE } from '../../src/domain/policy/shippedTemplates';
import { REAL_TIME } from '../../src/domain/values/clock';
import { createTemporalGateway } from '../../src/platform/temporalGateway';
import { type Deployment, TENANT } from './deployment';

/** A fake, not a cloud provider: it keeps what was submitted, and answers what the test set. */
export class FakeRegistrar implements TemplateRegistrar {
  readonly provider = 'fake-cloud';
  readonly submitted: RegistrableTemplate[] = [];
  asked = 0;
  answer: RegistrationAnswer = { status: 'pending', code: 'FAKE_1' };
  /** Submissions and questions that get no answer before the next one does. */
  silent = 0;

  async submit(template: RegistrableTemplate): Promise<RegistrationAnswer> {
    this.listen();
    this.submitted.push(template);
    return this.answer;
  }

  async status(): Promise<RegistrationAnswer> {
    this.listen();
    return this.answer;
  }

  private listen(): void {
    this.asked += 1;
    if (this.silent === 0) return;
    this.silent -= 1;
    throw new Error('the fake registrar is silent');
  }
}

export const GOOD_BODY = '您好，本期应还{amount}，{dueDate}到期，请在APP内查看。';
export const AUTHOR = 'staff:10';
export const REVIEWER = 'staff:11';

/** A draft on record, and its workflow. */
export async function underReview(
  { env, pool, started }: Deployment,
  version: number,
  {
    body = GOOD_BODY,
    requiredProviders = ['sink'],
    kind = 'due-soon',
  }: { body?: string; requiredProviders?: string[]; kind?: WordingName } = {},
) {
  const ref = { tenantId: TENANT, kind, version } as const;
  const draft = { ...ref, body, signature: SIGNATURE, submittedBy: AUTHOR, requiredProviders };
  await inTransaction(pool, async (client) =>
    insertTemplate(client, { ...draft, submittedAtMs: await env.currentTimeMs() }),
  );
  const input: TemplateReviewInput = { ...ref, submittedBy: AUTHOR, requiredProviders, clock: REAL_TIME };
  const workflowId = workflowIds.templateReview(TENANT, kind, version);
  started.add(workflowId);
  await startTemplateReview(createTemporalGateway(env.client), input);
  return env.client.workflow.getHandle(workflowId);
}
