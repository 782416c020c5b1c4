// Time-skipping servers for stories, in one Java process where the machine can make one: a Java process of their own
// costs each story more processor time than its months do. Whoever starts a server keeps the handle that ends it; what
// the SDK starts is a process that stands for one.
import { spawn, spawnSync } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { logsOf, quoted } from './shared.mjs';

const SOURCE = fileURLToPath(new URL('../../tools/temporal-test-server/TestServers.java', import.meta.url));
const HOLDER = fileURLToPath(new URL('./timeSkippingServer.mjs', import.meta.url));
const START_TIMEOUT_MS = 30_000;
/** Java reads the names of files by the locale; a bare machine has none, and paths hold any signs. */
const JAVA_ENV = { ...process.env, LC_ALL: 'C.UTF-8' };

/**
 * Gives an executable that runs a server on the port of its first argument: in one Java process for all or, where that
 * cannot be (a server without jars, a Java without a compiler), each in one of its own. `run` is the run, whose `stops`
 * end what is started here; `startServerProcess` is that of dist/platform/provision.
 */
export async function shareTimeSkippingServer(executable, { run, report, startServerProcess }) {
  if (process.platform === 'win32') return executable;
  const jars = join(dirname(executable), 'jars', '*');
  const classes = existsSync(dirname(jars)) ? compile(jars, run.folder, report) : undefined;
  const port =
    classes === undefined
      ? await listenForServers(executable, run, startServerProcess)
      : await startJava(`${classes}:${jars}`, run);
  const script = join(run.folder, 'time-skipping');
  const words = [process.execPath, HOLDER, String(port)].map(quoted).join(' ');
  writeFileSync(script, `#!/bin/sh\nexec ${words} "$1"\n`, { mode: 0o755 });
  return script;
}

function compile(jars, folder, report) {
  const classes = join(folder, 'test-servers');
  mkdirSync(classes);
  const args = ['-cp', jars, '-d', classes, SOURCE];
  const { status, error, stderr } = spawnSync('javac', args, { encoding: 'utf8', env: JAVA_ENV });
  if (status === 0) return classes;
  report(`Temporal time-skipping server: a process for each story, javac: ${error?.message ?? stderr}`);
  return undefined;
}

/** Tells the port of its control. The process ends when its input does, so also with this process. */
function startJava(classPath, { folder, stops }) {
  const log = openSync(join(logsOf(folder), 'time-skipping.log'), 'a');
  const java = spawn('java', ['-XX:+UseSerialGC', '-cp', classPath, 'TestServers'], {
    stdio: ['pipe', 'pipe', log],
    env: JAVA_ENV,
  });
  closeSync(log);
  const ended = new Promise((resolve) => java.once('exit', resolve));
  stops.push(async () => {
    // What nobody holds is not waited for: this process would end in the middle of the teardown, and with 0.
    java.ref();
    java.kill('SIGKILL');
    await ended;
  });
  java.unref();
  java.stdin.unref();
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

/** The same by processes: each connection starts a server on the port that it names, and ends it when it closes. */
async function listenForServers(executable, { folder, stops }, startServerProcess) {
  const running = new Set();
  const serve = async (port, socket) => {
    const logFile = join(logsOf(folder), `time-skipping-${port}.log`);
    const server = await startServerProcess({ command: executable, args: [port], logFile, stopSignal: 'SIGTERM' });
    running.add(server);
    server.exited.then(() => {
      running.delete(server);
      socket.destroy();
    });
    if (socket.destroyed) await server.stop();
    else socket.once('close', () => void server.stop());
  };
  const control = createServer((socket) => {
    socket.on('error', () => undefined);
    createInterface({ input: socket }).once('line', (port) => void serve(port, socket).catch(() => socket.destroy()));
  });
  stops.push(async () => {
    control.close();
    await Promise.all([...running].map((server) => server.stop()));
  });
  await new Promise((resolve) => control.listen(0, '127.0.0.1', resolve));
  control.unref();
  return control.address().port;
}
