/** What a person did or can mend is told in a sentence; the stack of an error is for what is wrong with the code. */

import { failureTypes } from '../contracts/names';
import { tellable } from '../db/errorLine';
import { ConfigError } from '../platform/config/configError';
// Not by way of its index, which loads the servers' clients: a command that needs none would wait for them.
import { FolderInUse } from '../platform/provision/folderLock';
import { NoServerError } from '../platform/provision/ways';
import { ArgumentError } from './arguments';

/** A start, or a command, that could not do its work for a reason that its message tells whole. */
export class CommandFailed extends Error {
  override readonly name: string = 'CommandFailed';
}

const TOLD_WHOLE = [ArgumentError, ConfigError, NoServerError, FolderInUse, CommandFailed];
/** These come of code that is wrong, wherever they are thrown. */
const BUGS = [TypeError, ReferenceError, RangeError, SyntaxError];

/** The message alone, where it tells everything: mistakes in use, files and addresses of the system; of PostgreSQL what holds no value. */
export function errorSentenceOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return tellable(error);
  if ('severity' in error) return tellable(error);
  const isTold = TOLD_WHOLE.some((kind) => error instanceof kind) || 'syscall' in error || isRefusal(error);
  return isTold ? error.message : undefined;
}

/** What an activity refuses: it says so by the type, and a command need not load Temporal's classes to know it. */
function isRefusal(error: Error): boolean {
  return 'type' in error && (error.type === failureTypes.conflict || error.type === failureTypes.notFound);
}

/** The refusal of what a command's words asked for, as a mistake in use. */
export function asMistake(error: unknown): never {
  throw error instanceof Error && isRefusal(error) ? new ArgumentError(error.message) : error;
}

/** An error of a start as one of its own: what fails there fails for what was given or found, unless the code is wrong. */
export function failedStart(error: unknown): unknown {
  if (errorSentenceOf(error) !== undefined || BUGS.some((kind) => error instanceof kind)) return error;
  return new CommandFailed((error as Error).message, { cause: error });
}
