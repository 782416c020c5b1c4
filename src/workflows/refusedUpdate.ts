/** How an update is refused before it is in the history: by a type of our own, which the API tells from all trouble. */
import { ApplicationFailure } from '@temporalio/workflow';
import { UPDATE_REFUSED } from '../contracts/names';

/** For validators alone: what a handler throws comes after the update was taken, and would be told as if it were not. */
export function refusedUpdate(fault: string): ApplicationFailure {
  return ApplicationFailure.nonRetryable(fault, UPDATE_REFUSED);
}
