/** Rows from before there were signatures: taken over once, as they were found, by the owner. */

import type { NewIncidentEvent } from '../incidents/incidentEvents';
import type { Client, Reader } from '../transaction';

export interface Takeover {
  tenantId: string;
  /** Real date. */
  foundOn: string;
  accountCount: number;
  /** The last record of the chain of evidence that has no signature, and its hash. */
  evidenceSequence: number;
  evidenceHash: string;
  /** Over events of incidents and changes of mandates without a signature. */
  rowsDigest: string;
  mac: string;
}

export function takeoverContent({ mac: _, ...takeover }: Takeover): object {
  return takeover;
}

export async function readTakeover(reader: Reader, { tenantId }: { tenantId: string }): Promise<Takeover | undefined> {
  const { rows } = await reader.query<Takeover>(
    `select tenant_id as "tenantId", found_on as "foundOn", account_count as "accountCount",
       evidence_sequence as "evidenceSequence", evidence_hash as "evidenceHash", rows_digest as "rowsDigest", mac
     from books_takeover where tenant_id = $1`,
    [tenantId],
  );
  return rows[0];
}

/** Tenants whose books were not taken over yet: those of before, and new ones, which have nothing to take over. */
export async function tenantsToTakeOver(reader: Reader): Promise<string[]> {
  const { rows } = await reader.query<{ tenantId: string }>(
    `select tenant_id as "tenantId" from tenant
      where not exists (select from books_takeover taken where taken.tenant_id = tenant.tenant_id) order by tenant_id`,
  );
  return rows.map(({ tenantId }) => tenantId);
}

/** Workers and APIs that are connected: of before, they would write rows without a signature after the takeover. */
export async function runningProcesses(reader: Reader): Promise<string[]> {
  const { rows } = await reader.query<{ name: string }>(
    `select distinct application_name as name from pg_stat_activity
      where datname = current_database() and application_name in ('creditloom-worker', 'creditloom-api') order by 1`,
  );
  return rows.map(({ name }) => name);
}

export async function insertTakeover(client: Client, takeover: Takeover): Promise<void> {
  const { tenantId, foundOn, accountCount, evidenceSequence, evidenceHash, rowsDigest, mac } = takeover;
  await client.query(
    `insert into books_takeover (tenant_id, found_on, account_count, evidence_sequence, evidence_hash, rows_digest, mac)
     values ($1, $2, $3, $4, $5, $6, $7)`,
    [tenantId, foundOn, accountCount, evidenceSequence, evidenceHash, rowsDigest, mac],
  );
}

export interface TakenAccount {
  accountId: string;
  agreementMac: string;
  /** Absent where the account has no rows to take over. */
  rows?: { foundOn: string; rowCount: number; digest: string; mac: string } | undefined;
}

export async function insertAccountTakeovers(
  client: Client,
  { tenantId, accounts }: { tenantId: string; accounts: readonly TakenAccount[] },
): Promise<void> {
  for (const { accountId, agreementMac, rows } of accounts) {
    await client.query(
      `update credit_account set agreement_mac = $3, chain_head = $4 where tenant_id = $1 and account_id = $2`,
      [tenantId, accountId, agreementMac, rows?.mac ?? agreementMac],
    );
    if (!rows) continue;
    await client.query(
      `insert into account_takeover (tenant_id, account_id, found_on, row_count, digest, mac)
       values ($1, $2, $3, $4, $5, $6)`,
      [tenantId, accountId, rows.foundOn, rows.rowCount, rows.digest, rows.mac],
    );
  }
}

export interface BareRow {
  name: string;
  content: object;
}

/** Events of incidents: those that bear a signature, and those that bear none, in their order. */
export async function readSignedEvents(
  reader: Reader,
  { tenantId }: { tenantId: string },
): Promise<{ signed: (NewIncidentEvent & { mac: string })[]; bare: BareRow[] }> {
  const { rows } = await reader.query<NewIncidentEvent & { mac: string | null }>(
    `select tenant_id as "tenantId", incident_id as "incidentId", event_key as "eventKey", kind, at_ms as "atMs", by,
       body, mac
     from incident_event where tenant_id = $1 order by incident_id, event_id`,
    [tenantId],
  );
  return {
    signed: rows.filter((row): row is NewIncidentEvent & { mac: string } => row.mac !== null),
    bare: rows
      .filter(({ mac }) => mac === null)
      .map(({ mac: _, ...event }) => ({
        name: `incident ${event.incidentId} event ${event.eventKey}`,
        content: event,
      })),
  };
}

/** Records of the chain of evidence that were put in a second time, with the signature of the first. */
export async function recordsTwice(reader: Reader, { tenantId }: { tenantId: string }): Promise<number[]> {
  const { rows } = await reader.query<{ sequence: number }>(
    `select max(sequence) as sequence from evidence_record where tenant_id = $1 and mac is not null
      group by mac having count(*) > 1 order by 1`,
    [tenantId],
  );
  return rows.map(({ sequence }) => sequence);
}
