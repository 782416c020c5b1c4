/** A child process that is started again when it ends by itself, and given up when it does so again and again. */
import type { RunningChild } from './childProcess';

export interface KeptChild {
  name: string;
  /** Of the process as it runs now. */
  pid(): number;
  /** Settles when it is given up; says why. */
  gaveUp: Promise<string>;
  stop(): Promise<void>;
}

export interface KeepOptions {
  start(): Promise<RunningChild>;
  report(line: string): void;
  /** It has ended by itself and is about to be started again. */
  onEnd?(): void;
  /** Real time before a further start, by how often it ended lately. */
  pauseMs?(ends: number): number;
}

/** So many ends within the time below are no accident. */
const MOST_ENDS = 5;
const LATELY_MS = 60_000;
const pauseOf = (ends: number) => Math.min(250 * 2 ** (ends - 1), 4_000);

/** The first start must succeed: what cannot come up at all is told at once. */
export async function keepChild({ start, report, onEnd, pauseMs = pauseOf }: KeepOptions): Promise<KeptChild> {
  let child = await start();
  const { name } = child;
  let isStopping = false;
  let starting: Promise<unknown> = Promise.resolve();
  let wake = () => {};
  const endedAtMs: number[] = [];

  /** Until it runs again; says how it ended when that was once too often. */
  const again = async (how: string): Promise<string | undefined> => {
    for (let last = how; !isStopping; ) {
      endedAtMs.push(Date.now());
      const ends = endedAtMs.filter((atMs) => Date.now() - atMs < LATELY_MS).length;
      if (ends >= MOST_ENDS) return `${name} ended ${ends} times within a minute, at last with ${last}`;
      onEnd?.();
      report(`${name} ended (${last}): starting it again`);
      await new Promise<void>((done) => {
        const timer = setTimeout(done, pauseMs(ends));
        wake = () => {
          clearTimeout(timer);
          done();
        };
      });
      if (isStopping) return undefined;
      try {
        const started = start();
        starting = started.catch(() => undefined);
        child = await started;
        if (!isStopping) report(`${name} runs again`);
        return undefined;
      } catch (error) {
        last = error instanceof Error ? error.message : String(error);
      }
    }
    return undefined;
  };

  const watch = async (): Promise<string> => {
    for (;;) {
      const how = await child.exited;
      const verdict = isStopping ? undefined : await again(how);
      if (verdict !== undefined) return verdict;
      // Stopped in order: there is nothing to tell.
      if (isStopping) return new Promise<string>(() => {});
    }
  };
  const gaveUp = watch();
  return {
    name,
    pid: () => child.pid,
    gaveUp,
    async stop() {
      isStopping = true;
      wake();
      await starting;
      await child.stop();
    },
  };
}
