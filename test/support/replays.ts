/** Histories: fetched run by run, replayed against the workflow code, and kept where a shape of control flow is new. */

import type { temporal } from '@temporalio/proto';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { Worker } from '@temporalio/worker';

export type History = temporal.api.history.v1.IHistory;

/** Every run of a workflow, the latest first: a run that continued names the run before it in its first event. */
export async function historiesOf(env: TestWorkflowEnvironment, workflowId: string): Promise<History[]> {
  const histories: History[] = [];
  let runId: string | undefined;
  do {
    const history: History = await env.client.workflow.getHandle(workflowId, runId).fetchHistory();
    histories.push(history);
    const started = history.events?.[0]?.workflowExecutionStartedEventAttributes;
    runId = started?.continuedExecutionRunId || undefined;
  } while (runId !== undefined);
  return histories;
}

/** Replays every run of every workflow; a step that the code would not take again throws. */
export async function replayAll(
  env: TestWorkflowEnvironment,
  workflowIds: Iterable<string>,
  codePath: string,
): Promise<number> {
  let replayed = 0;
  for (const workflowId of workflowIds) {
    for (const history of await historiesOf(env, workflowId)) {
      await Worker.runReplayHistory({ workflowBundle: { codePath } }, history, workflowId);
      replayed += 1;
    }
  }
  return replayed;
}
