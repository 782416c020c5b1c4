/** No-op workflows a second: started, completed and their result awaited, so many in flight. */
import { randomUUID } from 'node:crypto';
import type { Client } from '@temporalio/client';
import { type NativeConnection, Worker } from '@temporalio/worker';
import { secondsSince } from '../stopwatch';

const TASK_QUEUE = 'creditloom-bench-noop';

export function createNoopWorker(connection: NativeConnection): Promise<Worker> {
  return Worker.create({ connection, taskQueue: TASK_QUEUE, workflowsPath: require.resolve('./noopWorkflow') });
}

/** Runs them and returns how many a second there were. */
export async function measureNoops(client: Client, { count, inFlight }: { count: number; inFlight: number }) {
  const startedAt = performance.now();
  let left = count;
  const chain = async () => {
    while (left-- > 0) await client.workflow.execute('noop', { workflowId: randomUUID(), taskQueue: TASK_QUEUE });
  };
  await Promise.all(Array.from({ length: inFlight }, chain));
  return count / secondsSince(startedAt);
}
