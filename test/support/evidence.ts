/** What must hold of every database after every test: what was decided and sent is on the chain, fits the
 * tables, and all of it was signed by the program. */
import { expect } from '@jest/globals';
import type { Pool } from 'pg';
import { createEvidenceAuditActivities } from '../../src/activities/evidence/evidenceAudit';

export async function expectSoundEvidence(pool: Pool, tenantId: string): Promise<void> {
  const { findings } = await createEvidenceAuditActivities({ pool }).auditEvidence({ tenantId });
  expect(findings).toEqual([]);
}
