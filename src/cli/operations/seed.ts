/** What a tenant needs before its first application: policies, reviewed templates, and an API key. */
import type { Pool } from 'pg';
import { placeShippedTexts } from '../../activities/messaging/shippedTexts';
import { SCOPES } from '../../api/http/authentication';
import { insertApiKey } from '../../db/operations/apiKeys';
import { ensureTenant } from '../../db/operations/tenants';
import { insertPolicy } from '../../db/policy/policies';
import { inTransaction } from '../../db/transaction';
import type { LendingPolicy } from '../../domain/policy/lendingPolicy';
import { SIGNATURE, TEMPLATES } from '../../domain/policy/shippedTemplates';
import { parsePolicy } from '../../platform/policy/lendingPolicySchema';

export interface Seed {
  tenantId: string;
  policies: readonly LendingPolicy[];
  /** SHA-256 of the key of the local operator; absent where keys are managed elsewhere. */
  apiKeyHash?: string | undefined;
}

/** Safe to do again: what is there already stays; a policy version with other content is refused. */
export async function seedTenant(pool: Pool, { tenantId, policies, apiKeyHash }: Seed): Promise<void> {
  await inTransaction(pool, async (client) => {
    await ensureTenant(client, { tenantId, name: tenantId });
    for (const policy of policies) {
      const outcome = await insertPolicy(client, { tenantId, policy: parsePolicy(policy) });
      if (outcome === 'conflict') {
        throw new Error(`policy ${policy.version} is in the database with other content: give it a new version`);
      }
    }
    await placeShippedTexts(client, { signature: SIGNATURE, texts: TEMPLATES }, { tenantId });
    if (apiKeyHash === undefined) return;
    await insertApiKey(client, {
      tenantId,
      // Another folder of secrets over the same database has another key; both are good.
      keyId: `local-${apiKeyHash.slice(0, 8)}`,
      keyHash: apiKeyHash,
      scopes: [...SCOPES],
      label: 'local run',
    });
  });
}
