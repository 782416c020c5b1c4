/** The end of a process by an error: told without the values that it may quote. */

import { tellableWithPlaces } from '../db/errorLine';
import { WrongRoleError } from '../db/roles/roleLogins';
import { ConfigError } from './config/configError';
import { exitWhenWritten } from './exitWhenWritten';

/** A bad setting, a wrong role, a port that is taken, a name that is not found: the message tells it whole. */
export function endWithError(error: unknown): Promise<never> {
  const isTold =
    error instanceof ConfigError || error instanceof WrongRoleError || (error instanceof Error && 'syscall' in error);
  process.stderr.write(`${isTold ? error.message : tellableWithPlaces(error)}\n`);
  return exitWhenWritten(1);
}

/**
 * What nobody handles: Node would print the error with all its fields, of PostgreSQL's the row and the statement. To be
 * called first in every process that lasts.
 */
export function endWhenUnhandled(): void {
  const end = (error: unknown) => {
    process.stderr.write(`nobody handles this: ${tellableWithPlaces(error)}\n`);
    void exitWhenWritten(1);
  };
  process.on('uncaughtException', end);
  process.on('unhandledRejection', end);
}
