/** How workflows call activities: the bounds of each kind, and why they are what they are. */
import {
  ActivityFailure,
  ApplicationFailure,
  log,
  proxyActivities,
  proxyLocalActivities,
  sleep,
  TimeoutFailure,
} from '@temporalio/workflow';
import type {
  AssessmentActivities,
  DailyCloseActivities,
  DebitActivities,
  HousekeepingActivities,
  IncidentActivities,
  ModelReviewActivities,
  NoticeActivities,
  SealActivities,
  ServicingActivities,
  SourceActivities,
  TemplateReviewActivities,
} from '../contracts/activities';
import { failureTypes } from '../contracts/names';
import type { Timed } from '../contracts/operations/clock';
import { firstCharacters } from '../domain/values/characters';

/** A second try cannot help these: the caller has to change something. */
const NOT_RETRIED = Object.values(failureTypes);

/**
 * Steps on the books: one transaction each, some milliseconds. Local, because a wake then costs one marker in the
 * history. Safe to retry: facts, entries and notices are idempotent by business key.
 */
export const localStep = {
  // An attempt that takes longer hangs on a lock or a dead connection; the transaction is bounded as well.
  startToCloseTimeout: '10 seconds',
  // Short outages are ridden out here; `steadily` outlives long ones without filling the history.
  scheduleToCloseTimeout: '1 minute',
  localRetryThreshold: '2 seconds',
  retry: {
    initialInterval: '1 second',
    backoffCoefficient: 2,
    maximumInterval: '15 seconds',
    nonRetryableErrorTypes: NOT_RETRIED,
  },
} as const;

export const servicing = proxyLocalActivities<Timed<ServicingActivities>>(localStep);
export const assessment = proxyLocalActivities<Timed<AssessmentActivities>>(localStep);
export const incidents = proxyLocalActivities<Timed<IncidentActivities>>(localStep);
export const modelLives = proxyLocalActivities<Timed<ModelReviewActivities>>(localStep);
export const templates = proxyLocalActivities<Timed<Pick<TemplateReviewActivities, 'advanceTemplate'>>>(localStep);

/**
 * A sweep calls providers, so it is a regular activity that heartbeats. Safe to retry: a notice is marked attempted
 * before its provider is called, and an attempted notice is never sent again.
 */
export const notices = proxyActivities<Timed<NoticeActivities>>({
  // At most one batch at the providers' usual answers; a slower one ends here and goes on in the next sweep.
  startToCloseTimeout: '2 minutes',
  heartbeatTimeout: '30 seconds',
  // A sweep judges by one instant. What could not be done soon after it is not done by it: the quiet hours may have
  // begun since, or the date may have changed. The lane takes a new instant instead.
  scheduleToCloseTimeout: '2 minutes',
  retry: {
    initialInterval: '2 seconds',
    backoffCoefficient: 2,
    maximumInterval: '1 minute',
    nonRetryableErrorTypes: NOT_RETRIED,
  },
});

/**
 * A sweep calls the payment rail, so it is a regular activity that heartbeats. Safe to retry: a debit is committed as
 * attempted with its reference before the rail is called, and an attempted one is asked about before anything is sent.
 */
export const debits = proxyActivities<Timed<DebitActivities>>({
  // One batch, where each debit may take the two and a half minutes that asking a slow rail takes (docs/payment-rail.md).
  startToCloseTimeout: '15 minutes',
  // Longer than a rail takes to answer once, or the pause before it is asked again.
  heartbeatTimeout: '1 minute',
  // A sweep judges by one instant: what could not be done soon after it is judged anew by another.
  scheduleToCloseTimeout: '15 minutes',
  retry: {
    initialInterval: '2 seconds',
    backoffCoefficient: 2,
    maximumInterval: '1 minute',
    nonRetryableErrorTypes: NOT_RETRIED,
  },
});

/**
 * A provider is asked about a text over the network. Safe to retry: a submission is found by its name, and a final
 * answer is kept once.
 */
export const registrations = proxyActivities<Timed<Pick<TemplateReviewActivities, 'registerTemplate'>>>({
  // One question and its answer, at the usual bound of a provider's API.
  startToCloseTimeout: '30 seconds',
  // The workflow asks again by itself, at longer and longer intervals.
  scheduleToCloseTimeout: '2 minutes',
  retry: {
    initialInterval: '2 seconds',
    backoffCoefficient: 2,
    maximumInterval: '30 seconds',
    nonRetryableErrorTypes: NOT_RETRIED,
  },
});

/**
 * A supplier is asked about an applicant over the network. Safe to retry: a question changes nothing there, and its answer
 * is kept once, by the instant at which it was asked.
 */
export const sources = proxyActivities<Timed<SourceActivities>>({
  // Three tries of ten seconds and their pauses (docs/data-sources.md), and the books before and after.
  startToCloseTimeout: '1 minute',
  // A supplier that does not answer is no failure: what is tried again here are the books. Then the workflow rests.
  scheduleToCloseTimeout: '5 minutes',
  retry: {
    initialInterval: '2 seconds',
    backoffCoefficient: 2,
    maximumInterval: '30 seconds',
    nonRetryableErrorTypes: NOT_RETRIED,
  },
});

/** Removing old rows, a thousand at a time. Safe to retry: what is gone is gone. */
export const housekeepings = proxyActivities<HousekeepingActivities>({
  // The first time on an old database there are millions; a batch takes some tens of milliseconds.
  startToCloseTimeout: '1 hour',
  // After each batch; one that hangs on a lock ends here.
  heartbeatTimeout: '1 minute',
  // Until the next day's.
  scheduleToCloseTimeout: '12 hours',
  retry: {
    initialInterval: '1 minute',
    backoffCoefficient: 2,
    maximumInterval: '1 hour',
    nonRetryableErrorTypes: NOT_RETRIED,
  },
});

/**
 * The books of a whole tenant are read, page by page, and proved; then a date is sealed. Safe to retry: what was tried
 * is on record, and a date is closed once and sealed once.
 */
export const closings = proxyActivities<Timed<DailyCloseActivities & SealActivities>>({
  // 50,000 accounts take 12 s: some millions of them, on a server that has other work.
  startToCloseTimeout: '1 hour',
  // After each page of accounts; then all signatures and sums are read at once, for which a statement has ten minutes.
  heartbeatTimeout: '20 minutes',
  // It judges by one instant: what could not be read soon after it is read anew by another.
  scheduleToCloseTimeout: '2 hours',
  retry: {
    initialInterval: '10 seconds',
    backoffCoefficient: 2,
    maximumInterval: '10 minutes',
    nonRetryableErrorTypes: NOT_RETRIED,
  },
});

/** In bytes: Temporal fails the task of a workflow that gives it more, and the words hold ids as they were sent. */
const LONGEST_SUMMARY = 400;

/** What the history shows of a step; nothing where nothing is known of it. */
export function summarised(summary: string | undefined): { summary?: string } {
  if (summary === undefined) return {};
  // A character has at most four bytes; half of one cannot be written at all.
  const most = /^[ -~]*$/.test(summary) ? LONGEST_SUMMARY : LONGEST_SUMMARY / 4;
  return { summary: firstCharacters(summary.replace(/\p{Cs}/gu, '?'), most) };
}

/** How long a workflow rests before it tries again when the books cannot be reached. */
const REST = '1 minute';

/**
 * Does a step for as long as it takes: an outage of the books must not end the life of a credit. A refusal that no
 * second try can mend is thrown as a plain error, which parks the workflow at this task until the code or the data
 * is mended, with nothing lost.
 */
export async function retryThroughOutage<Result>(what: string, step: () => Promise<Result>): Promise<Result> {
  for (;;) {
    try {
      return await step();
    } catch (error) {
      await restAfter(error, what);
    }
  }
}

/** One try of a step; undefined after a rest when it failed, for callers that begin anew with another instant. */
export async function attemptOnce<Result>(
  what: string,
  step: () => Promise<Result>,
): Promise<{ result: Result } | undefined> {
  try {
    return { result: await step() };
  } catch (error) {
    await restAfter(error, what);
    return undefined;
  }
}

async function restAfter(error: unknown, what: string): Promise<void> {
  const failure = failureOf(error);
  if (!failure) throw error;
  if (isRefusal(failure)) throw new Error(`${what} is refused: ${failure.message}`);
  log.warn('step failed: retried after a backoff', { what, cause: failure.message });
  await sleep(REST, { summary: `backoff before the retry of ${what}` });
}

/** How an activity failed: a regular one wraps it in an `ActivityFailure`, a local one throws it bare. */
function failureOf(error: unknown): ApplicationFailure | TimeoutFailure | undefined {
  const failure = error instanceof ActivityFailure ? error.cause : error;
  return failure instanceof ApplicationFailure || failure instanceof TimeoutFailure ? failure : undefined;
}

function isRefusal(failure: ApplicationFailure | TimeoutFailure): boolean {
  if (!(failure instanceof ApplicationFailure)) return false;
  return (NOT_RETRIED as string[]).includes(failure.type ?? '');
}
