// Before all tests: the servers and files that test files share, in a folder of this run. Test files read them with
// `testEnvironment()` of environment.ts.
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { isAlive, PIDS, removeRun, TEMPLATE } from './shared.mjs';
import { shareTimeSkippingServer } from './timeSkippingServers.mjs';

const ROOT = resolve(import.meta.dirname, '../..');
const require = createRequire(import.meta.url);

export default async function globalSetup() {
  if (!existsSync(join(ROOT, 'dist', 'provision', 'index.js')))
    throw new Error('dist/ is missing: run `npm run build` once, or `npm test`');
  const { findTemporalCli, findTimeSkippingServer, provisionOptions, startPostgres } = require(
    join(ROOT, 'dist', 'provision', 'index.js'),
  );
  const report = (line) => process.stdout.write(`${line}\n`);
  const folder = join(ROOT, '.creditloom', 'test', String(process.pid));
  removeLeftovers(join(ROOT, '.creditloom', 'test'));
  mkdirSync(folder, { recursive: true });
  const options = provisionOptions(ROOT, process.env, report);

  const postgres = await startPostgres({
    dataDir: join(folder, 'postgres'),
    persistent: false,
    database: TEMPLATE,
    report,
  });
  // The teardown runs in this process; a run that is killed takes its server along.
  globalThis.creditloomTestRun = { folder, postgres };
  await migrateTemplate(postgres.url, report);
  const environment = {
    postgresUrl: postgres.url,
    timeSkippingServer: recorded(
      folder,
      'time-skipping',
      await shareTimeSkippingServer(await findTimeSkippingServer(options), folder, report),
    ),
    temporalCli: recorded(folder, 'temporal', await findTemporalCli(options)),
    workflowBundle: await bundleWorkflows(folder, report),
  };
  const file = join(folder, 'environment.json');
  writeFileSync(file, JSON.stringify(environment), { mode: 0o600 });
  process.env.CREDITLOOM_TEST_ENVIRONMENT = file;
}

/**
 * A script that notes its process id before it becomes the server: a test that runs out of time never ends the server
 * that it started, and the teardown does it then.
 */
function recorded(folder, name, executable) {
  if (process.platform === 'win32') return executable;
  const script = join(folder, name);
  writeFileSync(script, `#!/bin/sh\necho $$ >> '${join(folder, PIDS)}'\nexec '${executable}' "$@"\n`, { mode: 0o755 });
  return script;
}

/** The schema is made once; test files clone the database instead of migrating one each. */
async function migrateTemplate(url, report) {
  const file = join(ROOT, 'dist', 'db', 'migrate.js');
  if (!existsSync(file)) return report('test database: no dist/db/migrate.js yet, it stays empty');
  await require(file).migrate(url);
}

async function bundleWorkflows(folder, report) {
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

/** Folders of runs that were killed. */
function removeLeftovers(folder) {
  if (!existsSync(folder)) return;
  for (const name of readdirSync(folder)) if (!isAlive(Number(name))) removeRun(join(folder, name));
}
