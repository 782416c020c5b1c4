/** pgbench, the yardstick that comes with PostgreSQL: found where it is, run, and its own figure read. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { MINUTE_MS } from '../../../domain/values/timeUnits';
import { CommandError, type Report, runCommand } from '../../../platform/provision';
import { findOnPath, isExecutable } from '../../../platform/provision/command';
import { FIRST, type PgbenchScript, SHARE } from './pgbenchScript';

/** Where Debian and its kin put the programs of a PostgreSQL version. */
const VERSIONS_FOLDER = '/usr/lib/postgresql';
const TIMEOUT_MS = 10 * MINUTE_MS;

export const HOW_TO_GET =
  'no pgbench that runs was found by PGBENCH, on PATH, or below /usr/lib/postgresql; ' +
  'bench/README.md says which package has it and how to unpack it without installing';

export interface Pgbench {
  executable: string;
  /** As it tells it, such as `pgbench (PostgreSQL) 18.1`. */
  version: string;
}

/** Undefined when there is none that runs. Throws when the one that PGBENCH names does not. */
export async function findPgbench(
  env: NodeJS.ProcessEnv,
  report: Report,
  versionsFolder = VERSIONS_FOLDER,
): Promise<Pgbench | undefined> {
  const named = env.PGBENCH;
  if (named) {
    const found = await versionOf(named, env, report);
    if (!found) throw new Error(`PGBENCH names ${named}, which does not tell its version: name another, or unset it`);
    return found;
  }
  const onPath = findOnPath('pgbench', env.PATH ?? '');
  for (const executable of [...(onPath === undefined ? [] : [onPath]), ...newestBelow(versionsFolder)]) {
    const found = await versionOf(executable, env, report);
    if (found) return found;
  }
  return undefined;
}

/** Debian's pgbench on PATH is a script that is there without the program, so each is asked. */
async function versionOf(executable: string, env: NodeJS.ProcessEnv, report: Report): Promise<Pgbench | undefined> {
  if (!isExecutable(executable)) return undefined;
  const asked = { command: executable, args: ['--version'], label: 'pgbench', env, report, timeoutMs: 10_000 };
  try {
    return { executable, version: (await runCommand(asked)).trim() };
  } catch (error) {
    if (error instanceof CommandError) return undefined;
    throw error;
  }
}

function newestBelow(folder: string): string[] {
  try {
    return readdirSync(folder)
      .sort((first, second) => Number(second) - Number(first))
      .map((version) => join(folder, version, 'bin', 'pgbench'));
  } catch {
    return [];
  }
}

export interface PgbenchRun {
  executable: string;
  env: NodeJS.ProcessEnv;
  /** Of the database, with its password. */
  url: string;
  scriptFile: string;
  variables: PgbenchScript['variables'];
  clients: number;
  /** Transactions of each client, each on an account of its own. */
  share: number;
  /** The number before that of the first account. */
  first: number;
  report: Report;
}

/** Runs the script once for each account, and returns pgbench's own transactions a second. */
export async function runPgbench(run: PgbenchRun): Promise<number> {
  const { executable, env, url, scriptFile, clients, share, report } = run;
  const { hostname, port, username, password, pathname } = new URL(url);
  const variables = { ...run.variables, [FIRST]: String(run.first), [SHARE]: String(share) };
  const output = await runCommand({
    command: executable,
    args: [
      '--host',
      hostname,
      '--port',
      port,
      '--username',
      username,
      // Prepared, as our own connections do; not vacuumed, because that is for tables of its own.
      '--protocol',
      'prepared',
      '--no-vacuum',
      '--file',
      scriptFile,
      '--client',
      String(clients),
      '--jobs',
      String(Math.min(2, clients)),
      '--transactions',
      String(share),
      ...Object.entries(variables).flatMap(([name, value]) => ['--define', `${name}=${value}`]),
      pathname.slice(1),
    ],
    env: { ...env, PGPASSWORD: decodeURIComponent(password) },
    label: 'pgbench',
    report,
    timeoutMs: TIMEOUT_MS,
  });
  return transactionsPerSecond(output, clients * share);
}

/** Throws unless all of the transactions were made. */
export function transactionsPerSecond(output: string, expected: number): number {
  const processed = /^number of transactions actually processed: (\d+)/m.exec(output)?.[1];
  const rate = /^tps = ([\d.]+) \(without initial connection time\)/m.exec(output)?.[1];
  if (processed === undefined || rate === undefined) throw new Error(`pgbench told no rate:\n${output}`);
  if (Number(processed) !== expected) throw new Error(`pgbench made ${processed} transactions of ${expected}`);
  return Number(rate);
}
