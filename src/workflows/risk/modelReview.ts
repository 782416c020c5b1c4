/**
 * The life of a model that judges applicants. Where it stands is in the books, which every decision reads; here is when:
 * what people say in turn, and the yearly deadline after which nobody is approved by it.
 *
 *     developed → tested → reviewed → active ⇄ lapsed
 *                    ↘ declined         ↘ retired (at any time)
 */
import { ApplicationFailure, continueAsNew, currentUpdateInfo, setHandler, workflowInfo } from '@temporalio/workflow';
import type { ModelMessage } from '../../contracts/activities';
import { failureTypes, searchAttributes } from '../../contracts/names';
import {
  type ModelAnswer,
  type ModelReviewInput,
  type ModelReviewResult,
  type ModelReviewState,
  modelReviewState,
  promoteModel,
  recordModelTest,
  retireModel,
  revalidateModel,
  reviewModel,
} from '../../contracts/risk/modelReview';
import * as messages from '../../contracts/risk/modelReviewSchemas';
import { isClosedModel } from '../../domain/risk/modelStages';
import { SHANGHAI } from '../../domain/values/clock';
import { instantWords } from '../../domain/values/dateWords';
import type { Envelope } from '../mailbox';
import { judgeStart } from '../newlyRefused';
import { modelLives, summarised } from '../proxies';
import { validatedBy } from '../refusedUpdate';
import { nextDeadlineAt, WorkflowHost } from '../workflowHost';

const EVENTS_PER_RUN = 400;

export async function modelReview(input: ModelReviewInput): Promise<ModelReviewResult> {
  const life = new ModelLife(input);
  await life.begin();
  while (!life.isOver) await life.nextStep();
  return life.end();
}

type Unkeyed<Message> = Message extends ModelMessage ? Omit<Message, 'key'> : never;

class ModelLife {
  private readonly host: WorkflowHost<ModelMessage, ModelAnswer>;
  private state: ModelReviewState = { stage: 'developed', unevenGroups: [], summary: 'beginning' };

  /** Registers every handler first: what is told before the first step is not lost. */
  constructor(private readonly input: ModelReviewInput) {
    judgeStart(messages.modelReviewInput, input);
    this.host = new WorkflowHost(input.clock);
    this.host.time.followClock();
    setHandler(modelReviewState, () => this.state, { description: 'Stage, validation, groups that pass too seldom' });
    setHandler(recordModelTest, (message) => this.ask({ kind: 'test', message }), {
      validator: validatedBy(messages.modelTest),
      description: 'What rows showed that the model was not made of',
    });
    setHandler(reviewModel, (message) => this.ask({ kind: 'review', message }), {
      validator: validatedBy(messages.modelReviewDecision),
      description: 'A reviewer, who did not develop it, approves or declines: by the API, not from here',
    });
    setHandler(promoteModel, (message) => this.ask({ kind: 'promotion', message }), {
      validator: validatedBy(messages.modelPromotion),
      description: 'It decides from now on; where a group passes too seldom, two principals must say so',
    });
    setHandler(revalidateModel, (message) => this.ask({ kind: 'revalidation', message }), {
      validator: validatedBy(messages.modelRevalidation),
      description: 'Validated for another year, by another person than who developed it',
    });
    setHandler(retireModel, (message) => this.ask({ kind: 'retirement', message }), {
      validator: validatedBy(messages.modelRetirement),
      description: 'It decides nothing any more',
    });
    this.host.show([{ key: searchAttributes.tenant, value: input.tenantId }]);
  }

  get isOver(): boolean {
    return isClosedModel(this.state.stage);
  }

  /** The card is on record; what was begun before is taken up where it stands. */
  async begin(): Promise<void> {
    await this.step(undefined, { isFirst: true });
  }

  /** Waits for the next of a message or the end of its validation, then takes one step. */
  async nextStep(): Promise<void> {
    await this.host.messageOrDeadline(this.deadlineMs, this.deadlineWords);
    await this.step(this.host.mailbox.takeOne());
    await this.renewWhenLong();
  }

  /** What came with the end or after it is answered by the books, which refuse it. */
  async end(): Promise<ModelReviewResult> {
    const { mailbox } = this.host;
    await mailbox.takeRest(() => this.step(mailbox.takeOne()));
    return { stage: this.state.stage };
  }

  /** Of one that has lapsed there is none: it waits for people. */
  private get deadlineMs(): number | undefined {
    return this.state.stage === 'active' ? this.state.validUntilMs : undefined;
  }

  private get deadlineWords(): string {
    const { deadlineMs } = this;
    return deadlineMs === undefined ? 'somebody speaks' : `its validation ends ${instantWords(deadlineMs, SHANGHAI)}`;
  }

  private async step(envelope?: Envelope<ModelMessage, ModelAnswer>, { isFirst = false } = {}): Promise<void> {
    const { tenantId, card, version } = this.input;
    const message = envelope?.message;
    const options = summarised(message ? `${message.message.by}: ${message.kind}` : this.deadlineWords);
    const { workflowId } = workflowInfo();
    const { result } = await this.host.step(`advancing ${card}-${version}`, this.deadlineMs, (asOfMs) =>
      modelLives.advanceModel.executeWithOptions(options, [
        { tenantId, card, version, asOfMs, message, ...(isFirst ? { workflowId } : {}) },
      ]),
    );
    if ('fault' in result) throw ApplicationFailure.nonRetryable(result.fault, failureTypes.notFound);
    this.state = result.state;
    if (envelope) envelope.answer = result.answer;
    this.show();
  }

  /** One after the other, in the order in which they came; the update's id makes a repeat the same message. */
  private ask(message: Unkeyed<ModelMessage>): Promise<ModelAnswer> {
    const key = currentUpdateInfo()?.id ?? `${message.kind}-${workflowInfo().historyLength}`;
    return this.host.mailbox.ask({ ...message, key });
  }

  private renewWhenLong(): Promise<void> {
    const isLong = !this.isOver && workflowInfo().historyLength >= EVENTS_PER_RUN;
    return this.host.renewWhen(isLong, () =>
      continueAsNew<typeof modelReview>({ ...this.input, clock: this.host.time.clock }),
    );
  }

  private show(): void {
    const { stage, summary } = this.state;
    this.host.show([{ key: searchAttributes.stage, value: stage }, nextDeadlineAt(this.deadlineMs)]);
    const waits = this.deadlineMs === undefined ? '' : this.deadlineWords;
    this.host.showDetails([summary, waits, this.host.asOfWords]);
  }
}
