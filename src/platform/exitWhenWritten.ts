/**
 * The end of a process that loses nothing of its output. Written to a pipe, a text has not left the process when
 * `write` returns, and `process.exit` drops what is left of it: readers got the first 65,536 bytes and exit code 0.
 */

/** Exit code of a command whose output could not be written. */
const UNWRITTEN = 1;

let unwritten: string | undefined;

/**
 * To be called before the first output. A reader that has gone, as in `| head -1`, wants no more: the rest is dropped
 * and changes no exit code. Any other fault of the standard output, such as a full disk, is kept for the end.
 */
export function watchOutput(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') unwritten ??= error.code ?? error.message;
  });
  // There is no other place to tell of it.
  process.stderr.on('error', () => undefined);
}

/** Ends the process with the code once its output has been taken, or its reader has gone. */
export async function exitWhenWritten(code: number): Promise<never> {
  await written(process.stdout);
  if (unwritten !== undefined) process.stderr.write(`the output could not be written: ${unwritten}\n`);
  await written(process.stderr);
  process.exit(unwritten !== undefined && code === 0 ? UNWRITTEN : code);
}

/** Texts are written one after the other, so an empty one is done when all before it are. */
function written(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => {
    stream.write('', () => resolve());
  });
}
