/** Rows with a signature of their own: keys, applications, holds, incidents and their events, identities, records. */
import { contentHash } from '../../db/contentHash';
import { readMandateRows } from '../../db/debits/mandates';
import { type EvidenceRow, evidenceContent } from '../../db/evidence/evidenceRecords';
import { type Macs, macsOf } from '../../db/evidence/macs';
import { isProved, readSignedRows, SIGNED_ROWS, type SignedTable } from '../../db/evidence/signedRows';
import {
  readSignedEvents,
  readTakeover,
  recordsTwice,
  type Takeover,
  takeoverContent,
} from '../../db/evidence/takeovers';
import { incidentEventContent } from '../../db/incidents/incidentEvents';
import type { Client } from '../../db/transaction';
import { type AuditFinding, changed, inserted } from './auditFindings';

const PAGE = 500;
const FOREIGN = 'it is not as this system signed it, or was not written by it';

/** All but accounts, which {@link auditAccounts} walks, and the chain of evidence. */
export async function auditSignedRows(client: Client, { tenantId }: { tenantId: string }): Promise<AuditFinding[]> {
  const macs = macsOf(client);
  const found: AuditFinding[] = [];
  for (const table of Object.keys(SIGNED_ROWS) as SignedTable[]) {
    for (let after: string[] | undefined; ; ) {
      const page = await readSignedRows(client, table, { tenantId, after, limit: PAGE });
      for (const { id, row } of page) {
        if (!isProved(macs, table, row)) found.push(changed(`${table} ${id}`, FOREIGN));
      }
      after = page.at(-1)?.at;
      if (page.length < PAGE) break;
    }
  }
  return [...found, ...(await auditEvents(client, macs, tenantId))];
}

async function auditEvents(client: Client, macs: Macs, tenantId: string): Promise<AuditFinding[]> {
  const { bare, signed } = await readSignedEvents(client, { tenantId });
  const mandates = await readMandateRows(client, { tenantId });
  const found: AuditFinding[] = [];
  for (const { mac, ...event } of signed) {
    if (macs.proves(mac, 'incident_event', incidentEventContent(event))) continue;
    found.push(changed(`incident ${event.incidentId} event ${event.eventKey}`, FOREIGN));
  }
  for (const { mac, name, content } of mandates.signed) {
    if (!macs.proves(mac, 'mandate_change', content)) found.push(changed(name, FOREIGN));
  }
  for (const { accountId, mandateId } of mandates.others) {
    found.push(changed(`account ${accountId}`, `its mandate is ${mandateId}, and no change says so`));
  }
  return [...found, ...(await auditTakeover(client, macs, { tenantId, bare: [...bare, ...mandates.bare] }))];
}

/** Rows of before have no signature: those that were taken over stand as they were found, and there are no others. */
async function auditTakeover(
  client: Client,
  macs: Macs,
  { tenantId, bare }: { tenantId: string; bare: { name: string; content: object }[] },
): Promise<AuditFinding[]> {
  const takeover = await readTakeover(client, { tenantId });
  if (!takeover) return bare.map(({ name }) => inserted(name, 'it bears no signature of this system'));
  if (!macs.proves(takeover.mac, 'books_takeover', takeoverContent(takeover))) {
    return [changed(`tenant ${tenantId}`, 'that its books were taken over as found is not as it was signed')];
  }
  return takeover.rowsDigest === digestOfRows(bare)
    ? []
    : [changed(`tenant ${tenantId}`, `of rows taken over as found on ${takeover.foundOn} one was changed or put in`)];
}

/** Over rows of before, in their order. */
export function digestOfRows(rows: readonly { content: object }[]): string {
  return contentHash(rows.map(({ content }) => content));
}

/** Records of the chain of evidence: one that this system did not write is found, although its hashes are right. */
export function findingsOfRecords(
  macs: Macs,
  { tenantId, takeover }: { tenantId: string; takeover: Takeover | undefined },
  batch: readonly EvidenceRow[],
): AuditFinding[] {
  return batch.flatMap((record) => {
    const { sequence, mac, recordHash } = record;
    const what = `record ${sequence}`;
    const about = `${record.kind} of ${record.subjectKind} ${record.subjectId}`;
    if (mac === null && takeover && sequence <= takeover.evidenceSequence) {
      const isOther = sequence === takeover.evidenceSequence && recordHash !== takeover.evidenceHash;
      return isOther ? [changed(what, `${about}: it is not the record with which the chain was taken over`)] : [];
    }
    return macs.proves(mac, 'evidence', evidenceContent({ tenantId, ...record }))
      ? []
      : [inserted(what, `${about}: it was not written by this system`)];
  });
}

export async function auditDoubledRecords(reader: Client, of: { tenantId: string }): Promise<AuditFinding[]> {
  const twice = await recordsTwice(reader, of);
  return twice.map((sequence) => inserted(`record ${sequence}`, 'it is on record before, and was put in again'));
}
