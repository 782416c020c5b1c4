/** Histories: fetched run by run, and replayed against the workflow code. */
import { temporal } from '@temporalio/proto';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { Worker } from '@temporalio/worker';

export type History = temporal.api.history.v1.IHistory;

const { EventType } = temporal.api.enums.v1;
export type EventName = keyof typeof EventType extends `EVENT_TYPE_${infer Name}` ? Name : never;

/** The events of a history by name, such as `TIMER_FIRED`. */
export function eventNames(history: History): EventName[] {
  return (history.events ?? []).map(
    ({ eventType }) => EventType[eventType ?? 0]?.replace('EVENT_TYPE_', '') as EventName,
  );
}

/** A Temporal server, by a client of it. */
type Reached = Pick<TestWorkflowEnvironment, 'client'>;

/** Every run of a workflow, the latest first: a run that continued names the run before it in its first event. */
export async function historiesOf(env: Reached, workflowId: string): Promise<History[]> {
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
export async function replayAll(env: Reached, workflowIds: Iterable<string>, codePath: string): Promise<number> {
  const histories: NamedHistory[] = [];
  for (const workflowId of workflowIds)
    for (const history of await historiesOf(env, workflowId)) histories.push({ workflowId, history });
  const faults = (await replay(codePath, histories)).flatMap(({ error }) => error ?? []);
  if (faults[0] instanceof Error) throw faults[0];
  if (faults.length > 0) throw new Error('a replay failed', { cause: faults[0] });
  return histories.length;
}

export interface NamedHistory {
  workflowId: string;
  history: History;
}

/** Replays histories on one worker; each with how it failed, or nothing. Throws when one was left out. */
export async function replay(
  codePath: string,
  histories: NamedHistory[],
): Promise<{ workflowId: string; error: unknown }[]> {
  const results: { workflowId: string; error: unknown }[] = [];
  if (histories.length === 0) return results;
  for await (const { workflowId, error } of Worker.runReplayHistories({ workflowBundle: { codePath } }, histories))
    results.push({ workflowId, error });
  if (results.length !== histories.length)
    throw new Error(`replayed ${results.length} of ${histories.length} histories`);
  return results;
}
