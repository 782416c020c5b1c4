/**
 * An incident, from its opening to its review. The measures are in force by its row in the books, whether or not this
 * workflow runs; here is only when: what people say in turn, and deadlines that are missed.
 *
 *     open → acknowledged → resuming (one approval) → resumed (a second person) → reviewed
 */
import {
  ApplicationFailure,
  allHandlersFinished,
  condition,
  continueAsNew,
  currentUpdateInfo,
  setCurrentDetails,
  setHandler,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import type { IncidentMessage } from '../contracts/activities';
import { clockMoved } from '../contracts/clock';
import {
  acknowledge,
  answerAppeal,
  appeal,
  approveResume,
  changeMeasures,
  type IncidentAnswer,
  type IncidentInput,
  type IncidentResult,
  type IncidentState,
  incidentState,
  note,
  recordReview,
} from '../contracts/incident';
import {
  invalidAcknowledgement,
  invalidAppealAnswer,
  invalidIncidentAppeal,
  invalidIncidentInput,
  invalidIncidentNote,
  invalidIncidentReview,
  invalidMeasuresChange,
  invalidResumeApproval,
} from '../contracts/incidentValidation';
import { failureTypes, searchAttributes } from '../contracts/names';
import { unenforceable } from '../domain/incidents';
import { validatedBy } from './accountMessages';
import { BusinessTime } from './businessTime';
import { incidents, steadily } from './proxies';

const EVENTS_PER_RUN = 400;

export async function incident(input: IncidentInput): Promise<IncidentResult> {
  const life = new IncidentLife(input);
  await life.begin();
  while (life.stage !== 'reviewed') await life.nextStep();
  return life.end();
}

type Unkeyed<Message> = Message extends IncidentMessage ? Omit<Message, 'key'> : never;

interface Told {
  message: IncidentMessage;
  answer?: IncidentAnswer;
}

class IncidentLife {
  private readonly time: BusinessTime;
  private waiting: Told[] = [];
  private shown: Partial<IncidentState> = {};
  private state: IncidentState = {
    ...{ stage: 'open', measures: [], scope: {}, openAppeals: [], escalated: [], summary: 'opening' },
  };

  /** Registers every handler first: what is told before the first step is not lost. */
  constructor(private readonly input: IncidentInput) {
    const fault = invalidIncidentInput(input) ?? cannotBeEnforced(input);
    if (fault) throw ApplicationFailure.nonRetryable(fault, failureTypes.invalidInput);
    this.time = new BusinessTime(input.clock);
    setHandler(clockMoved, (clock) => this.time.move(clock));
    setHandler(incidentState, () => this.state);
    setHandler(acknowledge, (acknowledgement) => this.ask({ kind: 'acknowledgement', acknowledgement }), {
      validator: validatedBy(invalidAcknowledgement),
    });
    setHandler(changeMeasures, (change) => this.ask({ kind: 'measures-change', change }), {
      validator: validatedBy(invalidMeasuresChange),
    });
    setHandler(approveResume, (approval) => this.ask({ kind: 'resume-approval', approval }), {
      validator: validatedBy(invalidResumeApproval),
    });
    setHandler(appeal, (filed) => this.ask({ kind: 'appeal', appeal: filed }), {
      validator: validatedBy(invalidIncidentAppeal),
    });
    setHandler(answerAppeal, (answer) => this.ask({ kind: 'appeal-answer', answer }), {
      validator: validatedBy(invalidAppealAnswer),
    });
    setHandler(note, (noted) => this.ask({ kind: 'note', note: noted }), {
      validator: validatedBy(invalidIncidentNote),
    });
    setHandler(recordReview, (review) => this.ask({ kind: 'review', review }), {
      validator: validatedBy(invalidIncidentReview),
    });
    upsertSearchAttributes([{ key: searchAttributes.tenant, value: input.tenantId }]);
  }

  get stage(): IncidentState['stage'] {
    return this.state.stage;
  }

  /** The incident is taken up: opened by this start, or on record already. */
  async begin(): Promise<void> {
    await this.step({ message: { kind: 'start', key: 'start', opening: this.input.opening } });
  }

  /** Waits for the next of deadline or message, then takes one step. */
  async nextStep(): Promise<void> {
    await this.time.waitFor(() => this.waiting.length > 0, this.state.nextDeadline?.dueAtMs);
    await this.step(this.waiting.shift());
    await this.renewWhenLong();
  }

  /** What came with the review or after it is answered by the books, which refuse it. */
  async end(): Promise<IncidentResult> {
    while (!allHandlersFinished() || this.waiting.length > 0) {
      await condition(() => allHandlersFinished() || this.waiting.length > 0);
      if (this.waiting.length > 0) await this.step(this.waiting.shift());
    }
    const { stage, escalated } = this.state;
    return { stage, escalated };
  }

  private async step(told: Told | undefined): Promise<void> {
    const { tenantId, incidentId } = this.input;
    const asOfMs = this.time.stepInstant(this.state.nextDeadline?.dueAtMs);
    const result = await steadily(`advancing ${incidentId}`, () =>
      incidents.advanceIncident({ tenantId, incidentId, asOfMs, message: told?.message }),
    );
    if ('fault' in result) throw ApplicationFailure.nonRetryable(result.fault, failureTypes.notFound);
    this.state = result.state;
    if (told) told.answer = result.answer;
    this.show();
  }

  /** One after the other, in the order in which they came; the update's id makes a repeat the same message. */
  private async ask(message: Unkeyed<IncidentMessage>): Promise<IncidentAnswer> {
    const key = currentUpdateInfo()?.id ?? `${message.kind}-${workflowInfo().historyLength}`;
    const told: Told = { message: { ...message, key } as IncidentMessage };
    this.waiting.push(told);
    await condition(() => told.answer !== undefined);
    if (!told.answer) throw new Error('the answer was there a moment ago');
    return told.answer;
  }

  private async renewWhenLong(): Promise<void> {
    if (this.stage === 'reviewed' || workflowInfo().historyLength < EVENTS_PER_RUN) return;
    await condition(() => allHandlersFinished() || this.waiting.length > 0);
    if (this.waiting.length > 0) return;
    const { tenantId, incidentId } = this.input;
    await continueAsNew<typeof incident>({ tenantId, incidentId, clock: this.time.clock });
  }

  private show(): void {
    const { stage, nextDeadline, summary } = this.state;
    const changed = [];
    if (this.shown.stage !== stage) changed.push({ key: searchAttributes.stage, value: stage });
    if (this.shown.nextDeadline?.dueAtMs !== nextDeadline?.dueAtMs) {
      const value = nextDeadline === undefined ? null : new Date(nextDeadline.dueAtMs);
      changed.push({ key: searchAttributes.nextDeadline, value });
    }
    if (changed.length > 0) upsertSearchAttributes(changed as Parameters<typeof upsertSearchAttributes>[0]);
    this.shown = this.state;
    setCurrentDetails(nextDeadline ? `${summary} · next deadline: ${nextDeadline.name}` : summary);
  }
}

function cannotBeEnforced({ opening }: IncidentInput): string | undefined {
  const fault = opening && unenforceable(opening.measures, opening.scope ?? {});
  return fault && `opening.scope.${fault.field} cannot narrow ${fault.measure}: leave it out, or open two incidents`;
}
