/**
 * An application, from what is known of a borrower to an offer, and the offer to the accounts under it.
 *
 *     assessing → (its sources are asked, where the policy names some)
 *               → declined → (an objection, where no person declined) → referred, to a person alone
 *               → referred → (a person, what was missing, or the deadline) → declined | offered
 *               → offered  → (acceptance, further draws, or the offer's end) → accepted | expired
 */
import { ApplicationFailure, allHandlersFinished, condition, setHandler, workflowInfo } from '@temporalio/workflow';
import type { AssessmentOutcome, Drawn } from '../../contracts/activities';
import { failureTypes, searchAttributes } from '../../contracts/names';
import {
  type Acceptance,
  type AcceptanceResult,
  type ApplicationInput,
  type ApplicationResult,
  type ApplicationStage,
  type ApplicationState,
  acceptOffer,
  applicationState,
  decideReferral,
  type Objection,
  type ObjectionResult,
  objectToDecision,
  type ReferralDecision,
} from '../../contracts/origination/application';
import {
  acceptanceSchemaOf,
  applicationInput,
  objection as objectionSchema,
  referralDecision,
} from '../../contracts/origination/applicationSchemas';
import { byProduct } from '../../domain/policy/products';
import { SHANGHAI } from '../../domain/values/clock';
import { instantWords } from '../../domain/values/dateWords';
import { type Envelope, Mailbox } from '../mailbox';
import { judgeStart } from '../newlyRefused';
import { assessment, retryThroughOutage } from '../proxies';
import { refusedUpdate, validatedBy } from '../refusedUpdate';
import { WorkflowHost } from '../workflowHost';
import { detailLines, drawWords, isObjectedTo, offerWords } from './applicationWords';
import { SourceRounds } from './sourceRounds';

export async function application(input: ApplicationInput): Promise<ApplicationResult> {
  const life = new ApplicationLife(input);
  await life.assess();
  do {
    if (life.state.stage === 'referred') await life.awaitPerson();
  } while (await life.awaitObjection());
  if (life.state.stage === 'offered') await life.awaitAcceptance();
  return life.close();
}

/** When it came counts, and not when it is judged. */
interface ReceivedObjection {
  objection: Objection;
  receivedAtMs: number;
}

/** What the referral became; or why a decision came to nothing. */
type DecisionAnswer = { stage: ApplicationStage } | { refused: string };

class ApplicationLife {
  readonly state: ApplicationState = {
    stage: 'assessing',
    assessment: undefined,
    offer: undefined,
    remainingFen: 0,
    accountIds: [],
  };
  private readonly host: WorkflowHost<Acceptance, AcceptanceResult>;
  private readonly rounds: SourceRounds<Acceptance, AcceptanceResult>;
  private decideByMs: number | undefined;
  private outlookFen: number | undefined;
  /** Apart from the acceptances: they are of another stage, and have another answer. */
  private readonly decisions = new Mailbox<ReferralDecision, DecisionAnswer>();
  private readonly objections = new Mailbox<ReceivedObjection, ObjectionResult>();

  constructor(private readonly input: ApplicationInput) {
    judgeStart(applicationInput, input);
    this.host = new WorkflowHost(input.clock, 'always');
    this.rounds = new SourceRounds(this.host, input);
    this.host.time.followClock();
    setHandler(applicationState, () => this.state, { description: 'Stage, judgement, offer, accounts' });
    setHandler(decideReferral, (decision) => this.takeDecision(decision), {
      validator: validatedBy(referralDecision, () => this.notReferred()),
      description: 'A person approves or declines a referral, with a reason',
    });
    setHandler(objectToDecision, (objection) => this.takeObjection(objection), {
      validator: validatedBy(objectionSchema, () => this.notObjectable()),
      description: 'The borrower, or somebody on behalf, objects to a decline that no person made: a person reviews it',
    });
    setHandler(acceptOffer, (acceptance) => this.takeAcceptance(acceptance), {
      validator: validatedBy(acceptanceSchemaOf),
      description: 'The borrower takes up the offer: a loan within it, or the account',
    });
    this.host.show([
      { key: searchAttributes.tenant, value: input.tenantId },
      { key: searchAttributes.product, value: input.product },
    ]);
  }

  async assess(): Promise<void> {
    const { workflowId, firstExecutionRunId: lifeId } = workflowInfo();
    const { result } = await this.host.step('assessment', undefined, (asOfMs) =>
      assessment.assessApplication.executeWithOptions({ summary: 'assessment' }, [
        { ...this.input, asOfMs, workflowId, lifeId },
      ]),
    );
    if ('refused' in result) throw ApplicationFailure.nonRetryable(result.refused, failureTypes.conflict);
    if ('policyVersion' in result) {
      await this.rounds.ask(result.toAsk);
      return this.take(await this.rounds.judge(result.toAsk, result.policyVersion));
    }
    this.take(result);
    if (result.drawn) await this.goOnWith(result.drawn);
  }

  /** Another run of it was lost after something was taken of the offer; what it opened may not have begun. */
  private async goOnWith({ accountIds, drawnFen }: Drawn): Promise<void> {
    this.state.accountIds = accountIds;
    this.state.remainingFen = Math.max(0, this.state.remainingFen - drawnFen);
    for (const accountId of accountIds) await this.startLife(accountId);
    this.showDetails();
  }

  /**
   * A referral waits for a person, or for its deadline: nobody is left waiting for ever. The review of an objection goes
   * on after its own, which calls a person again.
   */
  async awaitPerson(): Promise<void> {
    const { time } = this.host;
    let asked: Envelope<ReferralDecision, DecisionAnswer> | undefined;
    while (this.state.stage === 'referred') {
      const isAsked = () => asked !== undefined || !this.decisions.isEmpty;
      await this.askUntilDecided(isAsked);
      if (this.notReferred()) break;
      const until = this.decideByMs === undefined ? '' : ` until ${instantWords(this.decideByMs, SHANGHAI)}`;
      await time.waitFor(isAsked, this.decideByMs, `a person decides${until}`);
      asked ??= this.decisions.takeOne();
      const outcome = await this.conclude(asked?.message);
      // Whoever decides meanwhile has the time that the clock stood for.
      if (time.isEarly(outcome)) continue;
      if (!('notTaken' in outcome)) this.take(outcome);
      if (asked) asked.answer = { stage: this.state.stage };
      asked = undefined;
    }
    this.decisions.answerRest({ refused: this.notReferred() ?? '' });
  }

  private conclude(decision: ReferralDecision | undefined) {
    const { tenantId, applicationId } = this.input;
    const asOfMs = this.host.time.stepInstant(this.decideByMs);
    const nobody = isObjectedTo(this.state) ? 'nobody answered the objection in time' : 'nobody decided in time';
    const summary = decision ? `${decision.decidedBy}: ${decision.decision}` : nobody;
    return retryThroughOutage('concluding the referral', () =>
      assessment.concludeReferral.executeWithOptions({ summary }, [{ tenantId, applicationId, asOfMs, decision }]),
    );
  }

  /**
   * Meanwhile what is missing is asked for again, and judged when it came. A person who decides is first: then nothing is
   * judged but that.
   */
  private async askUntilDecided(isDecided: () => boolean): Promise<void> {
    for (let toAsk = this.rounds.before(this.decideByMs); toAsk; toAsk = this.rounds.before(this.decideByMs)) {
      await this.host.time.waitFor(isDecided, toAsk.atMs, `a person decides, or sources are asked again`);
      if (isDecided()) return;
      await this.rounds.ask(toAsk);
      const { assessment: judged } = this.state;
      if (isDecided() || !judged) return;
      this.take(await this.rounds.judge(toAsk, judged.policyVersion));
      if (this.notReferred()) return;
    }
  }

  /** A decline that may be objected to waits for that; true when a person is to decide it now. */
  async awaitObjection(): Promise<boolean> {
    const { time } = this.host;
    let asked: Envelope<ReceivedObjection, ObjectionResult> | undefined;
    while (this.state.stage === 'declined' && this.state.objectUntilMs !== undefined) {
      const untilMs = this.state.objectUntilMs;
      const summary = `an objection can be made until ${instantWords(untilMs, SHANGHAI)}`;
      await time.waitFor(() => asked !== undefined || !this.objections.isEmpty, untilMs, summary);
      asked ??= this.objections.takeOne();
      if (!asked) {
        await this.closeObjection(untilMs);
        continue;
      }
      const outcome = await this.receive(asked.message);
      if (time.isEarly(outcome)) continue;
      if (!('assessment' in outcome)) asked.answer = { status: 'refused', reasonCodes: outcome.reasonCodes };
      else {
        this.take(outcome);
        asked.answer = { status: 'in-review', reviewByMs: this.decideByMs ?? time.lastStepMs };
      }
      asked = undefined;
    }
    this.objections.answerRest({ status: 'refused', reasonCodes: ['OBJECTION_NOT_OPEN'] });
    return this.state.stage === 'referred';
  }

  private receive({ objection, receivedAtMs }: ReceivedObjection) {
    const { tenantId, applicationId } = this.input;
    const asOfMs = this.host.time.stepInstant(this.state.objectUntilMs);
    const summary = `an objection: ${objection.objectedBy}`;
    const input = { tenantId, applicationId, asOfMs, receivedAtMs, objection };
    return retryThroughOutage('receiving an objection', () =>
      assessment.receiveObjection.executeWithOptions({ summary }, [input]),
    );
  }

  /** By the clock of the books: as long as it has not come so far, it is open. */
  private async closeObjection(untilMs: number): Promise<void> {
    const { tenantId, applicationId } = this.input;
    const asOfMs = this.host.time.stepInstant(untilMs);
    const closed = await retryThroughOutage('closing the time for an objection', () =>
      assessment.closeApplication.executeWithOptions({ summary: 'nobody objected in time' }, [
        { tenantId, applicationId, asOfMs, stage: 'declined' },
      ]),
    );
    if (this.host.time.isEarly(closed)) return;
    this.state.objectUntilMs = undefined;
    this.showDetails();
  }

  /** The offer stands until it is used up or its time is over; each acceptance opens an account of its own life. */
  async awaitAcceptance(): Promise<void> {
    const expiresAtMs = this.state.offer?.expiresAtMs;
    do {
      while (this.state.remainingFen > 0) {
        await this.host.messageOrDeadline(expiresAtMs, offerWords(this.state));
        const draw = this.host.mailbox.takeOne();
        if (!draw) break;
        await this.openAccount(draw);
      }
    } while (!(await this.closeOffer(expiresAtMs)));
  }

  /** False when the offer's time is not over after all. */
  private async closeOffer(expiresAtMs: number | undefined): Promise<boolean> {
    const { tenantId, applicationId } = this.input;
    const stage = this.state.accountIds.length > 0 ? 'accepted' : 'expired';
    const asOfMs = this.host.time.stepInstant(expiresAtMs);
    const summary = this.state.remainingFen > 0 ? 'the offer is over' : 'the offer is used up';
    const closed = await retryThroughOutage('closing the offer', () =>
      assessment.closeApplication.executeWithOptions({ summary }, [{ tenantId, applicationId, asOfMs, stage }]),
    );
    if (this.host.time.isEarly(closed)) return false;
    this.show(stage);
    return true;
  }

  async close(): Promise<ApplicationResult> {
    this.host.mailbox.answerRest({ status: 'refused', reasonCodes: ['OFFER_CLOSED'] });
    await condition(allHandlersFinished);
    const { stage, accountIds, assessment: judged } = this.state;
    return { stage, accountIds, reasonCodes: judged?.reasonCodes ?? [] };
  }

  private take(outcome: AssessmentOutcome): void {
    this.state.assessment = outcome.assessment;
    this.state.offer = outcome.offer;
    this.state.remainingFen = outcome.offer?.limitFen ?? 0;
    this.decideByMs = outcome.decideByMs;
    this.outlookFen = outcome.outlookFen;
    this.state.objectUntilMs = outcome.objectUntilMs;
    this.rounds.follow(outcome);
    this.show(STAGE_OF[outcome.assessment.outcome]);
  }

  private async openAccount(draw: Envelope<Acceptance, AcceptanceResult>): Promise<void> {
    const { tenantId, applicationId } = this.input;
    const acceptance = draw.message;
    const summary = drawWords(acceptance);
    const { result } = await this.host.step('opening an account', undefined, (asOfMs) =>
      assessment.openAccount.executeWithOptions({ summary }, [{ tenantId, applicationId, asOfMs, acceptance }]),
    );
    if (result.status === 'opened' && !this.state.accountIds.includes(result.accountId)) {
      this.state.accountIds.push(result.accountId);
      this.state.remainingFen -= byProduct(acceptance, {
        'cash-loan': ({ principalFen }) => principalFen,
        revolving: () => this.state.remainingFen,
      });
      await this.startLife(result.accountId);
      this.showDetails();
    }
    draw.answer = result;
  }

  /** Not as a child: the account outlives its application, and neither needs to know how the other ends. */
  private async startLife(accountId: string): Promise<void> {
    const { tenantId, product } = this.input;
    const { clock } = this.host.time;
    const summary = `${accountId} begins`;
    await retryThroughOutage('starting the account', () =>
      assessment.startAccount.executeWithOptions({ summary }, [{ tenantId, accountId, product, clock }]),
    );
  }

  /** Judged one after the other. Still `referred`: the decision could not be taken, and the next one is judged. */
  private async takeDecision(decision: ReferralDecision): Promise<ApplicationStage> {
    const answer = await this.decisions.ask(decision);
    if ('refused' in answer) throw refusedUpdate(answer.refused);
    return answer.stage;
  }

  private takeObjection(objection: Objection): Promise<ObjectionResult> {
    return this.objections.ask({ objection, receivedAtMs: this.host.time.now() });
  }

  private takeAcceptance(acceptance: Acceptance): AcceptanceResult | Promise<AcceptanceResult> {
    if (this.state.stage !== 'offered') return { status: 'refused', reasonCodes: ['NO_OPEN_OFFER'] };
    return this.host.mailbox.ask(acceptance);
  }

  private notReferred(): string | undefined {
    const { stage } = this.state;
    return stage === 'referred' ? undefined : `the application is ${stage}, not referred`;
  }

  private notObjectable(): string | undefined {
    const { stage, objectUntilMs } = this.state;
    if (stage !== 'declined') return `the application is ${stage}, not declined`;
    const isOpen = objectUntilMs !== undefined && this.host.time.now() < objectUntilMs;
    return isOpen ? undefined : 'no objection can be made: its time is over, or a person decided';
  }

  private show(stage: ApplicationStage): void {
    this.state.stage = stage;
    this.host.show([{ key: searchAttributes.stage, value: stage }]);
    this.showDetails();
  }

  private showDetails(): void {
    const { state, decideByMs, outlookFen } = this;
    const { requestedFen } = this.input;
    const sourceLines = this.rounds.linesBefore(decideByMs);
    const lines = detailLines({ state, requestedFen, decideByMs, outlookFen, sourceLines });
    this.host.showDetails([...lines, this.host.asOfWords]);
  }
}

const STAGE_OF = { approved: 'offered', declined: 'declined', referred: 'referred' } as const;
