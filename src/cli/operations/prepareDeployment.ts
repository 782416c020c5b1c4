/** What a deployment needs before its worker and its API start, on a migrated database. Safe to repeat. */
import type { Client } from '@temporalio/client';
import type { Pool } from 'pg';
import { hashKey } from '../../api/operations/keys';
import type { LendingPolicy } from '../../domain/policy/lendingPolicy';
import { type ClockWish, type OpenedClock, openBusinessClock } from '../../platform/businessClock';
import { createTemporalGateway } from '../../platform/temporalGateway';
import { takeOverBooks } from '../evidence/takeOverBooks';
import { moveClocks } from './moveClocks';
import { registerSearchAttributes } from './searchAttributes';
import { seedTenant } from './seed';

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
  const apiKeyHash = apiKey === undefined ? undefined : hashKey(apiKey);
  await seedTenant(ownerPool, { tenantId, policies, apiKeyHash });
  await takeOverBooks(ownerPool, report);
  await registerSearchAttributes(temporal);
  const opened = await openBusinessClock(pool, deployment.clock, Date.now());
  // Before the worker runs: a workflow must know the clock that goes on before it sees that its timer fired.
  if (opened.resumedAtMs !== undefined) await moveClocks(createTemporalGateway(temporal), opened.clock, report);
  return opened;
}
