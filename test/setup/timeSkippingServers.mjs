// Time-skipping servers for stories, in one Java process where the machine can make one: a Java process of their own
// costs each story more processor time than its months do.
import { spawn, spawnSync } from 'node:child_process';
import { appendFileSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { PIDS } from './shared.mjs';

const SOURCE = fileURLToPath(new URL('../../tools/temporal-test-server/TestServers.java', import.meta.url));
const HOLDER = fileURLToPath(new URL('./timeSkippingServer.mjs', import.meta.url));
const START_TIMEOUT_MS = 30_000;

/**
 * Gives an executable that runs a server of the shared process on the port of its first argument, or, where that cannot
 * be (a server without jars, a Java without a compiler), the one that was found. `folder` is that of the run.
 */
export async function shareTimeSkippingServer(executable, folder, report) {
  const jars = join(dirname(executable), 'jars', '*');
  if (process.platform === 'win32' || !existsSync(dirname(jars))) return executable;
  const classes = join(folder, 'test-servers');
  mkdirSync(classes);
  const compiled = spawnSync('javac', ['-cp', jars, '-d', classes, SOURCE], { encoding: 'utf8' });
  if (compiled.status !== 0) {
    report(
      `Temporal time-skipping server: a process for each story, javac: ${compiled.error?.message ?? compiled.stderr}`,
    );
    return executable;
  }
  const port = await startJava(`${classes}:${jars}`, folder);
  const script = join(folder, 'time-skipping-shared');
  writeFileSync(script, `#!/bin/sh\nexec '${process.execPath}' '${HOLDER}' ${port} "$1"\n`, { mode: 0o755 });
  return script;
}

/** Tells the port of its control; the process is noted, so that the teardown ends it. */
function startJava(classPath, folder) {
  const java = spawn('java', ['-XX:+UseSerialGC', '-cp', classPath, 'TestServers'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  appendFileSync(join(folder, PIDS), `${java.pid}\n`);
  java.unref();
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('the shared test servers did not start')), START_TIMEOUT_MS);
    java.once('error', reject).once('exit', (code) => reject(new Error(`the shared test servers ended with ${code}`)));
    createInterface({ input: java.stdout }).once('line', (line) => {
      clearTimeout(timer);
      java.stdout.destroy();
      resolve(Number(line));
    });
  });
}
