/** What runs of a system, in the order of its start; stopped in the opposite order. */
export class RunningParts {
  private readonly running: { what: string | undefined; stop(): Promise<unknown> }[] = [];

  constructor(private readonly report: (line: string) => void) {}

  /** Without a name it is stopped without a word. */
  add(what: string | undefined, stop: (() => Promise<unknown>) | undefined): void {
    if (stop) this.running.push({ what, stop });
  }

  async stop(): Promise<void> {
    for (const part of this.running.splice(0).reverse()) {
      if (part.what !== undefined) this.report(`stopping ${part.what}`);
      await part.stop();
    }
  }
}
