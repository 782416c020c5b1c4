/** Policies with a memory: a version never changes, so each is read from the database once per process. */

import type { LendingPolicy } from '../../domain/policy/lendingPolicy';
import type { IsoDate } from '../../domain/values/calendar';
import type { Reader } from '../transaction';
import { newestPolicyVersion, policyVersionInForce, readPolicy } from './policies';

export interface PolicyReader {
  /** Throws when the tenant has no such version. */
  version(reader: Reader, tenantId: string, version: string): Promise<LendingPolicy>;
  /** The policy that a credit opened on the date is under. Throws when none is in force yet. */
  inForce(reader: Reader, tenantId: string, date: IsoDate): Promise<LendingPolicy>;
  /** The last one to take effect, perhaps not yet. Throws when the tenant has none. */
  newest(reader: Reader, tenantId: string): Promise<LendingPolicy>;
}

export function createPolicyReader(): PolicyReader {
  const known = new Map<string, LendingPolicy>();

  async function version(reader: Reader, tenantId: string, name: string): Promise<LendingPolicy> {
    const key = JSON.stringify([tenantId, name]);
    const policy = known.get(key) ?? (await readPolicy(reader, { tenantId, version: name }));
    if (!policy) throw new Error(`tenant ${tenantId} has no policy version ${JSON.stringify(name)}`);
    known.set(key, policy);
    return policy;
  }

  return {
    version,
    async inForce(reader, tenantId, date) {
      const name = await policyVersionInForce(reader, { tenantId, date });
      if (name === undefined) throw new Error(`tenant ${tenantId} has no policy in force on ${date}: insert one`);
      return version(reader, tenantId, name);
    },
    async newest(reader, tenantId) {
      const name = await newestPolicyVersion(reader, { tenantId });
      if (name === undefined) throw new Error(`tenant ${tenantId} has no policy: insert one`);
      return version(reader, tenantId, name);
    },
  };
}
