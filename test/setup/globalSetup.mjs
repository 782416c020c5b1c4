// Before all tests: the servers and files that test files share, in a folder of this run. Test files read them with
// `testEnvironment()` of environment.ts.
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { aptCommand, isContinuousIntegration, missingPeers } from '../../scripts/peers.mjs';
import { asApi, asApplication, isAlive, logsOf, makeRun, removeRun, TEMPLATE } from './shared.mjs';
import { shareTimeSkippingServer } from './timeSkippingServers.mjs';

const ROOT = resolve(import.meta.dirname, '../..');
const require = createRequire(import.meta.url);

export default async function globalSetup() {
  try {
    await setUp();
  } catch (error) {
    // What keeps the tests from running is told in words; where in this file it was met helps nobody.
    error.stack = error.message;
    throw error;
  }
}

async function setUp() {
  if (!existsSync(join(ROOT, 'dist', 'platform', 'provision', 'index.js')))
    throw new Error('dist/ is missing: run `npm run build` once, or `npm test`');
  const provision = require(join(ROOT, 'dist', 'platform', 'provision', 'index.js'));
  const report = (line) => process.stdout.write(`${line}\n`);
  const folder = join(ROOT, '.creditloom', 'test', String(process.pid));
  removeLeftovers(join(ROOT, '.creditloom', 'test'));
  makeRun(folder);

  const postgres = await provision.startPostgres({
    dataDir: join(folder, 'postgres'),
    persistent: false,
    database: TEMPLATE,
    report,
  });
  // The teardown runs in this process; a run that is killed takes its servers along.
  const run = { folder, stops: [postgres.stop], hasFailed: false };
  globalThis.creditloomTestRun = run;
  await migrateTemplate(postgres.url, report);
  const environment = {
    postgresUrl: postgres.url,
    ...(await findServers(provision, run, report)),
    workflowBundle: await bundleWorkflows(folder, report),
    logs: logsOf(folder),
  };
  Object.assign(environment.missing, missingPeers());
  const file = join(folder, 'environment.json');
  writeFileSync(file, JSON.stringify(environment), { mode: 0o600 });
  process.env.CREDITLOOM_TEST_ENVIRONMENT = file;
}

/** A server that no way leads to is missing as a peer is: its tests are not run, and say what brings it. */
async function findServers(provision, run, report) {
  const { findTemporalCli, findTimeSkippingServer, provisionOptions, NoServerError } = provision;
  const { startServerProcess } = require(join(ROOT, 'dist', 'platform', 'provision', 'serverProcess.js'));
  const options = provisionOptions(ROOT, process.env, report);
  const missing = {};
  const found = async (name, what, bring, find) => {
    try {
      return await find(options);
    } catch (error) {
      if (!(error instanceof NoServerError) || isContinuousIntegration()) throw error;
      missing[name] = { what, bring };
      return null;
    }
  };
  const own = await found(
    'time-skipping-server',
    'the Temporal server whose clock skips',
    aptCommand(['default-jdk-headless', 'maven']),
    findTimeSkippingServer,
  );
  const temporalCli = await found(
    'temporal-server',
    'the Temporal dev server',
    'install Go 1.21 or newer (https://go.dev/dl), or set TEMPORAL_CLI',
    findTemporalCli,
  );
  const timeSkippingServer = own && (await shareTimeSkippingServer(own, { run, report, startServerProcess }));
  return { timeSkippingServer, temporalCli, missing };
}

/** The schema is made once; test files clone the database instead of migrating one each. */
async function migrateTemplate(url, report) {
  const file = join(ROOT, 'dist', 'db', 'roles', 'prepareDatabase.js');
  if (!existsSync(file)) return report('test database: no dist/db/roles/prepareDatabase.js yet, it stays empty');
  await require(file).prepareDatabase({ ownerUrl: url, applicationUrl: asApplication(url), apiUrl: asApi(url) });
}

/** `npm test` has just built the one that workers load; whoever runs Jest alone gets one of the sources as they are. */
async function bundleWorkflows(folder, report) {
  const { CREDITLOOM_WORKFLOW_BUNDLE: built } = process.env;
  if (built && existsSync(built)) return built;
  const workflowsPath = join(ROOT, 'src', 'workflows', 'index.ts');
  if (!existsSync(workflowsPath)) {
    report('workflow bundle: no src/workflows/index.ts yet, tests of workflows cannot run');
    return null;
  }
  const { bundleWorkflowCode, DefaultLogger } = require('@temporalio/worker');
  const { code } = await bundleWorkflowCode({ workflowsPath, logger: new DefaultLogger('WARN') });
  const file = join(folder, 'workflow-bundle.js');
  writeFileSync(file, code);
  return file;
}

/** Folders of runs that were killed, and logs of runs that failed. */
function removeLeftovers(folder) {
  if (!existsSync(folder)) return;
  for (const name of readdirSync(folder)) if (!isAlive(Number(name))) removeRun(join(folder, name));
}
