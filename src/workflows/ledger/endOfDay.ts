/**
 * The end of the day: each business date is closed when it has ended and its accounts have stepped, and sealed after
 * that. Days that were missed are caught up in order. A red close calls people and stops none of the next days.
 */

import {
  ApplicationFailure,
  continueAsNew,
  log,
  setCurrentDetails,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import type { ClosedDates, TriedDate, WaitedFor } from '../../contracts/activities';
import type { EndOfDayInput } from '../../contracts/ledger/endOfDay';
import { failureTypes, searchAttributes } from '../../contracts/names';
import { invalidEndOfDayInput } from '../../contracts/validation';
import { dateAt, SHANGHAI } from '../../domain/values/clock';
import { instantWords } from '../../domain/values/dateWords';
import { HOUR_MS } from '../../domain/values/timeUnits';
import { BusinessTime } from '../businessTime';
import { attemptOnce, closings } from '../proxies';

const EVENTS_PER_RUN = 400;
/** Real time between two looks: on a fast clock several dates are closed in one reading of the books. */
const LEAST_PAUSE_MS = 5_000;
/** A settled debit is told to its account within seconds; an hour, and on a fast clock half a minute of real time. */
const PATIENCE_MS = HOUR_MS;
const LEAST_PATIENCE_MS = 30_000;

export async function endOfDay(input: EndOfDayInput): Promise<void> {
  const fault = invalidEndOfDayInput(input);
  if (fault) throw ApplicationFailure.nonRetryable(fault, failureTypes.invalidInput);
  const days = new Days(input);
  while (workflowInfo().historyLength < EVENTS_PER_RUN) {
    const closed = await days.close();
    if (closed && (await days.seal(closed))) await days.waitForNext(closed);
  }
  await continueAsNew<typeof endOfDay>(days.goesOn);
}

class Days {
  private readonly time: BusinessTime;
  private readonly tenantId: string;
  private readonly fromDate: string;
  private nextMs: number | undefined;
  private sealedThrough: string | undefined;
  private last: TriedDate | undefined;
  private waited: WaitedFor | undefined;

  constructor({ tenantId, clock, fromDate, waited }: EndOfDayInput) {
    this.tenantId = tenantId;
    this.time = new BusinessTime(clock);
    this.time.followClock();
    this.waited = waited;
    this.fromDate = fromDate ?? dateAt(this.time.now(), SHANGHAI);
    upsertSearchAttributes([{ key: searchAttributes.tenant, value: tenantId }]);
  }

  get goesOn(): EndOfDayInput {
    return { tenantId: this.tenantId, clock: this.time.clock, fromDate: this.fromDate, waited: this.waited };
  }

  /** Undefined where it is to be tried anew. */
  async close(): Promise<ClosedDates | undefined> {
    const { tenantId, fromDate, waited } = this;
    const patienceMs = Math.max(PATIENCE_MS, LEAST_PATIENCE_MS * this.time.clock.speed);
    const asOfMs = this.time.stepInstant(this.nextMs);
    const summary = `dates that have ended by ${instantWords(asOfMs, SHANGHAI)}`;
    const done = await attemptOnce('the daily close', () =>
      closings.closeEndedDates.executeWithOptions({ summary }, [{ tenantId, fromDate, asOfMs, patienceMs, waited }]),
    );
    if (!done || this.time.isEarly(done.result)) return undefined;
    this.report(done.result);
    return done.result;
  }

  /** After the close, whatever it found: what was decided and sent stands, and is bound from now on. */
  async seal({ triedThrough }: ClosedDates): Promise<boolean> {
    if (triedThrough === null || triedThrough === this.sealedThrough) return true;
    const { tenantId, fromDate } = this;
    const at = { tenantId, fromDate, throughDate: triedThrough, asOfMs: this.time.lastStepMs };
    const done = await attemptOnce('sealing the evidence', () =>
      closings.sealDates.executeWithOptions({ summary: `the evidence of ${triedThrough}` }, [at]),
    );
    if (!done || this.time.isEarly(done.result)) return false;
    // A later date may be sealed by hand: what counts is that this one is covered.
    this.sealedThrough = triedThrough;
    return true;
  }

  async waitForNext(closed: ClosedDates): Promise<void> {
    this.nextMs = Math.max(closed.nextAtMs, this.time.now() + LEAST_PAUSE_MS * this.time.clock.speed);
    this.show(closed);
    await this.time.waitFor(() => false, this.nextMs, `the next date ${instantWords(this.nextMs, SHANGHAI)}`);
  }

  private report({ tried, waitsFor }: ClosedDates): void {
    this.last = tried.at(-1) ?? this.last;
    for (const { businessDate, outcome, checks } of tried) {
      if (outcome === 'failed') log.warn('the daily close found differences', { businessDate, checks });
    }
    if (waitsFor?.incidentId !== undefined && waitsFor.incidentId !== this.waited?.incidentId) {
      log.warn('the daily close waits for an account', { ...waitsFor });
    }
    this.waited = waitsFor;
  }

  private show({ closedThrough, openDates, waitsFor, nextAtMs }: ClosedDates): void {
    const stage = waitsFor ? 'waiting' : openDates.length > 0 ? 'differences' : 'closed';
    upsertSearchAttributes([
      { key: searchAttributes.stage, value: stage },
      { key: searchAttributes.nextDeadline, value: new Date(nextAtMs) },
    ]);
    const { last } = this;
    const found = last && last.checks.length > 0 ? `: ${last.checks.join(', ')}` : '';
    setCurrentDetails(
      [
        closedThrough === null ? '**no date is closed yet**' : `**closed through ${closedThrough}**`,
        ...(this.sealedThrough === undefined ? [] : [`sealed through ${this.sealedThrough}`]),
        ...(openDates.length > 0 ? [`open with differences: ${openDates.join(', ')}${found}`] : []),
        ...(waitsFor ? [`${waitsFor.businessDate} waits for the step of account ${waitsFor.accountId}`] : []),
        ...(waitsFor?.incidentId === undefined ? [] : [`waited too long: ${waitsFor.incidentId} was opened`]),
        ...(last && last.waitingCount > 0 ? [`set aside, for two people: ${last.waitingCount}`] : []),
        `looks again ${instantWords(nextAtMs, SHANGHAI)}`,
      ].join('\n\n'),
    );
  }
}
