/** How long and how large histories are, over every run of a workflow. */
import type { Client, WorkflowExecutionDescription } from '@temporalio/client';

export interface HistoryTotals {
  events: number;
  bytes: number;
}

const AT_REST_WITHIN_MS = 10_000;

/** Totals of workflows at rest. */
export async function totalsOf(client: Client, ids: readonly string[]): Promise<HistoryTotals> {
  const totals = await Promise.all(ids.map((id) => totalOf(client, id)));
  return {
    events: totals.reduce((sum, { events }) => sum + events, 0),
    bytes: totals.reduce((sum, { bytes }) => sum + bytes, 0),
  };
}

async function totalOf(client: Client, id: string): Promise<HistoryTotals> {
  const totals = { events: 0, bytes: 0 };
  let description: WorkflowExecutionDescription = await atRest(client, id);
  for (;;) {
    totals.events += description.historyLength;
    totals.bytes += description.historySize ?? 0;
    const before = await runBefore(client, description);
    if (before === undefined) return totals;
    description = await client.workflow.getHandle(id, before).describe();
  }
}

/** No workflow task is open: a step that was booked has its events. */
async function atRest(client: Client, id: string): Promise<WorkflowExecutionDescription> {
  const giveUpAtMs = Date.now() + AT_REST_WITHIN_MS;
  for (;;) {
    const description = await client.workflow.getHandle(id).describe();
    const { pendingWorkflowTask, pendingActivities } = description.raw;
    if (!pendingWorkflowTask && !pendingActivities?.length) return description;
    if (Date.now() > giveUpAtMs) throw new Error(`${id} does not come to rest`);
  }
}

/** A run that goes on from another names it in its first event. */
async function runBefore(client: Client, { workflowId, runId }: WorkflowExecutionDescription) {
  const { history } = await client.workflowService.getWorkflowExecutionHistory({
    namespace: client.options.namespace,
    execution: { workflowId, runId },
    maximumPageSize: 1,
  });
  return history?.events?.[0]?.workflowExecutionStartedEventAttributes?.continuedExecutionRunId || undefined;
}
