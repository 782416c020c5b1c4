/** A queue of things to do at business instants, done in order of their time, a few at once. */

export interface AgendaItem {
  atMs: number;
  what: string;
  run(): Promise<void>;
}

export interface AgendaClock {
  /** Business time now. */
  nowMs(): number;
  /** Real milliseconds until a business instant. */
  realDelayMs(untilMs: number): number;
}

const AT_ONCE = 12;
const LONGEST_NAP_MS = 250;

export class Agenda {
  private items: AgendaItem[] = [];
  private running = new Map<Promise<void>, AgendaItem>();
  done = 0;
  readonly failures: string[] = [];

  constructor(private readonly clock: AgendaClock) {}

  add(item: AgendaItem): void {
    this.items.push(item);
    this.items.sort((first, second) => first.atMs - second.atMs);
  }

  get waiting(): number {
    return this.items.length + this.running.size;
  }

  /** What is not done yet, whether it runs or waits for its time. */
  get ahead(): AgendaItem[] {
    return [...this.running.values(), ...this.items];
  }

  /** Works until the instant, or until stopped; what is planned for later stays undone. */
  async workUntil(untilMs: number, isStopped: () => boolean): Promise<void> {
    while (!isStopped()) {
      const next = this.items[0];
      const now = this.clock.nowMs();
      if (next && next.atMs <= Math.min(now, untilMs) && this.running.size < AT_ONCE) {
        this.items.shift();
        this.start(next);
        continue;
      }
      const isOver = now >= untilMs && (!next || next.atMs > untilMs);
      if (isOver && this.running.size === 0) return;
      // With as many at once as may be, the next waits for one of them to end, whatever its time.
      const waitsForTime = next !== undefined && this.running.size < AT_ONCE;
      const untilNextMs = waitsForTime ? this.clock.realDelayMs(Math.min(next.atMs, untilMs)) : LONGEST_NAP_MS;
      await nap(Math.max(1, Math.min(untilNextMs, LONGEST_NAP_MS)), [...this.running.keys()]);
    }
    await Promise.allSettled(this.running.keys());
  }

  private start(item: AgendaItem): void {
    const run: Promise<void> = item
      .run()
      .catch((error: unknown) => {
        this.failures.push(`${item.what}: ${error instanceof Error ? error.message : String(error)}`);
      })
      .finally(() => {
        this.done += 1;
        this.running.delete(run);
      });
    this.running.set(run, item);
  }
}

/** Sleeps, or wakes earlier when something that runs has ended. */
async function nap(ms: number, running: readonly Promise<void>[]): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const slept = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  await Promise.race([slept, ...running]);
  clearTimeout(timer);
}
