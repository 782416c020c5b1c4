/**
 * An application, from what is known of a borrower to an offer, and the offer to the accounts under it.
 *
 *     assessing → declined
 *               → referred → (a person, or the deadline) → declined | offered
 *               → offered  → (acceptance, further draws, or the offer's end) → accepted | expired
 */
import {
  ApplicationFailure,
  allHandlersFinished,
  condition,
  setCurrentDetails,
  setHandler,
  upsertSearchAttributes,
} from '@temporalio/workflow';
import type { AssessmentOutcome } from '../contracts/activities';
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
  type ReferralDecision,
} from '../contracts/application';
import { clockMoved } from '../contracts/clock';
import { failureTypes, searchAttributes } from '../contracts/names';
import { invalidAcceptance, invalidApplicationInput, invalidReferralDecision } from '../contracts/validation';
import { type Fen, formatYuan } from '../domain/money';
import { BusinessTime } from './businessTime';
import { assessment, steadily } from './proxies';

export async function application(input: ApplicationInput): Promise<ApplicationResult> {
  const life = new ApplicationLife(input);
  await life.assess();
  if (life.state.stage === 'referred') await life.awaitPerson();
  if (life.state.stage === 'offered') await life.awaitAcceptance();
  return life.close();
}

interface Draw {
  acceptance: Acceptance;
  result?: AcceptanceResult;
}

class ApplicationLife {
  readonly state: ApplicationState = {
    stage: 'assessing',
    assessment: undefined,
    offer: undefined,
    remainingFen: 0,
    accountIds: [],
  };
  private readonly time: BusinessTime;
  private decideByMs: number | undefined;
  private outlookFen: number | undefined;
  private decision: ReferralDecision | undefined;
  private draws: Draw[] = [];

  constructor(private readonly input: ApplicationInput) {
    const fault = invalidApplicationInput(input);
    if (fault) throw ApplicationFailure.nonRetryable(fault, failureTypes.invalidInput);
    this.time = new BusinessTime(input.clock);
    setHandler(clockMoved, (clock) => this.time.move(clock));
    setHandler(applicationState, () => this.state);
    setHandler(decideReferral, (decision) => this.takeDecision(decision), {
      validator: (decision) => this.rejectDecision(decision),
    });
    setHandler(acceptOffer, (acceptance) => this.takeAcceptance(acceptance), { validator: rejectAcceptance });
    upsertSearchAttributes([
      { key: searchAttributes.tenant, value: input.tenantId },
      { key: searchAttributes.product, value: input.product },
    ]);
  }

  async assess(): Promise<void> {
    const asOfMs = this.time.now();
    this.take(await steadily('assessment', () => assessment.assessApplication({ ...this.input, asOfMs })));
  }

  /** A referral waits for a person, or for its deadline: nobody is left waiting for ever. */
  async awaitPerson(): Promise<void> {
    await this.time.waitFor(() => this.decision !== undefined, this.decideByMs);
    const { tenantId, applicationId } = this.input;
    const asOfMs = this.time.stepInstant(this.decideByMs);
    const decision = this.decision;
    this.take(
      await steadily('concluding the referral', () =>
        assessment.concludeReferral({ tenantId, applicationId, asOfMs, decision }),
      ),
    );
  }

  /** The offer stands until it is used up or its time is over; each acceptance opens an account of its own life. */
  async awaitAcceptance(): Promise<void> {
    const expiresAtMs = this.state.offer?.expiresAtMs;
    while (this.state.remainingFen > 0) {
      await this.time.waitFor(() => this.draws.length > 0, expiresAtMs);
      const draw = this.draws.shift();
      if (!draw) break;
      await this.openAccount(draw);
    }
    const { tenantId, applicationId } = this.input;
    const stage = this.state.accountIds.length > 0 ? 'accepted' : 'expired';
    const asOfMs = this.time.stepInstant(expiresAtMs);
    await steadily('closing the offer', () => assessment.closeApplication({ tenantId, applicationId, asOfMs, stage }));
    this.show(stage);
  }

  async close(): Promise<ApplicationResult> {
    for (const draw of this.draws) draw.result = { status: 'refused', reasonCodes: ['OFFER_CLOSED'] };
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
    this.show(STAGE_OF[outcome.assessment.outcome]);
  }

  private async openAccount(draw: Draw): Promise<void> {
    const { tenantId, applicationId } = this.input;
    const asOfMs = this.time.now();
    const { acceptance } = draw;
    const result = await steadily('opening an account', () =>
      assessment.openAccount({ tenantId, applicationId, asOfMs, acceptance }),
    );
    if (result.status === 'opened' && !this.state.accountIds.includes(result.accountId)) {
      this.state.accountIds.push(result.accountId);
      this.state.remainingFen -= acceptance.product === 'cash-loan' ? acceptance.principalFen : this.state.remainingFen;
      await this.startLife(result.accountId);
    }
    draw.result = result;
  }

  /** Not as a child: the account outlives its application, and neither needs to know how the other ends. */
  private async startLife(accountId: string): Promise<void> {
    const { tenantId, product } = this.input;
    const { clock } = this.time;
    await steadily('starting the account', () => assessment.startAccount({ tenantId, accountId, product, clock }));
  }

  private async takeDecision(decision: ReferralDecision): Promise<ApplicationStage> {
    this.decision = decision;
    await condition(() => this.state.stage !== 'referred');
    return this.state.stage;
  }

  private async takeAcceptance(acceptance: Acceptance): Promise<AcceptanceResult> {
    if (this.state.stage !== 'offered') return { status: 'refused', reasonCodes: ['NO_OPEN_OFFER'] };
    const draw: Draw = { acceptance };
    this.draws.push(draw);
    await condition(() => draw.result !== undefined);
    return draw.result ?? { status: 'refused', reasonCodes: ['OFFER_CLOSED'] };
  }

  private rejectDecision(decision: ReferralDecision): void {
    const fault = invalidReferralDecision(decision);
    if (fault) throw new Error(fault);
    if (this.state.stage !== 'referred') throw new Error(`the application is ${this.state.stage}, not referred`);
    if (this.decision) throw new Error('a decision was taken already');
  }

  private show(stage: ApplicationStage): void {
    this.state.stage = stage;
    upsertSearchAttributes([{ key: searchAttributes.stage, value: stage }]);
    const reasons = this.state.assessment?.reasonCodes.join(', ') || 'none';
    const accounts = this.state.accountIds.join(', ') || 'none';
    setCurrentDetails(
      [`**${stage}**`, ...this.grantInWords(), `reasons: ${reasons}`, `accounts: ${accounts}`].join(' · '),
    );
  }

  /** What a person sees of an approval, before and after it: less than was asked for may be granted. */
  private grantInWords(): string[] {
    const of = (fen: Fen) => `${formatYuan(fen)} CNY of ${formatYuan(this.input.requestedFen)} CNY asked`;
    const { offer, stage } = this.state;
    if (offer) return [`granted ${of(offer.limitFen)}`];
    const isReferred = stage === 'referred' && this.outlookFen !== undefined;
    return isReferred ? [`an approval without further proof grants ${of(this.outlookFen ?? 0)}`] : [];
  }
}

const STAGE_OF = { approved: 'offered', declined: 'declined', referred: 'referred' } as const;

function rejectAcceptance(acceptance: Acceptance): void {
  const fault = invalidAcceptance(acceptance);
  if (fault) throw new Error(fault);
}
