/** A command in a process of its own: its settings, and where its words go. */
import { readGivenSettings } from '../platform/config/config';
import type { GivenSettings } from '../platform/config/settings';

export interface CommandSurroundings {
  settings: GivenSettings;
  /** What was found, and nothing else. */
  write(text: string): void;
  /** What happens on the way. */
  report(line: string): void;
}

export function onConsole(command: (argv: readonly string[], surroundings: CommandSurroundings) => Promise<number>) {
  return (argv: readonly string[]) =>
    command(argv, {
      settings: readGivenSettings(),
      write: (text) => process.stdout.write(text),
      report: (line) => process.stderr.write(`${line}\n`),
    });
}
