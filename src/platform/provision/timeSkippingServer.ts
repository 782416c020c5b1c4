/** Temporal's test server, whose clock skips to the next timer: finds or gets an executable that runs it. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { MINUTE_MS } from '../../domain/values/timeUnits';
import { cachedDownload } from './cachedDownload';
import { findOnPath, isExecutable, runCommand } from './command';
import { withFileLock } from './fileLock';
import { makePrivateFolder, writePrivateFile } from './privateFiles';
import { freePort, startServerProcess } from './serverProcess';
import {
  cachedPath,
  cacheFolder,
  errorMessageOf,
  firstThatWorks,
  named,
  type ProvisionOptions,
  type Way,
} from './ways';

const WHAT = 'Temporal time-skipping server';
const VERSION = '1.38.0';
const PLUGIN = 'org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies';
const HELP = `Any one of these helps:
  - set TEMPORAL_TEST_SERVER to an executable that runs the server on the port of its first argument
  - let the machine reach the SDK's download
  - install a Java runtime (11 or newer) and Maven, and let Maven reach a repository`;

/** 38 MB in 6 s was measured; slow links get the rest. */
const COPY_TIMEOUT_MS = 15 * MINUTE_MS;

/**
 * Gives the path of an executable for `TestWorkflowEnvironment.createTimeSkipping`'s `existing-path`.
 * Throws {@link NoServerError} when no way works, and an error that names the variable when TEMPORAL_TEST_SERVER
 * is wrong.
 */
export function findTimeSkippingServer(options: ProvisionOptions): Promise<string> {
  return firstThatWorks(WHAT, timeSkippingWays(options), options.report, HELP);
}

/** The ways in their order; exported so that the order itself is tested. */
export function timeSkippingWays(options: ProvisionOptions): Way[] {
  const binary = cachedPath(options, 'temporal-test-server');
  const wrapper = join(options.cacheDir, `temporal-test-server-${VERSION}`, 'temporal-test-server');
  return [
    { name: 'TEMPORAL_TEST_SERVER', find: async () => named('TEMPORAL_TEST_SERVER', options.temporalTestServer) },
    { name: 'cache', find: async () => fromCache(binary, wrapper, options) },
    {
      name: 'SDK download',
      find: () =>
        getInto(binary, options, () => (options.download ?? cachedDownload)('time-skipping', binary, options)),
    },
    { name: 'Maven', find: () => fromMaven(wrapper, options) },
  ];
}

function fromCache(binary: string, wrapper: string, options: ProvisionOptions) {
  if (isExecutable(binary)) return { executable: binary };
  if (!isExecutable(wrapper)) return { refused: 'not there' };
  if (findOnPath('java', options.path) === undefined) return { refused: `${wrapper} needs Java, which is gone` };
  // The jars stay good for years; what starts them may have been written by an earlier release.
  if (readFileSync(wrapper, 'utf8') !== SCRIPT) writeScript(wrapper);
  return { executable: wrapper };
}

/** Java first: jars that an earlier run left are no server without it. */
async function fromMaven(wrapper: string, options: ProvisionOptions) {
  const java = findOnPath('java', options.path);
  if (java === undefined) return { refused: 'Java is not installed' };
  return getInto(wrapper, options, () => copyJars(wrapper, java, options));
}

async function getInto(target: string, options: ProvisionOptions, work: () => Promise<void>) {
  const lock = join(cacheFolder(options), 'temporal-test-server.lock');
  return withFileLock(lock, options.report, async () => {
    try {
      // Another process may have put it there while this one waited for the lock.
      if (!isExecutable(target)) await work();
      return { executable: target };
    } catch (error) {
      return { refused: errorMessageOf(error) };
    }
  });
}

/** Copies the server's jars beside a script that runs them; the folder gets its name when it is complete. */
async function copyJars(wrapper: string, java: string, options: ProvisionOptions): Promise<void> {
  const maven = findOnPath('mvn', options.path);
  if (process.platform === 'win32') throw new Error('the script around the jars needs a POSIX shell');
  if (maven === undefined) throw new Error('Maven is not installed');
  options.report(`${WHAT}: getting its jars with Maven; 10 to 60 seconds, then kept`);
  const folder = dirname(wrapper);
  const unfinished = mkdtempSync(join(options.cacheDir, 'jars-'));
  try {
    const pom = join(unfinished, 'pom.xml');
    writePrivateFile(pom, POM);
    makePrivateFolder(join(unfinished, 'jars'));
    await runCommand({
      command: maven,
      args: ['--batch-mode', '--quiet', '-f', pom, PLUGIN, `-DoutputDirectory=${join(unfinished, 'jars')}`],
      label: 'Maven copy of the test server',
      report: options.report,
      timeoutMs: COPY_TIMEOUT_MS,
      env: options.childEnv && { ...options.childEnv, ...JAVA_LOCALE },
    });
    const jars = readdirSync(join(unfinished, 'jars'));
    if (!jars.includes(`temporal-test-server-${VERSION}.jar`)) throw new Error('Maven copied no test server');
    writeScript(join(unfinished, 'temporal-test-server'));
    rmSync(folder, { recursive: true, force: true });
    renameSync(unfinished, folder);
    await archiveClasses(java, folder, options.report);
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
}

/** By a rename: another process may be starting a server from it. */
function writeScript(path: string): void {
  const unfinished = `${path}.${process.pid}`;
  writeFileSync(unfinished, SCRIPT, { mode: 0o755 });
  renameSync(unfinished, path);
}

/**
 * Keeps the classes of one start, so that the next ones take a third of the time: the SDK gives a server five seconds,
 * which a machine that is busy elsewhere can exceed. A Java that cannot do it (before 13) starts as it always did.
 */
async function archiveClasses(java: string, folder: string, report: ProvisionOptions['report']): Promise<void> {
  const port = await freePort();
  const server = await startServerProcess({
    command: 'env',
    args: [
      `LC_ALL=${JAVA_LOCALE.LC_ALL}`,
      java,
      ...JAVA_OPTIONS,
      `-XX:ArchiveClassesAtExit=${join(folder, ARCHIVE)}`,
      '-cp',
      join(folder, 'jars', '*'),
      MAIN_CLASS,
      `${port}`,
    ],
    logFile: join(folder, 'archive.log'),
    stopSignal: 'SIGTERM',
  });
  const giveUpAtMs = Date.now() + ARCHIVE_TIMEOUT_MS;
  while (!server.hasExited() && !(await isListening(port)) && Date.now() < giveUpAtMs) await sleep(100);
  await server.stop(ARCHIVE_TIMEOUT_MS);
  if (!existsSync(join(folder, ARCHIVE)))
    report(`${WHAT}: this Java keeps no archive of classes; each start takes longer`);
}

function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    const end = (isOpen: boolean) => {
      socket.destroy();
      resolve(isOpen);
    };
    socket.once('connect', () => end(true)).once('error', () => end(false));
  });
}

const ARCHIVE = 'classes.jsa';
const ARCHIVE_TIMEOUT_MS = 60_000;
const MAIN_CLASS = 'io.temporal.testserver.TestServer';
/** For a server that lives for seconds beside others: no late compiler, no threads for the garbage collector. */
const JAVA_OPTIONS = ['-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC'];

/** Java reads the names of files by the locale: a machine without one would not find a path with Chinese signs. */
const JAVA_LOCALE = { LC_ALL: 'C.UTF-8' };

/** `exec`: the SDK ends the process it started, and a shell in between would leave the Java process behind. */
const SCRIPT = `#!/bin/sh
export LC_ALL=${JAVA_LOCALE.LC_ALL}
here=$(CDPATH= cd -- "$(dirname -- "$0")" && pwd)
set -- -cp "$here/jars/*" ${MAIN_CLASS} "$@"
if test -f "$here/${ARCHIVE}"; then set -- -Xlog:disable "-XX:SharedArchiveFile=$here/${ARCHIVE}" "$@"; fi
exec java ${JAVA_OPTIONS.join(' ')} "$@"
`;

const POM = `<project>
  <modelVersion>4.0.0</modelVersion>
  <groupId>creditloom</groupId>
  <artifactId>test-server</artifactId>
  <version>1</version>
  <dependencies>
    <dependency>
      <groupId>io.temporal</groupId>
      <artifactId>temporal-test-server</artifactId>
      <version>${VERSION}</version>
      <scope>runtime</scope>
    </dependency>
    <!-- The server logs nothing then, instead of warning at each start that it cannot. -->
    <dependency>
      <groupId>org.slf4j</groupId>
      <artifactId>slf4j-nop</artifactId>
      <version>1.7.36</version>
      <scope>runtime</scope>
    </dependency>
  </dependencies>
</project>
`;
