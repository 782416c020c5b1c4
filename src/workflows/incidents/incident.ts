/**
 * An incident, from its opening to its review. The measures are in force by its row in the books, whether or not this
 * workflow runs; here is only when: what people say in turn, and deadlines that are missed.
 *
 *     open → acknowledged → resuming (one approval) → resumed (a second person) → reviewed
 */
import { ApplicationFailure, continueAsNew, currentUpdateInfo, setHandler, workflowInfo } from '@temporalio/workflow';
import type { IncidentMessage } from '../../contracts/activities';
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
} from '../../contracts/incidents/incident';
import * as messages from '../../contracts/incidents/incidentSchemas';
import { failureTypes, searchAttributes } from '../../contracts/names';
import { type DeadlineName, unenforceable } from '../../domain/incidents/incidents';
import { SHANGHAI } from '../../domain/values/clock';
import { instantWords } from '../../domain/values/dateWords';
import { incidentWords } from '../credit/arrivalSummaries';
import type { Envelope } from '../mailbox';
import { judgeStart } from '../newlyRefused';
import { incidents } from '../proxies';
import { validatedBy } from '../refusedUpdate';
import { nextDeadlineAt, WorkflowHost } from '../workflowHost';

const EVENTS_PER_RUN = 400;

export async function incident(input: IncidentInput): Promise<IncidentResult> {
  const life = new IncidentLife(input);
  await life.begin();
  while (life.stage !== 'reviewed') await life.nextStep();
  return life.end();
}

type Unkeyed<Message> = Message extends IncidentMessage ? Omit<Message, 'key'> : never;

class IncidentLife {
  private readonly host: WorkflowHost<IncidentMessage, IncidentAnswer>;
  private state: IncidentState = {
    stage: 'open',
    measures: [],
    scope: {},
    openAppeals: [],
    escalated: [],
    summary: 'opening',
  };

  /** Registers every handler first: what is told before the first step is not lost. */
  constructor(private readonly input: IncidentInput) {
    judgeStart(messages.incidentInput, input, cannotBeEnforced);
    this.host = new WorkflowHost(input.clock);
    this.host.time.followClock();
    setHandler(incidentState, () => this.state, { description: 'Stage, measures, appeals, next deadline' });
    setHandler(acknowledge, (acknowledgement) => this.ask({ kind: 'acknowledgement', acknowledgement }), {
      validator: validatedBy(messages.acknowledgement),
      description: 'Somebody has taken the incident in hand',
    });
    setHandler(changeMeasures, (change) => this.ask({ kind: 'measures-change', change }), {
      validator: validatedBy(messages.measuresChange),
      description: 'More is stopped: all measures, those in force included',
    });
    setHandler(approveResume, (approval) => this.ask({ kind: 'resume-approval', approval }), {
      validator: validatedBy(messages.resumeApproval),
      description: 'One of the two principals who are needed to go on: by the API or the command line, not from here',
    });
    setHandler(appeal, (filed) => this.ask({ kind: 'appeal', appeal: filed }), {
      validator: validatedBy(messages.incidentAppeal),
      description: 'A borrower contests what the incident stops for them',
    });
    setHandler(answerAppeal, (answer) => this.ask({ kind: 'appeal-answer', answer }), {
      validator: validatedBy(messages.appealAnswer),
      description: 'The answer to an appeal; upheld, nothing is stopped for the borrower any more',
    });
    setHandler(note, (noted) => this.ask({ kind: 'note', note: noted }), {
      validator: validatedBy(messages.incidentNote),
      description: 'A note for the timeline, without personal data',
    });
    setHandler(recordReview, (review) => this.ask({ kind: 'review', review }), {
      validator: validatedBy(messages.incidentReview),
      description: 'What happened, why, and what will be done: ends the incident',
    });
    this.host.show([{ key: searchAttributes.tenant, value: input.tenantId }]);
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
    await this.host.messageOrDeadline(this.state.nextDeadline?.dueAtMs, this.deadlineWords());
    await this.step(this.host.mailbox.takeOne());
    await this.renewWhenLong();
  }

  /** What came with the review or after it is answered by the books, which refuse it. */
  async end(): Promise<IncidentResult> {
    const { mailbox } = this.host;
    await mailbox.takeRest(() => this.step(mailbox.takeOne()));
    const { stage, escalated } = this.state;
    return { stage, escalated };
  }

  private async step(envelope?: Envelope<IncidentMessage, IncidentAnswer>): Promise<void> {
    const { tenantId, incidentId } = this.input;
    const { workflowId } = workflowInfo();
    const message = envelope?.message;
    const summary = incidentWords(message) ?? `${this.deadlineWords()} was missed`;
    const { result } = await this.host.step(`advancing ${incidentId}`, this.state.nextDeadline?.dueAtMs, (asOfMs) =>
      incidents.advanceIncident.executeWithOptions({ summary }, [
        { tenantId, incidentId, asOfMs, message, ...(message?.kind === 'start' ? { workflowId } : {}) },
      ]),
    );
    if ('fault' in result) {
      throw ApplicationFailure.nonRetryable(result.fault, result.type ?? failureTypes.notFound);
    }
    this.state = result.state;
    if (envelope) envelope.answer = result.answer;
    this.show();
  }

  /** One after the other, in the order in which they came; the update's id makes a repeat the same message. */
  private ask(message: Unkeyed<IncidentMessage>): Promise<IncidentAnswer> {
    const key = currentUpdateInfo()?.id ?? `${message.kind}-${workflowInfo().historyLength}`;
    return this.host.mailbox.ask({ ...message, key });
  }

  private renewWhenLong(): Promise<void> {
    const isLong = this.stage !== 'reviewed' && workflowInfo().historyLength >= EVENTS_PER_RUN;
    const { tenantId, incidentId } = this.input;
    return this.host.renewWhen(isLong, () =>
      continueAsNew<typeof incident>({ tenantId, incidentId, clock: this.host.time.clock }),
    );
  }

  private show(): void {
    const { stage, nextDeadline, summary } = this.state;
    this.host.show([{ key: searchAttributes.stage, value: stage }, nextDeadlineAt(nextDeadline?.dueAtMs)]);
    const waits = nextDeadline ? [`waits for ${AWAITED[nextDeadline.name]}: ${this.deadlineWords()}`] : [];
    this.host.showDetails([summary, ...waits, this.host.asOfWords]);
  }

  /** `mitigate by 12 Mar 2026 10:15`. */
  private deadlineWords(): string {
    const { nextDeadline } = this.state;
    if (!nextDeadline) return 'no deadline';
    return `${nextDeadline.name} by ${instantWords(nextDeadline.dueAtMs, SHANGHAI)}`;
  }
}

const AWAITED: Record<DeadlineName, string> = {
  acknowledge: 'a person who takes it in hand',
  mitigate: 'two people who approve that it goes on',
  appeal: 'an answer to an appeal',
  review: 'the review that ends it',
};

function cannotBeEnforced({ opening }: IncidentInput): string | undefined {
  const fault = opening && unenforceable(opening.measures, opening.scope ?? {});
  return fault && `opening.scope.${fault.field} cannot narrow ${fault.measure}: leave it out, or open two incidents`;
}
