/** The end of every command: its exit code, or what went wrong in one line, without the stack of a mistake in use. */
import { ConfigError } from '../config/config';
import { exitWhenWritten, watchOutput } from '../exitWhenWritten';
// Not by way of its index, which loads the servers' clients: a command that needs none would wait for them.
import { NoServerError } from '../provision/ways';
import { ArgumentError } from './arguments';

/** Exit code 2 tells a wrong use from work that failed. */
const WRONG_USE = 2;

export function runCommandLine(main: (argv: readonly string[]) => Promise<number>): void {
  watchOutput();
  void main(process.argv.slice(2))
    .catch((error: unknown) => {
      const isUse = error instanceof ArgumentError || error instanceof ConfigError;
      const isKnown = isUse || error instanceof NoServerError;
      const text = error instanceof Error ? (isKnown ? error.message : error.stack) : String(error);
      process.stderr.write(`${text}\n`);
      return isUse ? WRONG_USE : 1;
    })
    .then(exitWhenWritten);
}
