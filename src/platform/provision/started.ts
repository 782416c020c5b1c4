/**
 * Every process that was started here and has not ended. A person who stops a start must not wait for what is on its
 * way, nor leave it behind.
 */
const running = new Set<() => Promise<void>>();
let isEnding = false;

/** Notes a process by how it is ended; what is returned forgets it, once it has ended. */
export function noteStarted(end: () => Promise<void>): () => void {
  running.add(end);
  return () => running.delete(end);
}

/** Throws once everything is being ended: whoever would try the next way must not start another process. */
export function refuseWhenEnding(): void {
  if (isEnding) throw new Error('stopped before it was started');
}

/** From now on nothing is started any more; for a process that ends. */
export function startNothingMore(): void {
  isEnding = true;
}

/** Ends whatever still runs, and waits for it. */
export async function endStarted(): Promise<void> {
  startNothingMore();
  await Promise.all([...running].map((end) => end()));
}
