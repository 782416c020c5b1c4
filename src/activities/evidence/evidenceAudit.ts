/** The audit of all that is recorded: the chain, its seals, the rows that it speaks of, and every signature. */
import { inRepeatableRead } from '../../db/snapshot';
import type { ActivityDependencies } from '../dependencies';
import { auditChain, type ChainAudit } from './auditChain';
import type { AuditFinding } from './auditFindings';
import { auditNotices, auditRowsOf, auditUnrecorded } from './auditRows';
import { auditSignatures, type SignaturesAudit } from './auditSignatures';

export type EvidenceAudit = ChainAudit & Pick<SignaturesAudit, 'accounts' | 'links' | 'takenOver' | 'takenOverOn'>;

export function createEvidenceAuditActivities({ pool }: Pick<ActivityDependencies, 'pool'>) {
  return {
    // Safe to retry: it only reads, all of it as of one instant.
    auditEvidence(of: { tenantId: string }): Promise<EvidenceAudit> {
      return inRepeatableRead(pool, async (client) => {
        const { accounts, links, takenOver, takenOverOn, findings: signatures } = await auditSignatures(client, of);
        const chain = await auditChain(client, of, (batch) => auditRowsOf(client, of, batch));
        const rows = [...(await auditNotices(client, of)), ...(await auditUnrecorded(client, of)), ...signatures];
        const findings = uniqueOf([...chain.findings, ...rows]);
        return { ...chain, accounts, links, takenOver, takenOverOn, findings };
      });
    },
  };
}

/** A notice may have records in several batches. */
function uniqueOf(findings: readonly AuditFinding[]): AuditFinding[] {
  return [...new Map(findings.map((finding) => [JSON.stringify(finding), finding])).values()];
}
