/**
 * `npm run cli prepare`: migrates the database of the settings, puts policies, templates and search attributes in
 * place, and opens the business clock. A deployment runs it before its worker and API, at each start; safe to repeat.
 */
import { DOES_WITHOUT, processEnvironment, readConfig } from '../config/config';
import { migrate } from '../db/migrate';
import { withPool } from '../db/pool';
import { defaultPolicy } from '../policies/defaultPolicy';
import { connectClient } from '../temporalConnection';
import { findLocalRun } from './folderLock';
import { STATE_DIR } from './localDatabase';
import { prepareDeployment } from './prepareDeployment';
import { runCommandLine } from './runCommandLine';

const STATEMENT_TIMEOUT_MS = 60_000;
/** What the worker and the API need to come up after this. */
const START_TAKES_MS = 15_000;

export async function main(): Promise<number> {
  const report = (line: string) => process.stdout.write(`${line}\n`);
  if (await isForLocalRun()) {
    report('`npm start` runs here and has prepared its own servers: nothing is left to do');
    return 0;
  }
  const config = readConfig(processEnvironment(), DOES_WITHOUT.prepare);
  const applied = await migrate(config.databaseUrl);
  report(`migrations applied: ${applied.join(', ') || 'none was missing'}`);
  const settings = {
    connectionString: config.databaseUrl,
    max: 2,
    applicationName: 'creditloom-prepare',
    statementTimeoutMs: STATEMENT_TIMEOUT_MS,
  };
  const { tenantId } = config;
  const { clock } = await withPool(settings, async (pool) => {
    const temporal = await connectClient(config.temporal);
    const { speed, startAt } = config.clock;
    const startAtMs = startAt === undefined ? undefined : Date.parse(startAt);
    const opened = await prepareDeployment({
      pool,
      temporal,
      tenantId,
      policies: [defaultPolicy],
      clock: { speed, startAtMs, standsForMs: START_TAKES_MS },
      report,
    });
    await temporal.connection.close();
    return opened;
  });
  report(`tenant ${tenantId} is ready under policy ${defaultPolicy.version}; business time runs ${clock.speed} x`);
  return 0;
}

/** Nobody names a server, and the run of this folder has some. */
async function isForLocalRun(): Promise<boolean> {
  const { DATABASE_URL, TEMPORAL_ADDRESS } = processEnvironment();
  if (DATABASE_URL || TEMPORAL_ADDRESS) return false;
  return (await findLocalRun(STATE_DIR)) !== undefined;
}

if (require.main === module) runCommandLine(main);
