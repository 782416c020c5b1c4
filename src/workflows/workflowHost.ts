/**
 * What a workflow with a life of stages and messages stands on: business time, its mailbox, the wait for the next of
 * deadline or message, the step, and what operators see. The life itself, its stages, messages and steps, is in its own
 * file. Nothing here may change the commands of a run: recorded histories replay for ever.
 */
import type { SearchAttributeUpdatePair } from '@temporalio/common';
import { setCurrentDetails, upsertSearchAttributes } from '@temporalio/workflow';
import { searchAttributes } from '../contracts/names';
import type { TooEarly } from '../contracts/operations/clock';
import { type BusinessClock, SHANGHAI } from '../domain/values/clock';
import { instantWords } from '../domain/values/dateWords';
import { BusinessTime } from './businessTime';
import { Mailbox } from './mailbox';
import { retryThroughOutage } from './proxies';

/** Of search attributes: those that differ from what is shown; or all, as workflows whose histories have it so. */
type Upserts = 'changes' | 'always';

export class WorkflowHost<Message, Answer> {
  readonly time: BusinessTime;
  readonly mailbox = new Mailbox<Message, Answer>();
  private readonly shown = new Map<string, unknown>();

  constructor(
    clock: BusinessClock,
    private readonly upserts: Upserts = 'changes',
  ) {
    this.time = new BusinessTime(clock);
  }

  /** Until a message is there or the deadline is due. `summary` says in the history what the timer is for. */
  messageOrDeadline(deadlineMs: number | undefined, summary?: string): Promise<void> {
    return this.time.waitFor(() => !this.mailbox.isEmpty, deadlineMs, summary);
  }

  /** A step at its instant, or at the deadline that is due; tried for as long as it takes. `what` is for the log. */
  step<Result>(
    what: string,
    deadlineMs: number | undefined,
    take: (asOfMs: number) => Promise<Result | TooEarly>,
  ): Promise<{ asOfMs: number; result: Result }> {
    return this.time.step(deadlineMs, (asOfMs) => retryThroughOutage(what, () => take(asOfMs)));
  }

  /** Goes on in a new run when this one `isLong` and the mailbox lets it. */
  async renewWhen(isLong: boolean, goOn: () => Promise<never>): Promise<void> {
    if (await this.mailbox.isTimeToRenew(isLong)) await goOn();
  }

  show(attributes: SearchAttributeUpdatePair[]): void {
    const upserted = this.upserts === 'always' ? attributes : attributes.filter((each) => this.isNew(each));
    if (upserted.length > 0) upsertSearchAttributes(upserted);
  }

  /** In Markdown; an empty paragraph is left out. */
  showDetails(paragraphs: string[]): void {
    setCurrentDetails(paragraphs.filter((paragraph) => paragraph !== '').join('\n\n'));
  }

  /** `as of 12 Mar 2026 10:15`: what is shown is true since the last step. */
  get asOfWords(): string {
    return `as of ${instantWords(this.time.lastStepMs, SHANGHAI)}`;
  }

  /** What was never shown stands as nothing. */
  private isNew({ key, value }: SearchAttributeUpdatePair): boolean {
    const [before = null, now] = [this.shown.get(key.name), value?.valueOf() ?? null];
    this.shown.set(key.name, now);
    return before !== now;
  }
}

/** The search attribute of the deadline that a workflow waits for; nothing where it waits for none. */
export function nextDeadlineAt(deadlineMs: number | undefined): SearchAttributeUpdatePair {
  return { key: searchAttributes.nextDeadline, value: deadlineMs === undefined ? null : new Date(deadlineMs) };
}
