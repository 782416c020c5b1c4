/** What a process does again and again beside its tasks. */

/** Does the work at once and then every `everyMs` of real time. A fault is told and the next turn comes. */
export function keepDoing(
  work: () => Promise<void>,
  everyMs: number,
  onError: (error: unknown) => void,
): { stop(): Promise<void> } {
  let working: Promise<void> | undefined;
  const next = () => {
    // One at a time: a server that is away must not gather turns that wait for it.
    working ??= work()
      .catch(onError)
      .finally(() => {
        working = undefined;
      });
  };
  next();
  const timer = setInterval(next, everyMs);
  return {
    async stop() {
      clearInterval(timer);
      await working;
    },
  };
}
