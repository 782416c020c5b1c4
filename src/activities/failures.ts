/** Refusals that cross from an activity to a workflow: typed, and not retried, because a second try cannot help. */
import { ApplicationFailure } from '@temporalio/common';
import { failureTypes } from '../contracts/names';

export function notFound(message: string): ApplicationFailure {
  return ApplicationFailure.nonRetryable(message, failureTypes.notFound);
}

export function invalidInput(message: string): ApplicationFailure {
  return ApplicationFailure.nonRetryable(message, failureTypes.invalidInput);
}
