/** Runs one command to its end: shows that it is alive, bounds it by time, and puts the end of its output in errors. */
import { spawn } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { watchEnd } from './processEnd';
import { refuseWhenEnding } from './started';

/** Takes one line of progress for people, without a line end. */
export type Report = (line: string) => void;

/** The user that a child runs as; only root can give another one than its own. */
export interface RunAs {
  uid: number;
  gid: number;
}

export interface CommandOptions {
  command: string;
  args: readonly string[];
  /** What the command does, for progress lines and errors: `building the Temporal CLI`. */
  label: string;
  report: Report;
  /** The command is ended after this time. */
  timeoutMs: number;
  cwd?: string | undefined;
  env?: NodeJS.ProcessEnv | undefined;
  runAs?: RunAs | undefined;
  /** Ends the command when `measure` gives the same number for `afterMs`: a transfer that stands still. */
  stall?: { afterMs: number; measure: () => number } | undefined;
  /** Time between two lines that show that the command is alive; 10 s unless given. */
  aliveEveryMs?: number | undefined;
}

/** A command that could not be started, ended with an error, or was ended for taking too long. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
}

const TAIL_LINES = 20;
const TAIL_CHARACTERS = 16_000;
/** A command that ignores SIGTERM gets SIGKILL after this time. */
const KILL_AFTER_MS = 5_000;

/**
 * Runs a command without input and gives the end of what it printed (at most 16,000 characters).
 * Throws {@link CommandError} whose message ends with the last lines of the output.
 */
export async function runCommand(options: CommandOptions): Promise<string> {
  const { command, args, label, cwd, env, runAs } = options;
  let output = '';
  refuseWhenEnding();
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], cwd, env, ...runAs });
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8');
    stream.on('data', (chunk: string) => {
      output = (output + chunk).slice(-TAIL_CHARACTERS);
    });
  }
  const end = watchEnd(child, { stopSignal: 'SIGTERM', graceMs: KILL_AFTER_MS });
  const watch = watchOver(options, (reason) => {
    output += `\n${reason}`;
    void end.stop();
  });
  const ended = new Promise<string | undefined>((resolve) => {
    child.once('error', (error) => resolve(`could not be started: ${error.message}`));
    child.once('close', (code, signal) =>
      resolve(code === 0 ? undefined : `failed (${signal ?? `exit code ${code}`})`),
    );
  });
  try {
    const outcome = await ended;
    const reason = watch.endedFor() ?? outcome;
    if (reason !== undefined) throw new CommandError(describe(label, reason, output));
    return output;
  } finally {
    watch.stop();
  }
}

/** One timer for alive lines, the time limit and the stall limit; calls `end` once when a limit is passed. */
function watchOver(options: CommandOptions, end: (reason: string) => void) {
  const { label, report, timeoutMs, stall, aliveEveryMs = 10_000 } = options;
  const startedAtMs = Date.now();
  let reason: string | undefined;
  let measured = stall?.measure();
  let changedAtMs = startedAtMs;
  let aliveAtMs = startedAtMs;
  const timer = setInterval(
    () => {
      const nowMs = Date.now();
      if (nowMs - aliveAtMs >= aliveEveryMs) {
        aliveAtMs = nowMs;
        report(`  … ${label}: ${Math.round((nowMs - startedAtMs) / 1000)} s`);
      }
      const measuredNow = stall?.measure();
      if (measuredNow !== measured) changedAtMs = nowMs;
      measured = measuredNow;
      if (reason !== undefined) return;
      if (nowMs - startedAtMs >= timeoutMs) reason = `was ended after ${timeoutMs / 1000} s`;
      else if (stall && nowMs - changedAtMs >= stall.afterMs)
        reason = `was ended: no progress for ${stall.afterMs / 1000} s`;
      if (reason !== undefined) end(reason);
    },
    Math.min(aliveEveryMs, timeoutMs, stall?.afterMs ?? 1_000, 1_000),
  );
  return { endedFor: () => reason, stop: () => clearInterval(timer) };
}

function describe(label: string, reason: string, output: string): string {
  const tail = lastLines(output);
  return tail === '' ? `${label} ${reason}` : `${label} ${reason}. The end of its output:\n${tail}`;
}

/** The last lines of a text that are not blank, each indented by four spaces. */
export function lastLines(text: string, count = TAIL_LINES): string {
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== '');
  return lines
    .slice(-count)
    .map((line) => `    ${line}`)
    .join('\n');
}

/** Tells whether a path names a file that this process may execute. */
export function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/** Looks for an executable in the folders of a PATH value; undefined when there is none. */
export function findOnPath(name: string, path: string): string | undefined {
  const names = process.platform === 'win32' ? [`${name}.exe`, `${name}.cmd`] : [name];
  for (const folder of path.split(delimiter).filter((part) => part !== '')) {
    const found = names.map((candidate) => join(folder, candidate)).find(isExecutable);
    if (found !== undefined) return found;
  }
  return undefined;
}
