/**
 * `npx creditloom receipt-secret --provider NAME`: shows the secret by which that provider signs its receipts. It is of
 * that provider alone, and is shown here on request, and nowhere else.
 */

import { receiptSecretOf } from '../../adapters/sms/receiptSignature';
import { readGivenSettings } from '../../platform/config/config';
import { ArgumentError } from '../arguments';
import { STATE_DIR } from '../operations/localDatabase';
import { keptSecrets, secretsFile } from '../operations/localSecrets';
import { runCommandLine } from '../runCommandLine';
import { readWords, usageOf } from '../usage';

const USAGE = usageOf('receipt-secret', ['--provider NAME [--state FOLDER]']);
const NAME = /^[a-z][a-z0-9-]{0,39}$/;

export async function main(argv: readonly string[]): Promise<number> {
  const { options } = readWords(USAGE, argv);
  const provider = options.get('provider') ?? '';
  if (!NAME.test(provider)) throw new ArgumentError('--provider must be a name of RECEIPT_PROVIDERS, such as sink');
  const kept = () => keptSecrets(secretsFile(options.get('state') ?? STATE_DIR)).receiptSecret;
  const secret = readGivenSettings().RECEIPT_SECRET ?? kept();
  if (secret === undefined) {
    throw new ArgumentError(
      'RECEIPT_SECRET is not set, and `npm start` has made none here: set the one of the deployment',
    );
  }
  process.stdout.write(`${receiptSecretOf(secret, provider)}\n`);
  return 0;
}

if (require.main === module) runCommandLine(main, USAGE);
