/** `npx creditloom create-key …`: as `keys create …`. */
import { CREATE_OPTIONS, main as keys } from './keys';
import { runCommandLine } from './runCommandLine';
import { usageOf } from './usage';

const USAGE = usageOf('create-key', [CREATE_OPTIONS]);

export function main(argv: readonly string[]): Promise<number> {
  return keys(['create', ...argv]);
}

if (require.main === module) runCommandLine(main, USAGE);
