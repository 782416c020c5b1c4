/** What crosses from an activity to a workflow, and so into a history, when it fails. */
import { CompleteAsyncError } from '@temporalio/activity';
import { ApplicationFailure, CancelledFailure, TemporalFailure } from '@temporalio/common';
import { failureTypes } from '../contracts/names';
import { framesOf, tellable } from '../db/errorLine';

/** Refusals are typed and not retried, because a second try cannot help. */
export function notFound(message: string): ApplicationFailure {
  return ApplicationFailure.nonRetryable(message, failureTypes.notFound);
}

export function conflict(message: string): ApplicationFailure {
  return ApplicationFailure.nonRetryable(message, failureTypes.conflict);
}

/**
 * Activities whose failures hold no value: a history is kept for long and read by many, and PostgreSQL's messages quote
 * rows. Types, and whether a failure is tried again, stay as they are.
 */
export function withoutValuesInFailures<Activities extends object>(activities: Activities): Activities {
  const guarded = Object.entries(activities).map(([name, run]) => [
    name,
    async (...input: unknown[]) => {
      try {
        return await run(...input);
      } catch (error) {
        throw isTaken(error) ? error : cleaned(error);
      }
    },
  ]);
  return Object.fromEntries(guarded) as Activities;
}

/** What the SDK itself reads: it ends an attempt without a failure, or as cancelled. */
function isTaken(error: unknown): boolean {
  if (error instanceof CompleteAsyncError || error instanceof CancelledFailure) return true;
  return error instanceof Error && error.name === 'AbortError';
}

function cleaned(error: unknown): ApplicationFailure {
  const given = error instanceof ApplicationFailure ? error : undefined;
  const cause = error instanceof Error ? error.cause : undefined;
  const failure = ApplicationFailure.create({
    message: tellable(error),
    type: given?.type ?? (error instanceof Error ? error.constructor.name : 'Error'),
    nonRetryable: given?.nonRetryable ?? (error instanceof TemporalFailure && isForGood(error)),
    ...(given?.details ? { details: given.details } : {}),
    ...(given?.nextRetryDelay === undefined ? {} : { nextRetryDelay: given.nextRetryDelay }),
    ...(given?.category ? { category: given.category } : {}),
    ...(cause === undefined || cause === null ? {} : { cause: cleaned(cause) }),
  });
  if (error instanceof Error) failure.stack = `${failure.name}: ${failure.message}\n${framesOf(error)}`;
  return failure;
}

function isForGood(error: TemporalFailure): boolean {
  return 'nonRetryable' in error && error.nonRetryable === true;
}
