/** The end of a child process: asked for in order, forced after a while, and known to whoever ends this process. */
import type { ChildProcess } from 'node:child_process';
import { noteStarted } from './started';

export interface ProcessEnd {
  /** Settles once it has ended; also when it could not be started at all. */
  exited: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
  hasExited(): boolean;
  /** Asks it to end, and kills it after the time; safe to call twice. */
  stop(graceMs?: number): Promise<void>;
}

export interface EndOptions {
  /** The signal that asks it to end cleanly. */
  stopSignal: 'SIGTERM' | 'SIGINT';
  graceMs: number;
  /** At once: the process id may name another process soon. */
  onExit?(): void;
}

export function watchEnd(child: ChildProcess, { stopSignal, graceMs, onExit }: EndOptions): ProcessEnd {
  let hasExited = false;
  const exited = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve) => {
    const end = (code: number | null, signal: NodeJS.Signals | null) => {
      hasExited = true;
      onExit?.();
      forget();
      resolve({ code, signal });
    };
    child.once('exit', end);
    child.once('error', () => {
      if (child.pid === undefined) end(null, null);
    });
  });
  const stop = async (withinMs = graceMs) => {
    if (hasExited) return;
    child.ref();
    child.kill(stopSignal);
    const killer = setTimeout(() => child.kill('SIGKILL'), withinMs);
    await exited;
    clearTimeout(killer);
  };
  const forget = noteStarted(() => stop());
  return { exited, hasExited: () => hasExited, stop };
}
