/** `npx creditloom createKey …`: as `keys create …`. */
import { main as keys } from './keys';
import { runCommandLine } from './runCommandLine';

export function main(argv: readonly string[]): Promise<number> {
  return keys(['create', ...argv]);
}

if (require.main === module) runCommandLine(main);
