import { tellable } from '../db/errorLine';
import { exitWhenWritten } from './exitWhenWritten';

/**
 * Ends a process in order: on SIGINT, SIGTERM, or when the parent that started it is gone (its IPC channel closes), so
 * that nothing is left behind when the starter is killed.
 */
export function stopOnSignal(stop: () => Promise<void>): void {
  let isStopping = false;
  const begin = () => {
    if (isStopping) return;
    isStopping = true;
    stop().then(
      () => process.exit(0),
      (error: unknown) => {
        process.stderr.write(`stopping failed: ${tellable(error)}\n`);
        return exitWhenWritten(1);
      },
    );
  };
  process.once('SIGINT', begin);
  process.once('SIGTERM', begin);
  if (!process.send) return;
  process.once('disconnect', begin);
  // Gone before we listened: the event has been.
  if (!process.connected) begin();
}
