/**
 * `npm run cli callbackPaths -- --provider NAME`: shows the paths that are entered at a provider, behind the address
 * of this deployment. They are secrets: shown here on request, and nowhere else.
 */
import { callbackPaths } from '../api/callbackAccess';
import { readConfig } from '../config/config';
import { CALLBACK_PROVIDERS, callbacksOf } from '../sms/callbacks';
import { ArgumentError, parseArguments } from './arguments';
import { runCommandLine } from './runCommandLine';

export async function main(argv: readonly string[]): Promise<number> {
  const provider = parseArguments(argv, ['provider']).options.get('provider') ?? '';
  if (!CALLBACK_PROVIDERS.includes(provider)) {
    throw new ArgumentError(`--provider must be one of ${CALLBACK_PROVIDERS.join(', ')}`);
  }
  const paths = callbackPaths(readConfig().callbacks.secret, provider);
  const takesTexts = callbacksOf([provider]).get(provider)?.parseInbound !== undefined;
  const lines = [`receipts ${paths.receipts}`, ...(takesTexts ? [`texts ${paths.inbound}`] : [])];
  process.stdout.write(`${lines.join('\n')}\n`);
  return 0;
}

if (require.main === module) runCommandLine(main);
