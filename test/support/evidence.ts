/** What must hold of every database after every test: what was decided and sent is on the chain, fits the
 * tables, and all of it was signed by the program. */
import { expect } from '@jest/globals';
import type { Pool } from 'pg';
import { auditChain } from '../../src/activities/auditChain';
import { auditNotices, auditRowsOf, auditUnrecorded } from '../../src/activities/auditRows';
import { auditSignatures } from '../../src/activities/auditSignatures';
import { inSnapshot } from '../../src/db/snapshot';

export async function expectSoundEvidence(pool: Pool, tenantId: string): Promise<void> {
  const of = { tenantId };
  const findings = await inSnapshot(pool, async (client) => {
    const chain = await auditChain(client, of, (batch) => auditRowsOf(client, of, batch));
    const signatures = await auditSignatures(client, of);
    const rows = [...(await auditNotices(client, of)), ...(await auditUnrecorded(client, of))];
    return [...chain.findings, ...rows, ...signatures.findings];
  });
  expect(findings).toEqual([]);
}
