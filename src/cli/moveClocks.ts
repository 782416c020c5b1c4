/** Tells every running workflow that the accelerated business clock goes on from new epochs. */
import { type Client, WorkflowNotFoundError } from '@temporalio/client';
import { clockMoved } from '../contracts/clock';
import type { BusinessClock } from '../domain/clock';

const TYPES = ['application', 'cashLoan', 'revolvingAccount', 'noticeLane', 'debitLane', 'incident'];

/** So many are told at once; more would make the server late for what they wait for. */
const AT_ONCE = 12;

/**
 * Tells every running workflow of the clock, and returns the ids of all that know it now: only those are told that are
 * not in `before`, because what was just being started is found by a second look. One that has ended
 * in between needs no clock.
 */
export async function tellClock(
  client: Client,
  clock: BusinessClock,
  before: ReadonlySet<string>,
): Promise<Set<string>> {
  const types = TYPES.map((type) => `'${type}'`).join(', ');
  const query = `ExecutionStatus = 'Running' AND WorkflowType IN (${types})`;
  const ids: string[] = [];
  for await (const { workflowId } of client.workflow.list({ query })) if (!before.has(workflowId)) ids.push(workflowId);
  const told = new Set(before);
  const work = async () => {
    for (let id = ids.pop(); id !== undefined; id = ids.pop()) {
      try {
        await client.workflow.getHandle(id).signal(clockMoved, clock);
      } catch (error) {
        if (!(error instanceof WorkflowNotFoundError)) throw error;
      }
      told.add(id);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return told;
}

export async function moveClocks(client: Client, clock: BusinessClock, report: (line: string) => void): Promise<void> {
  const told = await tellClock(client, clock, new Set());
  report(`the business clock goes on for ${told.size} running workflows`);
}
