/** A small project with our scripts and one command of its own: what the scripts do, without what the commands do. */
import {
  copyFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const ROOT = resolve(__dirname, '../..');
const COMMANDS = join('src', 'cli', 'commands.json');

/** Its folder, for the caller to remove. `source`: TypeScript of src/cli/COMMAND.ts. */
export function makeSmallProject(command: string, source: string): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'creditloom-project-')));
  cpSync(join(ROOT, 'scripts'), join(folder, 'scripts'), { recursive: true });
  mkdirSync(join(folder, 'src', 'cli'), { recursive: true });
  for (const file of ['package.json', 'package-lock.json', 'tsconfig.json', 'tsconfig.build.json']) {
    copyFileSync(join(ROOT, file), join(folder, file));
  }
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'), 'junction');
  writeFileSync(join(folder, 'src', 'cli', `${command}.ts`), source);
  const rows: { name: string; module?: string }[] = JSON.parse(readFileSync(join(ROOT, COMMANDS), 'utf8'));
  const own = rows.filter(({ module }) => module === undefined);
  const row = { name: command, says: 'of the test alone', module: `cli/${command}`, was: `${command}Before` };
  writeFileSync(join(folder, COMMANDS), JSON.stringify([...own, row]));
  return folder;
}
