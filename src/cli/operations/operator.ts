/** Who acts by a command: the principal of an API key, judged as the API judges it, and signed as the API signs. */
import type { Pool } from 'pg';
import type { Scope } from '../../api/http/authentication';
import { hashKey } from '../../api/operations/keys';
import { type ActorSeals, createActorSeals } from '../../db/evidence/actorSeals';
import { findApiKey } from '../../db/operations/apiKeys';
import type { GivenSettings } from '../../platform/config/settings';
import { ArgumentError } from '../arguments';
import { STATE_DIR } from './localDatabase';
import { keptSecrets, secretsFile } from './localSecrets';

export interface Operator {
  principal: string;
  /** Throws {@link ArgumentError} where there is no secret to sign with. */
  actors(): ActorSeals;
}

export type OperatorSettings = Pick<GivenSettings, 'OPERATOR_KEY' | 'ACTOR_SECRET'>;

/** What is set; beside `npm start`, where no server is named, its own key and secret for what is not. */
export function withLocalSecrets(given: GivenSettings, stateDir = STATE_DIR): OperatorSettings {
  if (given.DATABASE_URL !== undefined || given.TEMPORAL_ADDRESS !== undefined) return given;
  const { apiKey, actorSecret } = keptSecrets(secretsFile(stateDir));
  return {
    ...(apiKey === undefined ? {} : { OPERATOR_KEY: apiKey }),
    ...(actorSecret === undefined ? {} : { ACTOR_SECRET: actorSecret }),
    ...given,
  };
}

/** Throws {@link ArgumentError} without a key that is good, of the tenant, and has the scope. */
export async function operatorOf(
  pool: Pool,
  { tenantId, scope, settings }: { tenantId: string; scope: Scope; settings: OperatorSettings },
): Promise<Operator> {
  const { OPERATOR_KEY: key, ACTOR_SECRET: secret } = settings;
  if (key === undefined) {
    throw new ArgumentError(
      `OPERATOR_KEY is not set: give the API key of who acts; \`keys create --principal staff:NAME --scopes ${scope} --label NAME\` makes one`,
    );
  }
  const row = await findApiKey(pool, { keyHash: hashKey(key) });
  const isGood = row?.tenantId === tenantId && (row.expiresAtMs === null || row.expiresAtMs > Date.now());
  if (!row || !isGood) throw new ArgumentError('OPERATOR_KEY is not known here, has expired, or was revoked');
  if (!row.scopes.includes(scope)) throw new ArgumentError(`OPERATOR_KEY lacks the scope ${scope}`);
  return {
    principal: row.principal,
    actors: () => {
      if (secret === undefined) throw new ArgumentError('ACTOR_SECRET is not set: give the one of worker and API');
      return createActorSeals(secret);
    },
  };
}
