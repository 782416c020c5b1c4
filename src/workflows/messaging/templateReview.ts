/**
 * A notice text from its draft to its end. Where it stands is in the books, and only an active version is ever sent;
 * here is when: the checks, a reviewer's deadline, providers that are asked again, and what takes its place.
 *
 *     draft → in-review → registering → active → superseded
 *                    ↘ rejected ↙           ↘ retired (at any time)
 */
import {
  ApplicationFailure,
  continueAsNew,
  getExternalWorkflowHandle,
  log,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import type { TemplateStep } from '../../contracts/activities';
import {
  decideReview,
  retire,
  type TemplateAnswer,
  type TemplateReviewInput,
  type TemplateReviewResult,
  type TemplateReviewState,
  templateReviewState,
  templateSuperseded,
} from '../../contracts/messaging/templateReview';
import * as messages from '../../contracts/messaging/templateReviewSchemas';
import { failureTypes, searchAttributes, workflowIds } from '../../contracts/names';
import { SHANGHAI } from '../../domain/values/clock';
import { instantWords } from '../../domain/values/dateWords';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../domain/values/timeUnits';
import { templateWords } from '../credit/arrivalSummaries';
import type { Envelope } from '../mailbox';
import { judgeStart } from '../newlyRefused';
import { attemptOnce, registrations, templates } from '../proxies';
import { validatedBy } from '../refusedUpdate';
import { nextDeadlineAt, WorkflowHost } from '../workflowHost';

const EVENTS_PER_RUN = 400;
const FIRST_POLL_MS = 10 * MINUTE_MS;
/** Providers review by hand, in hours to days. */
const LONGEST_POLL_MS = 6 * HOUR_MS;
/** A version that a release puts in place takes the place of an active one without telling its workflow. */
const LOOK_EVERY_MS = 30 * DAY_MS;

export async function templateReview(input: TemplateReviewInput): Promise<TemplateReviewResult> {
  const life = new TemplateLife(input);
  await life.begin();
  while (life.stage === 'in-review') await life.waitForReviewer();
  while (life.stage === 'registering') await life.register();
  while (life.stage === 'active') await life.serve();
  return life.end();
}

class TemplateLife {
  private readonly host: WorkflowHost<TemplateStep, TemplateAnswer>;
  private polls: number;
  private state: TemplateReviewState = { stage: 'draft', findings: [], registrations: [], summary: 'checking' };

  /** Registers every handler first: what is told before the first step is not lost. */
  constructor(private readonly input: TemplateReviewInput) {
    judgeStart(messages.templateReviewInput, input);
    this.host = new WorkflowHost(input.clock, 'always');
    this.polls = input.polls ?? 0;
    this.host.time.followClock();
    setHandler(templateReviewState, () => this.state, { description: 'Stage, findings, registrations, deadline' });
    setHandler(templateSuperseded, () => this.host.mailbox.put({ kind: 'look' }), {
      description: 'Another version of the text has become active',
    });
    setHandler(decideReview, (decision) => this.host.mailbox.ask({ kind: 'decision', decision }), {
      validator: validatedBy(messages.reviewDecision),
      description: 'A reviewer, who is not the author, approves (by the API) or rejects the text',
    });
    setHandler(retire, (retirement) => this.host.mailbox.ask({ kind: 'retirement', retirement }), {
      validator: validatedBy(messages.templateRetirement),
      description: 'The text is sent no more',
    });
    this.host.show([{ key: searchAttributes.tenant, value: input.tenantId }]);
  }

  get stage(): TemplateReviewState['stage'] {
    return this.state.stage;
  }

  /** The draft is checked; what was begun before is taken up where it stands. */
  async begin(): Promise<void> {
    await this.step({ message: { kind: 'begin', submittedBy: this.input.submittedBy } });
  }

  async waitForReviewer(): Promise<void> {
    const { reviewByMs } = this.state;
    const until = reviewByMs === undefined ? '' : ` until ${instantWords(reviewByMs, SHANGHAI)}`;
    await this.nextStep(reviewByMs, `a reviewer decides${until}`);
  }

  /** Each provider that has not answered is asked; then again, later and later. */
  async register(): Promise<void> {
    const { time, mailbox } = this.host;
    for (const provider of this.state.requiredProviders ?? this.input.requiredProviders) {
      if (this.state.registrations.some((each) => each.provider === provider && each.status !== 'pending')) continue;
      const summary = `the text at ${provider}`;
      const asOfMs = time.now();
      // One that is told that it is too early goes by the clock that it is told: the next poll asks again.
      const asked = await attemptOnce(`registering with ${provider}`, () =>
        registrations.registerTemplate.executeWithOptions({ summary }, [{ ...this.ref, provider, asOfMs }]),
      );
      if (asked) time.isEarly(asked.result);
    }
    await this.step({ message: { kind: 'registered' } });
    if (this.stage !== 'registering') return;
    const delayMs = Math.min(FIRST_POLL_MS * 2 ** Math.min(this.polls, 10), LONGEST_POLL_MS);
    this.polls += 1;
    const nextPollAtMs = time.now() + delayMs;
    const again = `providers are asked again ${instantWords(nextPollAtMs, SHANGHAI)}`;
    await this.host.messageOrDeadline(nextPollAtMs, again);
    const envelope = mailbox.takeOne();
    if (envelope) await this.step(envelope);
    await this.renewWhenLong();
  }

  async serve(): Promise<void> {
    const lookAtMs = this.host.time.now() + LOOK_EVERY_MS;
    await this.nextStep(lookAtMs, `checks again ${instantWords(lookAtMs, SHANGHAI)}`);
  }

  /** What came with the end or after it is answered by the books, which refuse it. */
  async end(): Promise<TemplateReviewResult> {
    const { mailbox } = this.host;
    await mailbox.takeRest(() => this.step(mailbox.takeOne()));
    const { stage, reason } = this.state;
    return { stage, reason };
  }

  /** The next of a message or the deadline, then one step. */
  private async nextStep(deadlineMs: number | undefined, summary: string): Promise<void> {
    await this.host.messageOrDeadline(deadlineMs, summary);
    await this.step(this.host.mailbox.takeOne(), deadlineMs);
    await this.renewWhenLong();
  }

  /** With no message, it looks at what has changed. */
  private async step(envelope?: Envelope<TemplateStep, TemplateAnswer>, deadlineMs?: number): Promise<void> {
    const { kind, version } = this.input;
    const { workflowId } = workflowInfo();
    const step = envelope?.message ?? { kind: 'look' };
    const summary = templateWords(step);
    const { result } = await this.host.step(`advancing ${kind} ${version}`, deadlineMs, (asOfMs) =>
      templates.advanceTemplate.executeWithOptions({ summary }, [
        { ...this.ref, asOfMs, step, ...(step.kind === 'begin' ? { workflowId } : {}) },
      ]),
    );
    if ('fault' in result) throw ApplicationFailure.nonRetryable(result.fault, failureTypes.notFound);
    this.state = result.state;
    if (envelope) envelope.answer = result.answer;
    this.show();
    if (result.supersededVersion !== undefined) await this.tellSuperseded(result.supersededVersion);
  }

  /** The one before may have no workflow: texts that come with a release have none, and an ended one needs no word. */
  private async tellSuperseded(version: number): Promise<void> {
    const { tenantId, kind } = this.input;
    const before = getExternalWorkflowHandle(workflowIds.templateReview(tenantId, kind, version));
    try {
      await before.signal(templateSuperseded);
    } catch (error) {
      log.info('superseded template version has no running workflow', { kind, version, cause: String(error) });
    }
  }

  private get ref() {
    const { tenantId, kind, version } = this.input;
    return { tenantId, kind, version };
  }

  private renewWhenLong(): Promise<void> {
    const lastsLong = this.stage === 'registering' || this.stage === 'active';
    return this.host.renewWhen(lastsLong && workflowInfo().historyLength >= EVENTS_PER_RUN, () =>
      continueAsNew<typeof templateReview>({ ...this.input, clock: this.host.time.clock, polls: this.polls }),
    );
  }

  private show(): void {
    const { stage, reviewByMs, summary, findings } = this.state;
    this.host.show([{ key: searchAttributes.stage, value: stage }, nextDeadlineAt(reviewByMs)]);
    const found = findings.map(({ rule, words }) => `- ${rule}: ${words}`);
    const waits =
      stage === 'in-review' && reviewByMs !== undefined
        ? [`waits for a reviewer other than ${this.input.submittedBy}, until ${instantWords(reviewByMs, SHANGHAI)}`]
        : [];
    this.host.showDetails([summary, ...waits, found.join('\n'), this.host.asOfWords]);
  }
}
