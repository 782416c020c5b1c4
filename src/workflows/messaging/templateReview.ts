/**
 * A notice text from its draft to its end. Where it stands is in the books, and only an active version is ever sent;
 * here is when: the checks, a reviewer's deadline, providers that are asked again, and what takes its place.
 *
 *     draft → in-review → registering → active → superseded
 *                    ↘ rejected ↙           ↘ retired (at any time)
 */
import {
  ApplicationFailure,
  allHandlersFinished,
  condition,
  continueAsNew,
  getExternalWorkflowHandle,
  log,
  setCurrentDetails,
  setHandler,
  upsertSearchAttributes,
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
import { clockMoved } from '../../contracts/operations/clock';
import { SHANGHAI } from '../../domain/values/clock';
import { instantWords } from '../../domain/values/dateWords';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../domain/values/timeUnits';
import { BusinessTime, CLOCK_MOVED } from '../businessTime';
import { templateWords } from '../credit/arrivalSummaries';
import { judgeStart } from '../newlyRefused';
import { attemptOnce, registrations, retryThroughOutage, templates } from '../proxies';
import { validatedBy } from '../refusedUpdate';

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

interface Told {
  step: TemplateStep;
  answer?: TemplateAnswer;
}

class TemplateLife {
  private readonly time: BusinessTime;
  private readonly waiting: Told[] = [];
  private polls: number;
  private state: TemplateReviewState = { stage: 'draft', findings: [], registrations: [], summary: 'checking' };

  /** Registers every handler first: what is told before the first step is not lost. */
  constructor(private readonly input: TemplateReviewInput) {
    judgeStart(messages.templateReviewInput, input);
    this.time = new BusinessTime(input.clock);
    this.polls = input.polls ?? 0;
    setHandler(clockMoved, (clock) => this.time.hear(clock), { description: CLOCK_MOVED });
    setHandler(templateReviewState, () => this.state, { description: 'Stage, findings, registrations, deadline' });
    setHandler(templateSuperseded, () => void this.waiting.push({ step: { kind: 'look' } }), {
      description: 'Another version of the text has become active',
    });
    setHandler(decideReview, (decision) => this.ask({ kind: 'decision', decision }), {
      validator: validatedBy(messages.reviewDecision),
      description: 'A reviewer, who is not the author, approves (by the API) or rejects the text',
    });
    setHandler(retire, (retirement) => this.ask({ kind: 'retirement', retirement }), {
      validator: validatedBy(messages.templateRetirement),
      description: 'The text is sent no more',
    });
    upsertSearchAttributes([{ key: searchAttributes.tenant, value: input.tenantId }]);
  }

  get stage(): TemplateReviewState['stage'] {
    return this.state.stage;
  }

  /** The draft is checked; what was begun before is taken up where it stands. */
  async begin(): Promise<void> {
    await this.step({ step: { kind: 'begin', submittedBy: this.input.submittedBy } });
  }

  async waitForReviewer(): Promise<void> {
    const { reviewByMs } = this.state;
    const until = reviewByMs === undefined ? '' : ` until ${instantWords(reviewByMs, SHANGHAI)}`;
    await this.hear(reviewByMs, `a reviewer decides${until}`);
  }

  /** Each provider that has not answered is asked; then again, later and later. */
  async register(): Promise<void> {
    for (const provider of this.state.requiredProviders ?? this.input.requiredProviders) {
      if (this.state.registrations.some((each) => each.provider === provider && each.status !== 'pending')) continue;
      const summary = `the text at ${provider}`;
      const asOfMs = this.time.now();
      // One that is told that it is too early goes by the clock that it is told: the next poll asks again.
      const asked = await attemptOnce(`registering with ${provider}`, () =>
        registrations.registerTemplate.executeWithOptions({ summary }, [{ ...this.ref, provider, asOfMs }]),
      );
      if (asked) this.time.isEarly(asked.result);
    }
    await this.step({ step: { kind: 'registered' } });
    if (this.stage !== 'registering') return;
    const delayMs = Math.min(FIRST_POLL_MS * 2 ** Math.min(this.polls, 10), LONGEST_POLL_MS);
    this.polls += 1;
    const nextPollAtMs = this.time.now() + delayMs;
    const again = `providers are asked again ${instantWords(nextPollAtMs, SHANGHAI)}`;
    await this.time.waitFor(() => this.waiting.length > 0, nextPollAtMs, again);
    if (this.waiting.length > 0) await this.step(this.waiting.shift() as Told);
    await this.renewWhenLong();
  }

  async serve(): Promise<void> {
    const lookAtMs = this.time.now() + LOOK_EVERY_MS;
    await this.hear(lookAtMs, `looks by itself ${instantWords(lookAtMs, SHANGHAI)}`);
  }

  /** What came with the end or after it is answered by the books, which refuse it. */
  async end(): Promise<TemplateReviewResult> {
    while (!allHandlersFinished() || this.waiting.length > 0) {
      await condition(() => allHandlersFinished() || this.waiting.length > 0);
      const told = this.waiting.shift();
      if (told) await this.step(told);
    }
    const { stage, reason } = this.state;
    return { stage, reason };
  }

  /** The next of a message or the deadline, then one step. */
  private async hear(deadlineMs: number | undefined, summary: string): Promise<void> {
    await this.time.waitFor(() => this.waiting.length > 0, deadlineMs, summary);
    await this.step(this.waiting.shift() ?? { step: { kind: 'look' } }, deadlineMs);
    await this.renewWhenLong();
  }

  private async step(told: Told, deadlineMs?: number): Promise<void> {
    const { kind, version } = this.input;
    const { workflowId } = workflowInfo();
    const { step } = told;
    const summary = templateWords(step);
    const { result } = await this.time.step(deadlineMs, (asOfMs) =>
      retryThroughOutage(`advancing ${kind} ${version}`, () =>
        templates.advanceTemplate.executeWithOptions({ summary }, [
          { ...this.ref, asOfMs, step, ...(step.kind === 'begin' ? { workflowId } : {}) },
        ]),
      ),
    );
    if ('fault' in result) throw ApplicationFailure.nonRetryable(result.fault, failureTypes.notFound);
    this.state = result.state;
    told.answer = result.answer;
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
      log.info('the version before has no workflow that runs', { kind, version, cause: String(error) });
    }
  }

  /** One after the other, in the order in which they came. */
  private async ask(step: TemplateStep): Promise<TemplateAnswer> {
    const told: Told = { step };
    this.waiting.push(told);
    await condition(() => told.answer !== undefined);
    if (!told.answer) throw new Error('the answer was there a moment ago');
    return told.answer;
  }

  private get ref() {
    const { tenantId, kind, version } = this.input;
    return { tenantId, kind, version };
  }

  private async renewWhenLong(): Promise<void> {
    if (workflowInfo().historyLength < EVENTS_PER_RUN || (this.stage !== 'registering' && this.stage !== 'active'))
      return;
    await condition(() => allHandlersFinished() || this.waiting.length > 0);
    if (this.waiting.length > 0) return;
    await continueAsNew<typeof templateReview>({ ...this.input, clock: this.time.clock, polls: this.polls });
  }

  private show(): void {
    const { stage, reviewByMs, summary, findings } = this.state;
    upsertSearchAttributes([
      { key: searchAttributes.stage, value: stage },
      { key: searchAttributes.nextDeadline, value: reviewByMs === undefined ? null : new Date(reviewByMs) },
    ]);
    const found = findings.map(({ rule, words }) => `- ${rule}: ${words}`);
    const waits =
      stage === 'in-review' && reviewByMs !== undefined
        ? [`waits for a reviewer other than ${this.input.submittedBy}, until ${instantWords(reviewByMs, SHANGHAI)}`]
        : [];
    const asOf = `as of ${instantWords(this.time.lastStepMs, SHANGHAI)}`;
    setCurrentDetails([summary, ...waits, found.join('\n'), asOf].filter((part) => part !== '').join('\n\n'));
  }
}
