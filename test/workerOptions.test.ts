/** Bounds of a worker that stand in a relation: steps and connections, and how long each waits for the other. */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { msToNumber } from '@temporalio/common/lib/time';
import { createPool } from '../src/db/pool';
import { CONNECT_TIMEOUT_MS, STATEMENT_TIMEOUT_MS, type workerOptions } from '../src/platform/workerOptions';
import { localStep } from '../src/workflows/proxies';
import { testEnvironment } from './setup/environment';

/** As it is built: it names the bundle beside it. */
const built = createRequire(__filename)(join(__dirname, '..', 'dist', 'platform', 'workerOptions.js')) as {
  workerOptions: typeof workerOptions;
};
const attemptMs = msToNumber(localStep.startToCloseTimeout);

function poolOfOne() {
  return createPool({
    connectionString: testEnvironment().postgresUrl,
    max: 1,
    applicationName: 'creditloom-test',
    statementTimeoutMs: STATEMENT_TIMEOUT_MS,
    connectTimeoutMs: CONNECT_TIMEOUT_MS,
  });
}

describe('a worker', () => {
  it.each([2, 10, 200])('runs as many steps at once as its pool of %i has connections', (poolSize) => {
    const { maxConcurrentLocalActivityExecutions } = built.workerOptions(poolSize);
    expect(maxConcurrentLocalActivityExecutions).toBe(poolSize);
  });

  it('gives up on a connection, and on a statement, before the attempt of a step is given up', () => {
    expect(CONNECT_TIMEOUT_MS).toBeLessThan(attemptMs);
    expect(STATEMENT_TIMEOUT_MS).toBeLessThan(attemptMs);
  });

  it('says that it got no connection when all are taken for that long', async () => {
    const pool = poolOfOne();
    const taken = await pool.connect();
    try {
      await expect(pool.query('select 1')).rejects.toThrow(/timeout exceeded when trying to connect/);
    } finally {
      taken.release();
      await pool.end();
    }
  });

  it('loads the bundle that the build made', () => {
    const { workflowBundle } = built.workerOptions(2);
    expect(workflowBundle.codePath).toBe(join(__dirname, '..', 'dist', 'workflow-bundle.js'));
  });
});
