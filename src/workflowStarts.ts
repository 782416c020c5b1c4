/** How activities reach workflows: a client that starts accounts and rings lanes. Composition, not a layer. */
import { type Client, WorkflowExecutionAlreadyStartedError } from '@temporalio/client';
import { type AccountInput, debitSettled, type SettledDebit } from './contracts/account';
import type { StartAccount } from './contracts/activities';
import { type DebitLaneInput, debitLaneRung } from './contracts/debitLane';
import type { EndOfDayInput } from './contracts/endOfDay';
import type { HousekeepingInput } from './contracts/housekeeping';
import type { IncidentInput } from './contracts/incident';
import { TASK_QUEUE, workflowIds } from './contracts/names';
import { laneRung, type NoticeLaneInput } from './contracts/noticeLane';
import type { TemplateReviewInput } from './contracts/templateReview';
import type { ActorSeals } from './db/actorSeals';
import { OWN_PRINCIPAL } from './domain/principals';
import type { Product } from './domain/products';
import { workflowWords } from './domain/workflowWords';

/** Starts an account's workflow; a second start under the same id, even after its end, changes nothing. */
export async function startAccount(
  client: Client,
  { tenantId, accountId, product, clock }: StartAccount,
): Promise<void> {
  const input: AccountInput = { tenantId, accountId, clock };
  const [type, idOf] = workflowOf(product);
  try {
    await client.workflow.start(type, {
      workflowId: idOf(tenantId, accountId),
      taskQueue: TASK_QUEUE,
      args: [input],
      workflowIdReusePolicy: 'REJECT_DUPLICATE',
      staticSummary: workflowWords.account({ accountId, product }),
    });
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
  }
}

/**
 * Rings every lane, at the start of each worker. A ring that was lost leaves its bell turned, so that nobody rings
 * again: a lane that runs looks by itself in time, but one that never ran would never begin.
 */
export async function ringLanes(
  client: Client,
  { lanes, ...input }: Omit<NoticeLaneInput, 'lane' | 'totals'> & { lanes: number },
): Promise<void> {
  await Promise.all(Array.from({ length: lanes }, (_, lane) => ringLane(client, { ...input, lane })));
}

/** The same for lanes that debit, where something is planned: one that never had a mandate need not run. */
export async function ringDebitLanes(
  client: Client,
  { lanes, ...input }: Omit<DebitLaneInput, 'lane' | 'totals'> & { lanes: readonly number[] },
): Promise<void> {
  await Promise.all(lanes.map((lane) => ringDebitLane(client, { ...input, lane })));
}

export async function ringDebitLane(client: Client, input: DebitLaneInput): Promise<void> {
  await client.workflow.signalWithStart('debitLane', {
    workflowId: workflowIds.debitLane(input.tenantId, input.lane),
    taskQueue: TASK_QUEUE,
    args: [input],
    staticSummary: workflowWords.debitLane(input),
    signal: debitLaneRung,
  });
}

/** Once for a tenant: whoever runs goes on. */
export async function startHousekeeping(client: Client, input: HousekeepingInput): Promise<void> {
  await client.workflow.start('housekeeping', {
    workflowId: workflowIds.housekeeping(input.tenantId),
    taskQueue: TASK_QUEUE,
    args: [input],
    workflowIdConflictPolicy: 'USE_EXISTING',
    staticSummary: workflowWords.housekeeping(),
  });
}

/** Once for a tenant: whoever runs goes on. */
export async function startEndOfDay(client: Client, input: EndOfDayInput): Promise<void> {
  await client.workflow.start('endOfDay', {
    workflowId: workflowIds.endOfDay(input.tenantId),
    taskQueue: TASK_QUEUE,
    args: [input],
    workflowIdConflictPolicy: 'USE_EXISTING',
    staticSummary: workflowWords.endOfDay(),
  });
}

/**
 * Starts an incident's workflow. A second start under the same id, even after its review, changes nothing; one that was
 * terminated is started again: what it stops could not be lifted without it.
 */
export async function startIncident(client: Client, input: IncidentInput): Promise<void> {
  try {
    await client.workflow.start('incident', {
      workflowId: workflowIds.incident(input.tenantId, input.incidentId),
      taskQueue: TASK_QUEUE,
      args: [input],
      workflowIdReusePolicy: 'ALLOW_DUPLICATE_FAILED_ONLY',
      staticSummary: workflowWords.incident(input),
    });
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
  }
}

/** Starts the review of a draft that is on record; a second start under the same id, even after its end, changes nothing. */
export async function startTemplateReview(client: Client, input: TemplateReviewInput): Promise<void> {
  try {
    await client.workflow.start('templateReview', {
      workflowId: workflowIds.templateReview(input.tenantId, input.kind, input.version),
      taskQueue: TASK_QUEUE,
      args: [input],
      workflowIdReusePolicy: 'REJECT_DUPLICATE',
      staticSummary: workflowWords.templateReview(input),
    });
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
  }
}

/**
 * Starts what no workflow has taken up: incidents that were opened inside another transaction, or while Temporal was
 * away. What they stop is stopped meanwhile; only their deadlines wait.
 */
export async function startIncidents(
  client: Client,
  { incidentIds, ...input }: Omit<IncidentInput, 'incidentId' | 'opening'> & { incidentIds: readonly string[] },
): Promise<void> {
  await Promise.all(incidentIds.map((incidentId) => startIncident(client, { ...input, incidentId })));
}

/**
 * Signal-with-start: an account that has ended lives again for the money, and finds its opening in the books. Signed as
 * ours where `actors` is given.
 */
export async function tellPayment(
  client: Client,
  { tenantId, accountId, product, clock }: StartAccount,
  debit: SettledDebit,
  actors?: ActorSeals,
): Promise<void> {
  const workflowId = accountWorkflowId(product, tenantId, accountId);
  const sender = { principal: OWN_PRINCIPAL, issuedAtMs: Date.now() };
  const message = actors?.signed({ workflowId, name: debitSettled.name, message: debit }, sender) ?? debit;
  const input: AccountInput = { tenantId, accountId, clock };
  const [type] = workflowOf(product);
  await client.workflow.signalWithStart(type, {
    workflowId,
    taskQueue: TASK_QUEUE,
    args: [input],
    workflowIdReusePolicy: 'ALLOW_DUPLICATE',
    staticSummary: workflowWords.account({ accountId, product }),
    signal: debitSettled,
    signalArgs: [message],
  });
}

export function accountWorkflowId(product: Product, tenantId: string, accountId: string): string {
  const [, idOf] = workflowOf(product);
  return idOf(tenantId, accountId);
}

function workflowOf(product: Product) {
  return product === 'cash-loan'
    ? (['cashLoan', workflowIds.cashLoan] as const)
    : (['revolvingAccount', workflowIds.revolvingAccount] as const);
}

/** Signal-with-start: the first ring of a lane starts it. */
export async function ringLane(client: Client, input: NoticeLaneInput): Promise<void> {
  await client.workflow.signalWithStart('noticeLane', {
    workflowId: workflowIds.noticeLane(input.tenantId, input.lane),
    taskQueue: TASK_QUEUE,
    args: [input],
    staticSummary: workflowWords.noticeLane(input),
    signal: laneRung,
  });
}
