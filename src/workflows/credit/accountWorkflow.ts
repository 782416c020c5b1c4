/**
 * What the two account workflows share: the messages, the step that takes what arrived to the books, and what operators
 * see. When to do what is told by `cashLoan.ts`, `revolvingAccount.ts` and `overdue.ts`.
 */
import {
  ApplicationFailure,
  continueAsNew,
  currentUpdateInfo,
  log,
  patched,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import {
  type AccountInput,
  type AccountResult,
  type AccountState,
  accountState,
  decideWriteOff,
  type WriteOffApproval,
  type WriteOffDecision,
  type WriteOffProgress,
} from '../../contracts/credit/account';
import type { MessageAnswer } from '../../contracts/credit/accountMessages';
import { writeOffDecision } from '../../contracts/credit/accountSchemas';
import type { Arrival } from '../../contracts/credit/arrivals';
import { factKeys, searchAttributes } from '../../contracts/names';
import { accountInput } from '../../contracts/runSchemas';
import { isClosed, type OpenStage, openStageOf } from '../../domain/credit/accountStages';
import type { Product } from '../../domain/policy/lendingPolicy';
import { dateAt, SHANGHAI } from '../../domain/values/clock';
import { judgeStart } from '../newlyRefused';
import { servicing, summarised } from '../proxies';
import { validatedBy } from '../refusedUpdate';
import { nextDeadlineAt, WorkflowHost } from '../workflowHost';
import { registerAccountHandlers } from './accountMessages';
import { arrivalWords } from './arrivalSummaries';
import { Inbox } from './inbox';

/** Since words for a write-off are counted where it is known who says them. */
const WORDS_IN_BOOKS = 'write-off-words-in-books';
/** A run goes on in a new one near this many events, so that replay stays short. */
const EVENTS_PER_RUN = 200;
/** Of a word that was given before reasons were asked for. */
const NO_REASON = 'no reason on record';

export class AccountHost {
  private readonly host: WorkflowHost<Arrival, MessageAnswer>;
  private readonly inbox: Inbox;
  /** Words for the write-off in the review that goes on, of runs from before they were counted in the books. */
  private writeOffApprovals: WriteOffApproval[];
  private state: AccountState;

  /** Registers every handler first: a message that came before the first step is not lost. */
  constructor(
    private readonly input: AccountInput,
    product: Product,
  ) {
    judgeStart(accountInput, input);
    this.host = new WorkflowHost(input.clock);
    this.inbox = new Inbox(this.host.mailbox);
    this.state = input.resumed?.state ?? unopened(product);
    const { approvals = [], voices } = input.resumed ?? {};
    this.writeOffApprovals = voices ?? approvals.map((decidedBy) => ({ decidedBy }));
    registerAccountHandlers(this.inbox);
    setHandler(decideWriteOff, (decision) => this.decide(decision), {
      validator: validatedBy(writeOffDecision),
      description: 'One of the two principals whom a write-off needs (by the API), or one who keeps the account',
    });
    this.host.time.followClock();
    setHandler(accountState, () => this.shownState(), { description: 'Stage, bucket, next deadline' });
  }

  get stage(): AccountState['stage'] {
    return this.state.stage;
  }

  get isOpen(): boolean {
    return !isClosed(this.state);
  }

  /** Undefined once it is closed. */
  get openStage(): OpenStage | undefined {
    return openStageOf(this.stage);
  }

  /** The first step of the first run: the loan is paid out. */
  payOut(): Promise<void> {
    return this.open();
  }

  /** The first step of the first run: the limit can be used. */
  openLimit(): Promise<void> {
    return this.open();
  }

  private async open(): Promise<void> {
    if (this.input.resumed) return this.show();
    this.host.mailbox.putFirst({ kind: 'opening' });
    await this.step(workflowInfo().workflowId);
  }

  /** Waits for the next of deadline or message, then takes one step. */
  async nextStep(): Promise<void> {
    const { nextDeadlineAtMs, nextDeadlineFor } = this.state;
    await this.host.messageOrDeadline(nextDeadlineAtMs, nextDeadlineFor);
    await this.step();
    if (this.isOpen) await this.renewWhenLong();
  }

  /** A word for a write-off counts in its own review only. */
  endReview(): void {
    if (this.writeOffApprovals.length === 0) return;
    this.writeOffApprovals = [];
    this.showDetails();
  }

  /** One step: what arrived goes to the books, which answer with the stage and the next deadline. */
  private async step(workflowId?: string): Promise<void> {
    const { tenantId, accountId } = this.input;
    const arrivals = this.inbox.take();
    const summary = arrivalWords(arrivals) ?? this.state.nextDeadlineFor;
    const { result } = await this.host.step(`advancing ${accountId}`, this.state.nextDeadlineAtMs, (asOfMs) =>
      servicing.advanceAccount.executeWithOptions(summarised(summary), [
        { tenantId, accountId, asOfMs, arrivals, ...(workflowId === undefined ? {} : { workflowId }) },
      ]),
    );
    if (result.refused) throw ApplicationFailure.nonRetryable(result.refused.message, result.refused.type);
    this.state = result.state;
    this.inbox.answer(result);
    const { setAside: asides } = result;
    if (asides) log.error('arrivals set aside: two people settle them', { accountId, asides });
    this.show();
  }

  private renewWhenLong(): Promise<void> {
    const { historyLength, continueAsNewSuggested } = workflowInfo();
    return this.host.renewWhen(historyLength >= EVENTS_PER_RUN || continueAsNewSuggested, () => {
      // `approvals` for a worker of before, should one go on with it.
      const approvals = this.writeOffApprovals.map(({ decidedBy }) => decidedBy);
      const resumed = { state: this.state, approvals, voices: this.writeOffApprovals };
      const { clock } = this.host.time;
      return continueAsNew<(input: AccountInput) => Promise<AccountResult>>({ ...this.input, clock, resumed });
    });
  }

  /**
   * Answers what still waits. Whether the story ends: a payment that bounced in the meantime opens a settled loan
   * again.
   */
  async closes(): Promise<boolean> {
    await this.host.mailbox.takeRest(
      () => this.step(),
      () => this.isOpen,
    );
    return !this.isOpen;
  }

  get result(): AccountResult {
    return { stage: this.stage, closedOn: dateAt(this.host.time.now(), SHANGHAI) };
  }

  /** Writing off needs two principals; one who keeps the account ends the review's count. */
  private decide(word: WriteOffDecision): WriteOffProgress | Promise<WriteOffProgress> {
    if (this.stage !== 'write-off-review') return { status: 'not-in-review' };
    if (!patched(WORDS_IN_BOOKS)) return this.countHere(word);
    // Names that were counted here count no more; the books know who says it.
    this.writeOffApprovals = [];
    const key = currentUpdateInfo()?.id ?? `word-${workflowInfo().historyLength}`;
    return this.inbox.ask<WriteOffProgress>(factKeys.writeOffWord(key), { kind: 'write-off-word', word, key });
  }

  /** As before words were counted in the books: replays of recorded histories alone come here. */
  private countHere({ decision, decidedBy, reason }: WriteOffDecision): WriteOffProgress {
    if (decision === 'keep') {
      this.endReview();
      return { status: 'kept' };
    }
    if (this.writeOffApprovals.some((approval) => approval.decidedBy === decidedBy)) return { status: 'same-person' };
    this.writeOffApprovals.push({ decidedBy, reason, saidAtMs: this.host.time.now() });
    this.showDetails();
    const [first, second] = this.writeOffApprovals;
    if (first === undefined || second === undefined) return { status: 'needs-second-person' };
    const reasons: [string, string] = [first.reason ?? NO_REASON, second.reason ?? NO_REASON];
    this.inbox.put({ kind: 'write-off', decidedBy: [first.decidedBy, second.decidedBy], reasons });
    return { status: 'written-off' };
  }

  /** What a program sees: where the account stands, and who has said yes to its write-off. */
  private shownState(): AccountState {
    return this.writeOffApprovals.length === 0 ? this.state : { ...this.state, writeOffVoices: this.writeOffApprovals };
  }

  private showDetails(): void {
    const approvals = this.state.writeOffVoices ?? this.writeOffApprovals;
    const said = approvals.map(({ decidedBy, reason }) => `- ${decidedBy}: ${reason ?? NO_REASON}`);
    const words = said.length === 1 ? ['', 'Write-off, needs a second person:', ...said] : ['', 'Write-off:', ...said];
    this.host.showDetails([[this.state.summary, ...(said.length === 0 ? [] : words)].join('\n')]);
  }

  /** What operators see: where the account stands, and the state in words. */
  private show(): void {
    const { product, stage, bucket, nextDeadlineAtMs, amountBand } = this.state;
    this.host.show([
      { key: searchAttributes.tenant, value: this.input.tenantId },
      { key: searchAttributes.product, value: product },
      { key: searchAttributes.stage, value: stage },
      // A closed account is in no bucket.
      { key: searchAttributes.bucket, value: bucket ?? null },
      { key: searchAttributes.amountBand, value: amountBand },
      nextDeadlineAt(nextDeadlineAtMs),
    ]);
    this.showDetails();
  }
}

function unopened(product: Product): AccountState {
  return {
    product,
    stage: 'current',
    bucket: 'M0',
    daysPastDue: 0,
    amountBand: 'none',
    nextDeadlineAtMs: undefined,
    summary: 'opening',
  };
}
