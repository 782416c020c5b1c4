/**
 * `npm run cli prepare`: makes the roles of the database of the settings and migrates it with the owner's URL, puts
 * policies, templates and search attributes in place, and opens the business clock. A deployment runs it before its
 * worker and API, at each start; safe to repeat.
 */
import type { Pool } from 'pg';
import { placeShippedModels } from '../../activities/operations/shippedModels';
import { type PoolSettings, withPool } from '../../db/pool';
import { prepareDatabase } from '../../db/roles/prepareDatabase';
import { defaultPolicy } from '../../domain/policy/defaultPolicy';
import { businessTimeMs } from '../../domain/values/clock';
import { processEnvironment, readConfig } from '../../platform/config/config';
import { ConfigError } from '../../platform/config/configError';
import { DOES_WITHOUT } from '../../platform/config/settings';
import { findLocalRun } from '../../platform/provision/folderLock';
import { connectClient } from '../../platform/temporalConnection';
import { runCommandLine } from '../runCommandLine';
import { readWords, usageOf } from '../usage';
import { STATE_DIR } from './localDatabase';
import { prepareDeployment } from './prepareDeployment';

const USAGE = usageOf('prepare', ['']);
const STATEMENT_TIMEOUT_MS = 60_000;
/** What the worker and the API need to come up after this. */
const START_TAKES_MS = 15_000;
const NO_OWNER =
  'DATABASE_OWNER_URL is not set: give the URL of the role that owns the tables, or of a superuser, such as ' +
  'postgres://creditloom_owner:secret@127.0.0.1:5432/creditloom; the worker and the API never get it';
const NO_API =
  "DATABASE_API_URL is not set: give a URL of the API's own role, such as " +
  'postgres://creditloom_api:secret@127.0.0.1:5432/creditloom; the role is made here, and the API gets the same URL as ' +
  'its DATABASE_URL';

export async function main(argv: readonly string[] = []): Promise<number> {
  readWords(USAGE, argv);
  const report = (line: string) => process.stdout.write(`${line}\n`);
  if (await isForLocalRun()) {
    report('`npm start` runs here and has prepared its own servers: nothing is left to do');
    return 0;
  }
  const config = readConfig(processEnvironment(), DOES_WITHOUT.prepare);
  const { databaseUrl: applicationUrl, databaseApiUrl: apiUrl, databaseReaderUrl: readerUrl } = config;
  const { databaseOwnerUrl: ownerUrl } = config;
  if (ownerUrl === undefined) throw new ConfigError(NO_OWNER);
  if (apiUrl === undefined) throw new ConfigError(NO_API);
  const applied = await prepareDatabase({ ownerUrl, applicationUrl, apiUrl, readerUrl });
  report(`migrations applied: ${applied.join(', ') || 'none was missing'}`);
  const settings = {
    max: 2,
    applicationName: 'creditloom-prepare',
    statementTimeoutMs: STATEMENT_TIMEOUT_MS,
    books: config.books,
  };
  const { tenantId } = config;
  const owner = { ...settings, connectionString: ownerUrl };
  const application = { ...settings, connectionString: applicationUrl };
  const { clock } = await withPools(owner, application, async (ownerPool, pool) => {
    const temporal = await connectClient(config.temporal);
    const { speed, startAt } = config.clock;
    const startAtMs = startAt === undefined ? undefined : Date.parse(startAt);
    const opened = await prepareDeployment({
      pool,
      ownerPool,
      temporal,
      tenantId,
      policies: [defaultPolicy],
      clock: { speed, startAtMs, standsForMs: START_TAKES_MS },
      report,
    });
    const asOfMs = businessTimeMs(opened.clock, Date.now());
    for (const model of await placeShippedModels(pool, { tenantId, policies: [defaultPolicy], asOfMs })) {
      report(`model ${model} is active for a year: somebody validates it before (docs/model-life.md)`);
    }
    await temporal.connection.close();
    return opened;
  });
  report(`tenant ${tenantId} is ready under policy ${defaultPolicy.version}; business time runs ${clock.speed} x`);
  return 0;
}

function withPools<Result>(
  owner: PoolSettings,
  application: PoolSettings,
  work: (ownerPool: Pool, pool: Pool) => Promise<Result>,
): Promise<Result> {
  return withPool(owner, (ownerPool) => withPool(application, (pool) => work(ownerPool, pool)));
}

/** Nobody names a server, and the run of this folder has some. */
async function isForLocalRun(): Promise<boolean> {
  const { DATABASE_URL, TEMPORAL_ADDRESS } = processEnvironment();
  if (DATABASE_URL || TEMPORAL_ADDRESS) return false;
  return (await findLocalRun(STATE_DIR)) !== undefined;
}

if (require.main === module) runCommandLine(main, USAGE);
