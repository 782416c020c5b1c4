/**
 * What the clients of the workflows need of Temporal, and no more: four ways to reach one. The only implementation
 * that speaks to a server is `platform/temporalGateway.ts`; what wraps it signs (`platform/signedGateway.ts`).
 *
 * What a workflow said by our own contract is an answer. Any other trouble, whatever its code, says nothing about the
 * business and is thrown as `OutcomeUnknown`: the same call again is safe, because ids, update ids and business keys
 * make a repeat the same call.
 */
import type { QueryDefinition, SignalDefinition, UpdateDefinition } from '@temporalio/common';
import { OUR_UPDATES } from './names';
import type { StartedByMessages, WorkflowInputs, WorkflowType } from './workflowTypes';

export type UpdateOutcome<Answer> =
  | { status: 'answered'; answer: Answer }
  /** The workflow refused it: nothing was done of it. */
  | { status: 'rejected'; detail: string }
  /** It is not running: it has ended, or was never started. */
  | { status: 'not-running' };

/** A workflow as it is started where it does not run. */
export type StartOf<Type extends WorkflowType> = { [Each in Type]: { type: Each; input: WorkflowInputs[Each] } }[Type];

export interface WorkflowGateway {
  /** Starts it once, as its type's row says; a repeat, running or ended, is the same one. */
  start<Type extends WorkflowType>(type: Type, input: WorkflowInputs[Type]): Promise<void>;
  signal<Args extends unknown[]>(
    workflowId: string,
    definition: SignalDefinition<Args>,
    ...args: Args
  ): Promise<'told' | 'not-running'>;
  /** One that does not run is started for it, even after its end. */
  signalWithStart<Args extends unknown[]>(
    start: StartOf<StartedByMessages>,
    definition: SignalDefinition<Args>,
    ...args: Args
  ): Promise<void>;
  /** `updateId`: of the caller; the same one again is answered as before. */
  update<Answer, Arg>(
    workflowId: string,
    definition: UpdateDefinition<Answer, [Arg]>,
    arg: Arg,
    updateId: string,
  ): Promise<UpdateOutcome<Answer>>;
  /** One that does not run is started for it, even after its end. */
  updateWithStart<Answer, Arg>(
    start: StartOf<StartedByMessages>,
    definition: UpdateDefinition<Answer, [Arg]>,
    arg: Arg,
    updateId: string,
  ): Promise<UpdateOutcome<Answer>>;
  /** Undefined when there is none under the id. */
  query<Answer>(workflowId: string, definition: QueryDefinition<Answer>): Promise<Answer | undefined>;
}

/**
 * The id of an update at Temporal, of the key of its caller. Temporal answers an update whose id it knows as it was
 * answered before, whatever it holds now: callers that speak Temporal name theirs as they like, and none of those is
 * the answer to one of ours.
 */
export function updateIdOf(key: string): string {
  return `${OUR_UPDATES}${key}`;
}
