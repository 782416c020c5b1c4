// After all tests: stops what globalSetup.mjs started and removes the folder of this run.
import { rmSync } from 'node:fs';

export default async function globalTeardown() {
  const run = globalThis.creditloomTestRun;
  if (!run) return;
  await run.postgres.stop();
  rmSync(run.folder, { recursive: true, force: true });
}
