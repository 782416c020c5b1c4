// After all tests: stops what globalSetup.mjs started and removes the folder of this run, but for the logs of servers
// when a test failed.
import { copyFileSync, existsSync, readdirSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { logsOf, removeRun } from './shared.mjs';

export default async function globalTeardown() {
  const run = globalThis.creditloomTestRun;
  if (!run) return;
  const { folder, hasFailed } = run;
  // The server removes its own with its data.
  const log = join(folder, 'postgres.log');
  if (hasFailed && existsSync(log)) copyFileSync(log, join(logsOf(folder), 'postgres.log'));
  for (const stop of run.stops.reverse()) await stop();
  if (!hasFailed) return removeRun(folder);
  const kept = basename(logsOf(folder));
  for (const name of readdirSync(folder))
    if (name !== kept) rmSync(join(folder, name), { recursive: true, force: true });
}
