/**
 * The one way of API, worker and commands to Temporal: deadlines, and what each failure means. Which workflows there
 * are and how each is started is said by `contracts/workflowTypes.ts`, what they are told by the clients beside their
 * contracts.
 */
import {
  type Client,
  WithStartWorkflowOperation,
  WorkflowExecutionAlreadyStartedError,
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
} from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { type StartOf, type UpdateOutcome, updateIdOf, type WorkflowGateway } from '../contracts/gateway';
import { TASK_QUEUE, UPDATE_REFUSED } from '../contracts/names';
import { rowOf, type WorkflowType, workflowIdOf } from '../contracts/workflowTypes';
import { OutcomeUnknown, Unreachable } from './outcomeUnknown';

/**
 * A worker answers in milliseconds; what takes longer waits for one that is not there. Short of the 15 s at which
 * many proxies give up, so that the caller hears from us.
 */
const ANSWER_WITHIN_MS = 10_000;
const HEALTH_WITHIN_MS = 2_000;
/** What is shown beside what the books say: a reader is not held up for it. */
const LOOK_WITHIN_MS = 2_000;

export interface TemporalGateway extends WorkflowGateway {
  isReachable(): Promise<boolean>;
  /** Ids of the workflows of these types that run now. */
  running(types: readonly WorkflowType[]): AsyncIterable<string>;
}

/** `now`: real milliseconds, from which deadlines are counted. */
export function createTemporalGateway(client: Client, now: () => number = Date.now): TemporalGateway {
  const within = async <Result>(limitMs: number, call: () => Promise<Result>): Promise<Result> => {
    try {
      return await client.withDeadline(now() + limitMs, call);
    } catch (error) {
      throw new OutcomeUnknown(error);
    }
  };
  const answered = <Result>(call: () => Promise<Result>) => within(ANSWER_WITHIN_MS, call);

  return {
    start: (type, input) => answered(() => startOnce(client, { type, input } as StartOf<WorkflowType>)),

    signal: (workflowId, definition, ...args) =>
      answered(async () => {
        try {
          await client.workflow.getHandle(workflowId).signal(definition, ...args);
          return 'told';
        } catch (error) {
          if (error instanceof WorkflowNotFoundError) return 'not-running';
          throw error;
        }
      }),

    signalWithStart: (start, { name: signal }, ...args) =>
      answered(async () => {
        const signalArgs: unknown[] = args;
        await client.workflow.signalWithStart(start.type, { ...againOf(start), signal, signalArgs });
      }),

    update: (workflowId, definition, arg, updateId) =>
      answered(() =>
        outcomeOf(() =>
          client.workflow.getHandle(workflowId).executeUpdate(definition, {
            args: [arg] as [typeof arg],
            updateId: updateIdOf(updateId),
          }),
        ),
      ),

    updateWithStart: (start, definition, arg, updateId) =>
      answered(() =>
        outcomeOf(() =>
          client.workflow.executeUpdateWithStart(definition, {
            args: [arg] as [typeof arg],
            updateId: updateIdOf(updateId),
            startWorkflowOperation: new WithStartWorkflowOperation(start.type, {
              ...againOf(start),
              workflowIdConflictPolicy: 'USE_EXISTING',
            }),
          }),
        ),
      ),

    async query(workflowId, definition) {
      const ask = () => client.workflow.getHandle(workflowId).query(definition);
      try {
        return await client.withDeadline(now() + LOOK_WITHIN_MS, ask);
      } catch (error) {
        if (error instanceof WorkflowNotFoundError) return undefined;
        // One that is parked at a step answers nothing until that is mended. A look changes nothing.
        throw new Unreachable('The workflow', error);
      }
    },

    async isReachable() {
      try {
        await within(HEALTH_WITHIN_MS, () => client.connection.workflowService.getSystemInfo({}));
        return true;
      } catch {
        return false;
      }
    },

    async *running(types) {
      const listed = types.map((type) => `'${type}'`).join(', ');
      const query = `ExecutionStatus = 'Running' AND WorkflowType IN (${listed})`;
      for await (const { workflowId } of client.workflow.list({ query })) yield workflowId;
    },
  };
}

function optionsOf<Type extends WorkflowType>({ type, input }: StartOf<Type>) {
  const row = rowOf(type);
  const typedSearchAttributes = row.searchAttributesOf?.(input);
  return {
    workflowId: workflowIdOf(type, input),
    taskQueue: TASK_QUEUE,
    args: [input],
    staticSummary: row.summaryOf(input),
    ...(typedSearchAttributes === undefined ? {} : { typedSearchAttributes }),
  };
}

/** A running one is joined; whether an ended one stays so is said by its type. */
async function startOnce(client: Client, start: StartOf<WorkflowType>): Promise<void> {
  try {
    await client.workflow.start(start.type, {
      ...optionsOf(start),
      workflowIdReusePolicy: rowOf(start.type).reuse,
      workflowIdConflictPolicy: 'USE_EXISTING',
    });
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
  }
}

/** For a message: under the same id again once it has ended. */
function againOf(start: StartOf<WorkflowType>) {
  return { ...optionsOf(start), workflowIdReusePolicy: 'ALLOW_DUPLICATE' as const };
}

async function outcomeOf<Answer>(ask: () => Promise<Answer>): Promise<UpdateOutcome<Answer>> {
  try {
    return { status: 'answered', answer: await ask() };
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return { status: 'not-running' };
    if (error instanceof WorkflowUpdateFailedError) return failedUpdate(error);
    throw error;
  }
}

/** Server's name of the failure of an update that was accepted by a workflow which then ended without an answer. */
const ENDED_BEFORE_ANSWER = 'AcceptedUpdateCompletedWorkflow';

/**
 * Of what fails an update only the refusal of our own workflows is the business's no. A handler that throws, an update
 * that no worker took up, one that this release does not know: they are trouble, and it may have been done.
 */
function failedUpdate(error: WorkflowUpdateFailedError): UpdateOutcome<never> {
  const { cause } = error;
  if (!(cause instanceof ApplicationFailure)) throw error;
  if (cause.type === UPDATE_REFUSED) return { status: 'rejected', detail: cause.message };
  if (cause.type === ENDED_BEFORE_ANSWER) return { status: 'not-running' };
  throw error;
}
