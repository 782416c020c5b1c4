/**
 * The way from HTTP to the workflows: start, signal, update, and what each answer of Temporal means to a caller.
 * Everything here can be done again: workflow ids, update ids and business keys make a repeat the same deed.
 */
import {
  type Client,
  WithStartWorkflowOperation,
  WorkflowExecutionAlreadyStartedError,
  WorkflowNotFoundError,
  type WorkflowStartOptions,
  WorkflowUpdateFailedError,
} from '@temporalio/client';
import {
  ApplicationFailure,
  type QueryDefinition,
  type SignalDefinition,
  type UpdateDefinition,
} from '@temporalio/common';
import {
  type AccountInput,
  type ApplicationInput,
  type IncidentInput,
  OUR_UPDATES,
  searchAttributes,
  type TemplateReviewInput,
  UPDATE_REFUSED,
  workflowIdOfAccount,
  workflowIds,
} from '../contracts';
import type { Product } from '../domain/products';
import { workflowWords } from '../domain/workflowWords';
import { outcomeUnknown, unavailable } from './problems';

/** Named, not imported: the API never loads workflow code. */
export const APPLICATION_WORKFLOW = 'application';
const INCIDENT_WORKFLOW = 'incident';
const TEMPLATE_REVIEW_WORKFLOW = 'templateReview';
const ACCOUNT_WORKFLOWS: Record<Product, string> = { 'cash-loan': 'cashLoan', revolving: 'revolvingAccount' };

/**
 * A worker answers in milliseconds; what takes longer waits for one that is not there. Short of the 15 s at which
 * many proxies give up, so that the caller hears from us.
 */
const ANSWER_WITHIN_MS = 10_000;
const HEALTH_WITHIN_MS = 2_000;
/** What is shown beside what the books say: a reader is not held up for it. */
const LOOK_WITHIN_MS = 2_000;

export type UpdateOutcome<Answer> =
  | { status: 'answered'; answer: Answer }
  /** The workflow's validator refused it: nothing happened, nothing is in its history. */
  | { status: 'rejected'; detail: string }
  /** It is not running: it has ended, or was never started. */
  | { status: 'not-running' };

/** An account of the books, as its workflow is started. */
export interface AccountStart extends AccountInput {
  product: Product;
}

/**
 * What the routes ask of Temporal. What the workflow said by our own contract is an answer; any other trouble, whatever
 * its code, says nothing about the business, and is thrown as the 503 problem: the same request again is safe.
 */
export interface TemporalGateway {
  /** Starts an application's workflow once; a repeat, running or ended, is the same application. */
  start(input: ApplicationInput): Promise<void>;
  /**
   * Signals an account; one that has ended lives again for it. The first step of its new run finds the opening in the
   * books, so that nothing happens twice.
   */
  signalAccount<Message>(
    account: AccountStart,
    definition: SignalDefinition<[Message]>,
    message: Message,
  ): Promise<void>;
  update<Answer, Arg>(
    workflowId: string,
    definition: UpdateDefinition<Answer, [Arg]>,
    arg: Arg,
    updateId: string,
  ): Promise<UpdateOutcome<Answer>>;
  /** Updates an account; one that has ended lives again for it. */
  updateAccount<Answer, Arg>(
    account: AccountStart,
    definition: UpdateDefinition<Answer, [Arg]>,
    arg: Arg,
    updateId: string,
  ): Promise<UpdateOutcome<Answer>>;
  /** Asks a workflow; undefined when there is none under the id. */
  query<Answer>(workflowId: string, definition: QueryDefinition<Answer>): Promise<Answer | undefined>;
  /** Starts the workflow of an incident that is on record, once. */
  startIncident(input: IncidentInput): Promise<void>;
  /** Starts the review of a notice text that is on record, once. */
  startTemplateReview(input: TemplateReviewInput): Promise<void>;
  isReachable(): Promise<boolean>;
}

/**
 * Temporal answers an update whose id it knows as it was answered before, whatever it holds now: callers that speak
 * Temporal name theirs as they like, and none of those is the answer to one of ours.
 */
export function updateIdOf(key: string): string {
  return `${OUR_UPDATES}${key}`;
}

type Within = <Result>(limitMs: number, call: () => Promise<Result>) => Promise<Result>;

/** Calls that start the account's workflow where it has ended: money that comes later finds it. */
function accountCalls(
  client: Client,
  taskQueue: string,
  within: Within,
): Pick<TemporalGateway, 'signalAccount' | 'updateAccount'> {
  return {
    signalAccount: (account, signal, message) =>
      within(ANSWER_WITHIN_MS, async () => {
        const { workflowType, ...options } = startOf(account, taskQueue);
        await client.workflow.signalWithStart(workflowType, { ...options, signal, signalArgs: [message] });
      }),

    updateAccount: (account, definition, arg, updateId) =>
      within(ANSWER_WITHIN_MS, () =>
        outcomeOf(() => {
          const { workflowType, ...options } = startOf(account, taskQueue);
          const startWorkflowOperation = new WithStartWorkflowOperation(workflowType, {
            ...options,
            workflowIdConflictPolicy: 'USE_EXISTING',
          });
          const args = [arg] as [typeof arg];
          return client.workflow.executeUpdateWithStart(definition, {
            args,
            updateId: updateIdOf(updateId),
            startWorkflowOperation,
          });
        }),
      ),
  };
}

export function createTemporalGateway(client: Client, taskQueue: string, now: () => number): TemporalGateway {
  const within: Within = async (limitMs, call) => {
    try {
      return await client.withDeadline(now() + limitMs, call);
    } catch (error) {
      throw outcomeUnknown(error);
    }
  };

  return {
    start: (input) =>
      within(ANSWER_WITHIN_MS, () =>
        startOnce(client, APPLICATION_WORKFLOW, {
          workflowId: workflowIds.application(input.tenantId, input.applicationId),
          taskQueue,
          args: [input],
          // An application is judged once.
          workflowIdReusePolicy: 'REJECT_DUPLICATE',
          staticSummary: workflowWords.application(input),
          typedSearchAttributes: [
            { key: searchAttributes.tenant, value: input.tenantId },
            { key: searchAttributes.product, value: input.product },
          ],
        }),
      ),

    ...accountCalls(client, taskQueue, within),

    update: (workflowId, definition, arg, updateId) =>
      within(ANSWER_WITHIN_MS, () =>
        outcomeOf(() =>
          client.workflow.getHandle(workflowId).executeUpdate(definition, {
            args: [arg] as [typeof arg],
            updateId: updateIdOf(updateId),
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
        throw unavailable('The workflow', error);
      }
    },

    startIncident: (input) =>
      within(ANSWER_WITHIN_MS, () =>
        startOnce(client, INCIDENT_WORKFLOW, {
          workflowId: workflowIds.incident(input.tenantId, input.incidentId),
          taskQueue,
          args: [input],
          // One that somebody terminated lives again: what it stops could not be lifted without it.
          workflowIdReusePolicy: 'ALLOW_DUPLICATE_FAILED_ONLY',
          staticSummary: workflowWords.incident(input),
        }),
      ),

    startTemplateReview: (input) =>
      within(ANSWER_WITHIN_MS, () => startOnce(client, TEMPLATE_REVIEW_WORKFLOW, { ...reviewOf(input), taskQueue })),

    async isReachable() {
      try {
        await within(HEALTH_WITHIN_MS, () => client.connection.workflowService.getSystemInfo({}));
        return true;
      } catch {
        return false;
      }
    },
  };
}

/** A running one is joined, a completed one stays ended. */
async function startOnce(
  client: Client,
  type: string,
  options: Omit<WorkflowStartOptions, 'workflowIdConflictPolicy'>,
): Promise<void> {
  try {
    await client.workflow.start(type, {
      ...options,
      workflowIdConflictPolicy: 'USE_EXISTING',
    } as WorkflowStartOptions);
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
  }
}

function reviewOf(input: TemplateReviewInput) {
  const workflowId = workflowIds.templateReview(input.tenantId, input.kind, input.version);
  return { workflowId, args: [input], staticSummary: workflowWords.templateReview(input) };
}

/** The start of an account's workflow; under the same id again once it has ended. */
function startOf({ product, ...input }: AccountStart, taskQueue: string) {
  return {
    workflowType: ACCOUNT_WORKFLOWS[product],
    workflowId: workflowIdOfAccount(product, input),
    workflowIdReusePolicy: 'ALLOW_DUPLICATE' as const,
    taskQueue,
    args: [input],
    staticSummary: workflowWords.account({ accountId: input.accountId, product }),
  };
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
 * Of what fails an update only the refusal of our own validators is the business's no. A handler that throws, an update
 * that no worker took up, one that this release does not know: they are trouble, and it may have been done.
 */
function failedUpdate(error: WorkflowUpdateFailedError): UpdateOutcome<never> {
  const { cause } = error;
  if (!(cause instanceof ApplicationFailure)) throw error;
  if (cause.type === UPDATE_REFUSED) return { status: 'rejected', detail: cause.message };
  if (cause.type === ENDED_BEFORE_ANSWER) return { status: 'not-running' };
  throw error;
}
