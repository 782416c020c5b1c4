/** What a tenant needs before its first application: policies, reviewed templates, and an API key. */
import type { Pool } from 'pg';
import { insertApiKey } from '../../db/operations/apiKeys';
import { ensureTenant } from '../../db/operations/tenants';
import { insertPolicy } from '../../db/policy/policies';
import { inTransaction } from '../../db/transaction';
import type { LendingPolicy } from '../../domain/policy/lendingPolicy';
import { SIGNATURE, TEMPLATES } from '../../domain/policy/shippedTemplates';
import { placeShippedTexts } from '../messaging/shippedTexts';

export interface Seed {
  tenantId: string;
  policies: readonly LendingPolicy[];
  /** Of the local operator, by its SHA-256; absent where keys are managed elsewhere. */
  firstKey?: { keyHash: string; scopes: readonly string[] } | undefined;
}

/** Safe to do again: what is there already stays; a policy version with other content is refused. */
export async function seedTenant(pool: Pool, { tenantId, policies, firstKey }: Seed): Promise<void> {
  await inTransaction(pool, async (client) => {
    await ensureTenant(client, { tenantId, name: tenantId });
    for (const policy of policies) {
      const outcome = await insertPolicy(client, { tenantId, policy });
      if (outcome === 'conflict') {
        throw new Error(`policy ${policy.version} is in the database with other content: give it a new version`);
      }
    }
    await placeShippedTexts(client, { signature: SIGNATURE, texts: TEMPLATES }, { tenantId });
    if (!firstKey) return;
    await insertApiKey(client, {
      tenantId,
      // Another folder of secrets over the same database has another key; both are good.
      keyId: `local-${firstKey.keyHash.slice(0, 8)}`,
      keyHash: firstKey.keyHash,
      scopes: [...firstKey.scopes],
      label: 'local run',
    });
  });
}
