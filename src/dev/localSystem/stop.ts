/** Ends a run early: asked for by a signal, or by a part of the system that ended by itself. */
export class Stop {
  isAsked = false;
  /** What ended by itself; undefined when a person asked. */
  reason: string | undefined;
  /** Settles when it is asked for. */
  readonly asked: Promise<void>;
  private wake = () => {};

  constructor(private readonly say: (line: string) => void) {
    this.asked = new Promise((done) => {
      this.wake = done;
    });
  }

  onSignals(): void {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => this.ask());
  }

  ask(reason?: string): void {
    if (this.isAsked) return;
    this.isAsked = true;
    this.reason = reason;
    this.say('\nstopping: everything that was started here ends now');
    this.wake();
  }
}
