/**
 * `npx creditloom raw-receipt --provider NAME --key KEY`: shows what a provider pushed and nothing could be made of, as it
 * came. It may hold a phone: it is shown here on request, and nowhere else.
 */
import { openRaw } from '../../activities/messaging/unreadableCallbacks';
import { readRawTrouble } from '../../db/messaging/delivery/receiptTroubles';
import { withPool } from '../../db/pool';
import { createVault } from '../../db/vault';
import { readConfig } from '../../platform/config/config';
import { ArgumentError } from '../arguments';
import { runCommandLine } from '../runCommandLine';
import { readWords, usageOf } from '../usage';

const USAGE = usageOf('raw-receipt', ['--provider NAME --key KEY']);
const STATEMENT_TIMEOUT_MS = 10_000;

export async function main(argv: readonly string[]): Promise<number> {
  const { options } = readWords(USAGE, argv);
  const [provider, troubleKey] = [options.get('provider') ?? '', options.get('key') ?? ''];
  if (provider === '' || troubleKey === '')
    throw new ArgumentError('give --provider NAME and --key KEY, as GET /v1/providers lists them (troubleKey)');
  const { databaseUrl, tenantId, vault } = readConfig();
  const settings = {
    connectionString: databaseUrl,
    max: 1,
    applicationName: 'creditloom-raw-receipt',
    statementTimeoutMs: STATEMENT_TIMEOUT_MS,
  };
  const ref = { tenantId, provider, troubleKey };
  const sealed = await withPool(settings, (pool) => readRawTrouble(pool, ref));
  const raw = openRaw(createVault(vault), ref, sealed);
  if (raw === undefined) throw new ArgumentError(`nothing of ${provider} is kept raw under this key`);
  process.stdout.write(`${raw}\n`);
  return 0;
}

if (require.main === module) runCommandLine(main, USAGE);
