/** Child of `cachedDownload.ts`: `node downloadMain.js <dev-server|time-skipping> <folder>`. */
import { TestWorkflowEnvironment } from '@temporalio/testing';

async function main(): Promise<void> {
  const [kind, downloadDir] = process.argv.slice(2);
  if (downloadDir === undefined) throw new Error('usage: downloadMain.js <dev-server|time-skipping> <folder>');
  const server = { executable: { type: 'cached-download', downloadDir } } as const;
  const environment =
    kind === 'time-skipping'
      ? await TestWorkflowEnvironment.createTimeSkipping({ server })
      : await TestWorkflowEnvironment.createLocal({ server });
  await environment.teardown();
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    // Ends once it is told: the text says why there is no server.
    process.stderr.write(`${error instanceof Error ? error.message : error}\n`, () => process.exit(1));
  },
);
