/** `npx creditloom create-key …`: as `keys create …`. */

import { runCommandLine } from '../runCommandLine';
import { usageOf } from '../usage';
import { CREATE_OPTIONS, main as keys } from './keys';

const USAGE = usageOf('create-key', [CREATE_OPTIONS]);

export function main(argv: readonly string[]): Promise<number> {
  return keys(['create', ...argv]);
}

if (require.main === module) runCommandLine(main, USAGE);
