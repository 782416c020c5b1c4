/**
 * `npx creditloom createKey --label NAME --scopes a,b`: makes an API key for the tenant of the settings, or of the
 * `npm start` of this folder, and shows it once; the database keeps its hash only.
 */
import { SCOPES, type Scope } from '../api/authentication';
import { createKey } from '../api/keys';
import { readGivenSettings } from '../config/config';
import { withPool } from '../db/pool';
import { insertApiKey } from '../db/statements/apiKeys';
import { isKnownTenant } from '../db/statements/tenants';
import { inTransaction } from '../db/transaction';
import { ArgumentError, parseArguments } from './arguments';
import { findDatabase, withLocalRun } from './localDatabase';
import { runCommandLine } from './runCommandLine';

const DEFAULT_TENANT = 'demo';

export async function main(argv: readonly string[]): Promise<number> {
  const { label, scopes, stateDir } = readOptions(argv);
  const settings = await withLocalRun(readGivenSettings(), stateDir);
  const tenantId = settings.TENANT_ID ?? DEFAULT_TENANT;
  const { key, keyHash } = createKey();
  // A short public name of the key, for logs and for revoking it; part of the hash says nothing about the key.
  const keyId = `${label}-${keyHash.slice(0, 8)}`;
  const database = await findDatabase(settings, { stateDir, report: (line) => process.stderr.write(`${line}\n`) });
  try {
    await withPool(database.settings, async (pool) => {
      if (!(await isKnownTenant(pool, { tenantId }))) throw new ArgumentError(`there is no tenant ${tenantId} here`);
      await inTransaction(pool, (client) => insertApiKey(client, { tenantId, keyId, keyHash, scopes, label }));
    });
  } finally {
    await database.stop();
  }
  process.stdout.write(`key id ${keyId}, scopes ${scopes.join(', ')}\nkeep it now, it is not shown again:\n${key}\n`);
  return 0;
}

function readOptions(argv: readonly string[]): { label: string; scopes: Scope[]; stateDir: string | undefined } {
  const { options } = parseArguments(argv, ['label', 'scopes', 'state']);
  const label = options.get('label') ?? '';
  if (!/^[a-z0-9][a-z0-9-]{0,30}$/.test(label)) {
    throw new ArgumentError('--label must be lower-case letters, digits and dashes, such as --label shop-frontend');
  }
  const scopes = (options.get('scopes') ?? '').split(',').filter((scope) => scope !== '');
  const unknown = scopes.filter((scope) => !(SCOPES as readonly string[]).includes(scope));
  if (scopes.length === 0 || unknown.length > 0) {
    throw new ArgumentError(`--scopes ${unknown.join(',') || '(nothing)'}: give some of ${SCOPES.join(',')}`);
  }
  return { label, scopes: scopes as Scope[], stateDir: options.get('state') };
}

if (require.main === module) runCommandLine(main);
