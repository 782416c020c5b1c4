/** Tells every running workflow that the accelerated business clock goes on from new epochs. */
import type { Client } from '@temporalio/client';
import { clockMoved } from '../contracts/clock';
import { workflowIds } from '../contracts/names';
import type { BusinessClock } from '../domain/clock';

/** Every workflow has an id by its type's name; all but housekeeping sleep until instants of this clock. */
const TYPES = Object.keys(workflowIds).filter((type) => type !== 'housekeeping');

export async function moveClocks(client: Client, clock: BusinessClock, report: (line: string) => void): Promise<void> {
  const types = TYPES.map((type) => `'${type}'`).join(', ');
  const query = `ExecutionStatus = 'Running' AND WorkflowType IN (${types})`;
  let moved = 0;
  for await (const execution of client.workflow.list({ query })) {
    await client.workflow.getHandle(execution.workflowId).signal(clockMoved, clock);
    moved += 1;
  }
  report(`the business clock goes on for ${moved} running workflows`);
}
