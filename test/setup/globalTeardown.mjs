// After all tests: stops what globalSetup.mjs started and removes the folder of this run.
import { removeRun } from './shared.mjs';

export default async function globalTeardown() {
  const run = globalThis.creditloomTestRun;
  if (!run) return;
  await run.postgres.stop();
  removeRun(run.folder);
}
