/** What figures hold for: the machine, and the versions of what was measured. */
import { availableParallelism, cpus, release, totalmem, type } from 'node:os';
import type { Client } from '@temporalio/client';
import type { Pool } from 'pg';

const GIB = 2 ** 30;

type Facts = Record<string, string | number>;

export function describeMachine(): Facts {
  return {
    cores: availableParallelism(),
    processor: cpus()[0]?.model.trim() ?? 'unknown',
    memoryGib: Math.round(totalmem() / GIB),
    system: `${type()} ${release()}`,
    node: process.version,
  };
}

export async function describeTemporal(client: Client): Promise<Facts> {
  const { serverVersion } = await client.workflowService.getSystemInfo({});
  return {
    temporalSdk: version('@temporalio/worker/package.json'),
    temporalServer: `${serverVersion}, dev server in memory`,
  };
}

export async function describeDatabase(pool: Pool): Promise<Facts> {
  const setting = async (name: string) =>
    String((await pool.query('select current_setting($1) as value', [name])).rows[0]?.value);
  return {
    postgresql: await setting('server_version'),
    postgresqlFsync: await setting('fsync'),
    postgresqlSynchronousCommit: await setting('synchronous_commit'),
  };
}

function version(packageFile: string): string {
  return (require(packageFile) as { version: string }).version;
}
