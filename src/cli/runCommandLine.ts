/** The end of every command: its exit code, or what went wrong in one line, without the stack of a mistake in use. */

import { tellableWithPlaces } from '../db/errorLine';
import { ConfigError } from '../platform/config/configError';
import { endWhenUnhandled } from '../platform/endWithError';
import { exitWhenWritten, watchOutput } from '../platform/exitWhenWritten';
import { keepFilesPrivate } from '../platform/provision/privateFiles';
import { ArgumentError } from './arguments';
import { errorSentenceOf } from './sentence';
import { helpAsked, type Usage } from './usage';

/** Exit code 2 tells a wrong use from work that failed. */
const WRONG_USE = 2;

/** Answers `--help` by the usage, before anything is read or opened. */
export function runCommandLine(main: (argv: readonly string[]) => Promise<number>, usage: Usage): void {
  keepFilesPrivate();
  watchOutput();
  endWhenUnhandled();
  const argv = process.argv.slice(2);
  const help = helpAsked(usage, argv);
  if (help !== undefined) {
    process.stdout.write(help);
    void exitWhenWritten(0);
    return;
  }
  void main(argv)
    .catch((error: unknown) => {
      const isUse = error instanceof ArgumentError || error instanceof ConfigError;
      process.stderr.write(`${errorSentenceOf(error) ?? tellableWithPlaces(error)}\n`);
      return isUse ? WRONG_USE : 1;
    })
    .then(exitWhenWritten);
}
