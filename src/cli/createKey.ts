/**
 * `npm run cli createKey -- --label NAME --scopes a,b`: makes an API key for the tenant of the settings and shows it
 * once; the database keeps its hash only.
 */
import { SCOPES, type Scope } from '../api/authentication';
import { createKey } from '../api/keys';
import { readConfig } from '../config/config';
import { withPool } from '../db/pool';
import { insertApiKey } from '../db/statements/apiKeys';
import { inTransaction } from '../db/transaction';
import { ArgumentError, parseArguments } from './arguments';
import { runCommandLine } from './runCommandLine';

const STATEMENT_TIMEOUT_MS = 10_000;

export async function main(argv: readonly string[]): Promise<number> {
  const { label, scopes } = readOptions(argv);
  const { databaseUrl, tenantId } = readConfig();
  const { key, keyHash } = createKey();
  // A short public name of the key, for logs and for revoking it; part of the hash says nothing about the key.
  const keyId = `${label}-${keyHash.slice(0, 8)}`;
  const settings = {
    connectionString: databaseUrl,
    max: 1,
    applicationName: 'creditloom-create-key',
    statementTimeoutMs: STATEMENT_TIMEOUT_MS,
  };
  await withPool(settings, (pool) =>
    inTransaction(pool, (client) => insertApiKey(client, { tenantId, keyId, keyHash, scopes, label })),
  );
  process.stdout.write(`key id ${keyId}, scopes ${scopes.join(', ')}\nkeep it now, it is not shown again:\n${key}\n`);
  return 0;
}

function readOptions(argv: readonly string[]): { label: string; scopes: Scope[] } {
  const { options } = parseArguments(argv, ['label', 'scopes']);
  const label = options.get('label') ?? '';
  if (!/^[a-z0-9][a-z0-9-]{0,30}$/.test(label)) {
    throw new ArgumentError('--label must be lower-case letters, digits and dashes, such as --label shop-frontend');
  }
  const scopes = (options.get('scopes') ?? '').split(',').filter((scope) => scope !== '');
  const unknown = scopes.filter((scope) => !(SCOPES as readonly string[]).includes(scope));
  if (scopes.length === 0 || unknown.length > 0) {
    throw new ArgumentError(`--scopes ${unknown.join(',') || '(nothing)'}: give some of ${SCOPES.join(',')}`);
  }
  return { label, scopes: scopes as Scope[] };
}

if (require.main === module) runCommandLine(main);
