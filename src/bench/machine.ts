/** What figures hold for: the machine, and the versions of what was measured. */
import { availableParallelism, cpus, release, totalmem, type } from 'node:os';
import type { Servers } from './servers';

const GIB = 2 ** 30;

export async function describeMachine({ client, pool }: Servers): Promise<Record<string, string | number>> {
  const { serverVersion } = await client.workflowService.getSystemInfo({});
  const setting = async (name: string) =>
    String((await pool.query('select current_setting($1) as value', [name])).rows[0]?.value);
  return {
    cores: availableParallelism(),
    processor: cpus()[0]?.model.trim() ?? 'unknown',
    memoryGib: Math.round(totalmem() / GIB),
    system: `${type()} ${release()}`,
    node: process.version,
    temporalSdk: version('@temporalio/worker/package.json'),
    temporalServer: `${serverVersion}, dev server in memory`,
    postgresql: await setting('server_version'),
    postgresqlFsync: await setting('fsync'),
    postgresqlSynchronousCommit: await setting('synchronous_commit'),
  };
}

function version(packageFile: string): string {
  return (require(packageFile) as { version: string }).version;
}
