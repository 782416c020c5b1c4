/** All that bears a signature, proved: what the audit tells, and what a close needs to be green. */

import { readEvidence } from '../../db/evidence/evidenceRecords';
import { macsOf } from '../../db/evidence/macs';
import { readTakeover } from '../../db/evidence/takeovers';
import type { Client } from '../../db/transaction';
import { type AccountsAudit, auditAccounts } from './auditAccounts';
import { auditDoubledRecords, auditSignedRows, findingsOfRecords } from './auditSignedRows';

const BATCH = 1000;

export interface SignaturesAudit extends AccountsAudit {
  /** Real date on which rows without signatures were taken over; null: there was none. */
  takenOverOn: string | null;
}

/** The client is in a snapshot. `enough`: findings that a person can read; accounts after them are not read. */
export async function auditSignatures(
  client: Client,
  { tenantId, enough }: { tenantId: string; enough?: number },
): Promise<SignaturesAudit> {
  const takeover = await readTakeover(client, { tenantId });
  const rows = await auditSignedRows(client, { tenantId });
  for (let fromSequence = 1; ; ) {
    const batch = await readEvidence(client, { tenantId, fromSequence, limit: BATCH });
    rows.push(...findingsOfRecords(macsOf(client), { tenantId, takeover }, batch));
    fromSequence = (batch.at(-1)?.sequence ?? 0) + 1;
    if (batch.length < BATCH) break;
  }
  rows.push(...(await auditDoubledRecords(client, { tenantId })));
  const accounts = await auditAccounts(client, { tenantId, ...(enough === undefined ? {} : { enough }) });
  return { ...accounts, takenOverOn: takeover?.foundOn ?? null, findings: [...rows, ...accounts.findings] };
}
