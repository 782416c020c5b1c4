/**
 * `npx creditloom keys create|list|rotate|revoke`: API keys of the tenant of the settings, or of the `npm start` of this
 * folder. A key is shown once; the database keeps its hash only. Exit code 0: done; 1: refused; 2: wrong use.
 */
import type { Pool } from 'pg';
import { makeKey, rotateKey } from '../../activities/operations/apiKeys';
import { SCOPES, type Scope } from '../../api/http/authentication';
import { createKey, DEFAULT_OVERLAP_HOURS, LABEL, MAX_EXPIRY_DAYS, MAX_OVERLAP_HOURS } from '../../api/operations/keys';
import { type ListedApiKey, listApiKeys, revokeApiKey } from '../../db/operations/apiKeys';
import { isKnownTenant } from '../../db/operations/tenants';
import { withPool } from '../../db/pool';
import { inTransaction } from '../../db/transaction';
import { isPrincipal, OWN_PRINCIPAL, PRINCIPAL_FIX, principalOfLabel } from '../../domain/values/principals';
import { DAY_MS } from '../../domain/values/timeUnits';
import { ArgumentError } from '../arguments';
import { type CommandSurroundings, onConsole } from '../onConsole';
import { runCommandLine } from '../runCommandLine';
import { readWords, usageOf } from '../usage';
import { findDatabase, withLocalRun } from './localDatabase';

const DEFAULT_TENANT = 'demo';
export const CREATE_OPTIONS =
  '--label NAME --scopes a,b [--principal staff:NAME|system:NAME] [--expires-in DAYS] [--state FOLDER]';
const USAGE = usageOf('keys', [
  `create ${CREATE_OPTIONS}`,
  'list [--state FOLDER]',
  'rotate KEY_ID [--overlap HOURS] [--state FOLDER]',
  'revoke KEY_ID [--state FOLDER]',
]);

type Work = (place: { pool: Pool; tenantId: string }) => Promise<{ lines: string[]; isRefused?: boolean }>;

/** Runs one command. Throws {@link ArgumentError} before anything is opened when the words are wrong. */
export async function keys(
  argv: readonly string[],
  { settings: given, write, report }: CommandSurroundings,
): Promise<number> {
  const { work, stateDir } = readCommand(argv);
  const settings = await withLocalRun(given, stateDir);
  const tenantId = settings.TENANT_ID ?? DEFAULT_TENANT;
  const database = await findDatabase(settings, { stateDir, report });
  try {
    const { lines, isRefused = false } = await withPool(database.settings, async (pool) => {
      if (!(await isKnownTenant(pool, { tenantId }))) throw new ArgumentError(`there is no tenant ${tenantId} here`);
      return work({ pool, tenantId });
    });
    write(`${lines.join('\n')}\n`);
    return isRefused ? 1 : 0;
  } finally {
    await database.stop();
  }
}

function readCommand(argv: readonly string[]): { work: Work; stateDir: string | undefined } {
  const { name, options, positionals } = readWords(USAGE, argv);
  const [keyId = ''] = positionals;
  const stateDir = options.get('state');
  if (name === 'create') return { work: creating(options), stateDir };
  if (name === 'rotate') return { work: rotating(keyId, options), stateDir };
  return { work: name === 'revoke' ? revoking(keyId) : listing, stateDir };
}

function creating(options: ReadonlyMap<string, string>): Work {
  const label = options.get('label') ?? '';
  if (!LABEL.test(label)) {
    throw new ArgumentError('--label must be lower-case letters, digits and dashes, such as --label shop-frontend');
  }
  const scopes = scopesOf(options.get('scopes') ?? '');
  const principal = options.get('principal') ?? principalOfLabel(label);
  if (!isPrincipal(principal) || principal.toLowerCase() === OWN_PRINCIPAL) {
    throw new ArgumentError(`--principal must be ${PRINCIPAL_FIX}, and not ${OWN_PRINCIPAL}`);
  }
  const days = numberOf(options, 'expires-in', MAX_EXPIRY_DAYS);
  return async ({ pool, tenantId }) => {
    const expiresAtMs = days === undefined ? null : Date.now() + days * DAY_MS;
    const made = await inTransaction(pool, (client) =>
      makeKey(client, createKey(), { tenantId, label, principal, scopes, expiresAtMs }),
    );
    if (made === 'known') throw new Error('two keys have one hash');
    return { lines: shown(made) };
  };
}

function scopesOf(list: string): Scope[] {
  const scopes = list.split(',').filter((scope) => scope !== '');
  const unknown = scopes.filter((scope) => !(SCOPES as readonly string[]).includes(scope));
  if (scopes.length > 0 && unknown.length === 0) return scopes as Scope[];
  throw new ArgumentError(`--scopes ${unknown.join(',') || '(nothing)'}: give some of ${SCOPES.join(',')}`);
}

function numberOf(options: ReadonlyMap<string, string>, name: string, max: number): number | undefined {
  const text = options.get(name);
  if (text === undefined) return undefined;
  const number = Number(text);
  if (Number.isInteger(number) && number >= 0 && number <= max) return number;
  throw new ArgumentError(`--${name} must be a whole number up to ${max}`);
}

const listing: Work = async ({ pool, tenantId }) => {
  const rows = await listApiKeys(pool, { tenantId });
  return { lines: rows.length === 0 ? ['there are none'] : rows.map((row) => lineOf(row, Date.now())) };
};

function lineOf(key: ListedApiKey, nowMs: number): string {
  const { keyId, principal, scopes, lastUsedAtMs, successorId } = key;
  const used = lastUsedAtMs === null ? 'never used' : `last used ${instant(lastUsedAtMs)}`;
  const next = successorId === null ? '' : `, followed by ${successorId}`;
  return `${keyId}  ${principal}  ${standing(key, nowMs)}, ${used}${next}  ${scopes.join(',')}`;
}

function standing({ revokedAtMs, expiresAtMs }: ListedApiKey, nowMs: number): string {
  if (revokedAtMs !== null) return `revoked ${instant(revokedAtMs)}`;
  if (expiresAtMs === null) return 'good';
  return `${expiresAtMs <= nowMs ? 'expired' : 'good until'} ${instant(expiresAtMs)}`;
}

function instant(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 16)}Z`;
}

const REFUSED = {
  unknown: 'there is no such key',
  ended: 'it has expired or was revoked: make a new one',
  rotated: 'it was rotated already: rotate its successor',
  known: 'the id of its successor is taken',
} as const;

function rotating(keyId: string, options: ReadonlyMap<string, string>): Work {
  const overlapHours = numberOf(options, 'overlap', MAX_OVERLAP_HOURS) ?? DEFAULT_OVERLAP_HOURS;
  return async ({ pool, tenantId }) => {
    const nowMs = Date.now();
    const made = await inTransaction(pool, (client) =>
      rotateKey(client, createKey(), { tenantId, keyId, overlapHours, nowMs }),
    );
    if (typeof made === 'string') return { lines: [`${keyId}: ${REFUSED[made]}`], isRefused: true };
    return { lines: [`${keyId} ends after ${overlapHours} hour(s)`, ...shown(made)] };
  };
}

function revoking(keyId: string): Work {
  return async ({ pool, tenantId }) => {
    const isRevoked = await inTransaction(pool, (client) => revokeApiKey(client, { tenantId, keyId }));
    const said = isRevoked ? 'revoked; the API takes it for 10 more seconds at most' : 'unknown, or revoked before';
    return { lines: [`${keyId}: ${said}`], isRefused: !isRevoked };
  };
}

function shown({
  keyId,
  principal,
  scopes,
  key,
}: {
  keyId: string;
  principal?: string | undefined;
  scopes: string[];
  key: string;
}) {
  return [
    `key id ${keyId}, acts as ${principal}, scopes ${scopes.join(', ')}`,
    'keep it now, it is not shown again:',
    key,
  ];
}

export const main = onConsole(keys);

if (require.main === module) runCommandLine(main, USAGE);
