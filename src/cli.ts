/** The entry of the commands where there is no checkout: `node dist/cli.js COMMAND …`, by the table of the commands. */
import Module from 'node:module';
import { join } from 'node:path';
import commands from './cli/commands.json';

const WRONG_USE = 2;

const [node = process.execPath, , name, ...words] = process.argv;
const row = commands.find((each) => each.name === name || each.was === name);
if (row?.module === undefined) {
  const names = commands.flatMap((each) => (each.module === undefined ? [] : [each.name]));
  process.stderr.write(`${name ?? 'nothing'} is no command here: give one of ${names.join(', ')}\n`);
  process.exitCode = WRONG_USE;
} else {
  // Each command runs by itself as well: it is the main module here too.
  process.argv = [node, join(__dirname, `${row.module}.js`), ...words];
  Module.runMain();
}
