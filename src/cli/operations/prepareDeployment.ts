/** What a deployment needs before its worker and its API start, on a migrated database. Safe to repeat. */
import type { Client } from '@temporalio/client';
import type { Pool } from 'pg';
import { takeOverBooks } from '../../activities/evidence/takeOverBooks';
import { seedTenant } from '../../activities/operations/seedTenant';
import { SCOPES } from '../../api/http/authentication';
import { hashKey } from '../../api/operations/keys';
import type { LendingPolicy } from '../../domain/policy/lendingPolicy';
import { type ClockWish, type OpenedClock, openBusinessClock } from '../../platform/businessClock';
import { parsePolicy } from '../../platform/policy/lendingPolicySchema';
import { createTemporalGateway } from '../../platform/temporalGateway';
import { moveClocks } from './moveClocks';
import { registerSearchAttributes } from './searchAttributes';

export interface Deployment {
  pool: Pool;
  /** As the owner of the tables, who alone puts tenants and policies in place. */
  ownerPool: Pool;
  temporal: Client;
  tenantId: string;
  policies: readonly LendingPolicy[];
  /** A first key with every scope, for the operator of this machine; absent where keys are made one by one. */
  apiKey?: string;
  clock: ClockWish;
  report(line: string): void;
}

export async function prepareDeployment(deployment: Deployment): Promise<OpenedClock> {
  const { pool, ownerPool, temporal, tenantId, policies, apiKey, report } = deployment;
  const firstKey = apiKey === undefined ? undefined : { keyHash: hashKey(apiKey), scopes: SCOPES };
  await seedTenant(ownerPool, { tenantId, policies: policies.map(parsePolicy), firstKey });
  await takeOverBooks(ownerPool, { foundOn: new Date().toISOString().slice(0, 10), report });
  await registerSearchAttributes(temporal);
  const opened = await openBusinessClock(pool, deployment.clock, Date.now());
  // Before the worker runs: a workflow must know the clock that goes on before it sees that its timer fired.
  if (opened.resumedAtMs !== undefined) await moveClocks(createTemporalGateway(temporal), opened.clock, report);
  return opened;
}
