// Bundles the workflows for the workers' sandbox, once at the build: `node bundleWorkflows.mjs SOURCE TARGET`. A worker
// that did it itself would need the bundler, its memory and some seconds at each start.
import { renameSync, writeFileSync } from 'node:fs';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';

const [source, target] = process.argv.slice(2);
const { code } = await bundleWorkflowCode({ workflowsPath: source, logger: new DefaultLogger('WARN') });
// A worker that starts meanwhile reads the old one or the new one.
writeFileSync(`${target}.new`, code);
renameSync(`${target}.new`, target);
