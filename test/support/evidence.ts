/** What must hold of every database after every test: what was decided and sent is on the chain, and fits the tables. */
import { expect } from '@jest/globals';
import type { Pool } from 'pg';
import { auditChain } from '../../src/cli/auditChain';
import { auditNotices, auditRowsOf, auditUnrecorded } from '../../src/cli/auditRows';
import { inSnapshot } from '../../src/db/snapshot';

export async function expectSoundEvidence(pool: Pool, tenantId: string): Promise<void> {
  const of = { tenantId };
  const findings = await inSnapshot(pool, async (client) => {
    const chain = await auditChain(client, of, (batch) => auditRowsOf(client, of, batch));
    return [...chain.findings, ...(await auditNotices(client, of)), ...(await auditUnrecorded(client, of))];
  });
  expect(findings).toEqual([]);
}
