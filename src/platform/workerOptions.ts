/** What each worker of ours is made with, and the bounds that stand in a relation to each other. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { WorkerOptions } from '@temporalio/worker';

/** Made by the build, beside this module; the sources of a checkout have none. */
const WORKFLOW_BUNDLE = join(__dirname, '../workflow-bundle.js');

/** Below the bound of a step's attempt, so that a stuck statement ends before its activity does. */
export const STATEMENT_TIMEOUT_MS = 8_000;
/**
 * To get a connection of the pool, new or given back. Below the bound of a step's attempt too: the attempt then fails
 * with what is wrong, and not because it took too long.
 */
export const CONNECT_TIMEOUT_MS = 5_000;

/** Options of a worker whose steps work with a pool of so many connections. */
export function workerOptions(poolSize: number) {
  if (!existsSync(WORKFLOW_BUNDLE)) throw new Error(`${WORKFLOW_BUNDLE} is missing: build it with npm run build`);
  return {
    workflowBundle: { codePath: WORKFLOW_BUNDLE },
    // A step is a transaction: one more than there are connections would only wait for one while its time runs.
    maxConcurrentLocalActivityExecutions: poolSize,
  } satisfies Partial<WorkerOptions>;
}
