/** The ways to get a server executable: tried in order, each step told, the first that works wins. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { isExecutable, type Report } from './command';
import { makeStateFolder } from './privateFiles';

/** Gets an executable of one kind through the SDK's own cached download; throws when that is not possible. */
type Download = (kind: ServerKind, target: string, options: ProvisionOptions) => Promise<void>;

export type ServerKind = 'dev-server' | 'time-skipping';

export interface ProvisionOptions {
  /** Folder of executables kept from earlier runs; made when missing. */
  cacheDir: string;
  /** Folder of the pinned Go tool module that builds the Temporal CLI. */
  goModuleDir: string;
  report: Report;
  /** PATH value in which `temporal`, `go`, `java` and `mvn` are looked for. */
  path: string;
  /** Value of TEMPORAL_CLI, when set. */
  temporalCli?: string | undefined;
  /** Value of TEMPORAL_TEST_SERVER, when set. */
  temporalTestServer?: string | undefined;
  /** Environment of the commands that build or download. */
  childEnv?: NodeJS.ProcessEnv | undefined;
  /** Another downloader than the SDK's, for tests. */
  download?: Download | undefined;
}

/** A way gives the executable, or one line that tells why it does not work here. */
export type WayResult = { executable: string } | { refused: string };

export interface Way {
  name: string;
  find: () => Promise<WayResult>;
}

/** No way led to an executable; the message names every way and what it needs. */
export class NoServerError extends Error {
  override readonly name = 'NoServerError';
}

/** The options of a checked-out project, with the environment's values given by the caller. */
export function provisionOptions(
  projectDir: string,
  env: Record<string, string | undefined>,
  report: Report,
): ProvisionOptions {
  return {
    cacheDir: join(projectDir, '.creditloom', 'cache'),
    goModuleDir: join(projectDir, 'tools', 'temporal-server'),
    report,
    path: env.PATH ?? env.Path ?? '',
    temporalCli: env.TEMPORAL_CLI || undefined,
    temporalTestServer: env.TEMPORAL_TEST_SERVER || undefined,
    childEnv: env,
  };
}

/** The way of a setting that names an executable. Throws {@link NoServerError} when it names none. */
export function named(setting: string, path: string | undefined): WayResult {
  if (path === undefined) return { refused: 'not set' };
  // Not passed over: who sets it wants that one, and a silent other one would be found late.
  if (!isExecutable(path)) throw new NoServerError(`${setting} names ${path}, which is no executable file`);
  return { executable: path };
}

/** Tries the ways in order. Throws {@link NoServerError}, whose message ends with `help`, when none works. */
export async function firstThatWorks(
  what: string,
  ways: readonly Way[],
  report: Report,
  help: string,
): Promise<string> {
  const refusals: string[] = [];
  for (const way of ways) {
    const result = await way.find();
    if ('executable' in result) {
      report(`${what}: ${way.name}: ${result.executable}`);
      return result.executable;
    }
    report(`${what}: ${way.name}: ${inOneLine(result.refused)}`);
    refusals.push(`  ${way.name}: ${result.refused}`);
  }
  throw new NoServerError(`${what}: no way worked on this machine.\n${refusals.join('\n')}\n${help}`);
}

/** The cache folder, made when missing. */
export function cacheFolder(options: ProvisionOptions): string {
  if (!existsSync(options.cacheDir)) makeStateFolder(options.cacheDir);
  return options.cacheDir;
}

/** An executable's name in the cache on this platform. */
export function cachedPath(options: ProvisionOptions, name: string): string {
  return join(options.cacheDir, process.platform === 'win32' ? `${name}.exe` : name);
}

export function errorMessageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Causes stand at the end of a line, after the addresses and wrappers that lead to them. */
const CAUSE_CHARACTERS = 120;

/** What failed, and the end of the last line of its output, which is where commands put the cause. */
function inOneLine(text: string): string {
  const lines = text.split('\n').map((line) => line.trim());
  const first = (lines[0] ?? '').replace(/\. The end of its output:$/, '');
  if (lines.length === 1) return first;
  const last = lines.at(-1) ?? '';
  return `${first}: ${last.length > CAUSE_CHARACTERS ? `…${last.slice(-CAUSE_CHARACTERS)}` : last}`;
}
