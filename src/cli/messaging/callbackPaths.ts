/**
 * `npx creditloom callback-paths --provider NAME`: shows the paths that are entered at a provider, behind the address
 * of this deployment. They are secrets: shown here on request, and nowhere else.
 */

import { CALLBACK_PROVIDERS, callbacksOf } from '../../adapters/sms/callbacks';
import { callbackPaths } from '../../api/messaging/callbackAccess';
import { readGivenSettings } from '../../platform/config/config';
import { ArgumentError } from '../arguments';
import { STATE_DIR } from '../operations/localDatabase';
import { keptSecrets, secretsFile } from '../operations/localSecrets';
import { runCommandLine } from '../runCommandLine';
import { readWords, usageOf } from '../usage';

const USAGE = usageOf('callback-paths', ['--provider NAME [--state FOLDER]']);

export async function main(argv: readonly string[]): Promise<number> {
  const { options } = readWords(USAGE, argv);
  const provider = options.get('provider') ?? '';
  if (!CALLBACK_PROVIDERS.includes(provider)) {
    throw new ArgumentError(`--provider must be one of ${CALLBACK_PROVIDERS.join(', ')}`);
  }
  const paths = callbackPaths(secretOf(options.get('state') ?? STATE_DIR), provider);
  const takesTexts = callbacksOf([provider]).get(provider)?.parseInbound !== undefined;
  const lines = [`receipts ${paths.receipts}`, ...(takesTexts ? [`texts ${paths.inbound}`] : [])];
  process.stdout.write(`${lines.join('\n')}\n`);
  return 0;
}

/** The setting, or what `npm start` made for its folder. */
function secretOf(stateDir: string): string {
  const secret = readGivenSettings().CALLBACK_SECRET ?? keptSecrets(secretsFile(stateDir)).callbackSecret;
  if (secret !== undefined) return secret;
  throw new ArgumentError(
    'CALLBACK_SECRET is not set, and `npm start` has made none here: set the one of the deployment',
  );
}

if (require.main === module) runCommandLine(main, USAGE);
