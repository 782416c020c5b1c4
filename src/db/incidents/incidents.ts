/** Incidents: read fresh by whoever they could stop, moved by their workflow, never removed. Opened in `incidentOpenings.ts`. */
import type { IncidentOpenerKind } from '../../domain/incidents/incidentStages';
import type { IncidentScope, IncidentStage, Measure, MeasuresInForce } from '../../domain/incidents/incidents';
import { proveRow, signRow } from '../evidence/signedRows';
import type { Client, Reader } from '../transaction';

export interface IncidentRef {
  tenantId: string;
  incidentId: string;
}

export interface IncidentOpener {
  kind: IncidentOpenerKind;
  /** Name of the guard or rule, or a staff identifier. */
  id: string;
}

export interface IncidentRow extends IncidentRef {
  dedupeKey: string;
  stage: IncidentStage;
  measures: Measure[];
  scope: IncidentScope;
  exemptBorrowerIds: string[];
  reasonCode: string;
  remedyChannel: string;
  openedByKind: IncidentOpener['kind'];
  openedBy: string;
  openedAtMs: number;
  acknowledgedBy: string | null;
  firstApprovalBy: string | null;
  secondApprovalBy: string | null;
  liftedAtMs: number | null;
  reviewedBy: string | null;
  workflowSeenAtMs: number | null;
}

const COLUMNS = `tenant_id as "tenantId", incident_id as "incidentId", dedupe_key as "dedupeKey", stage, measures, scope,
  exempt_borrower_ids as "exemptBorrowerIds", reason_code as "reasonCode", remedy_channel as "remedyChannel",
  opened_by_kind as "openedByKind", opened_by as "openedBy", opened_at_ms as "openedAtMs",
  acknowledged_by as "acknowledgedBy", first_approval_by as "firstApprovalBy",
  second_approval_by as "secondApprovalBy", lifted_at_ms as "liftedAtMs", reviewed_by as "reviewedBy",
  workflow_seen_at_ms as "workflowSeenAtMs"`;

/**
 * What is stopped now, oldest first. To be read inside each transaction that could be stopped, and kept by nobody: that
 * a measure is in force everywhere within seconds rests on it. One index, which holds the open incidents alone.
 */
export async function measuresInForce(reader: Reader, { tenantId }: { tenantId: string }): Promise<MeasuresInForce[]> {
  const { rows } = await reader.query<MeasuresInForce>(
    `select incident_id as "incidentId", measures, scope, exempt_borrower_ids as "exemptBorrowerIds",
       remedy_channel as "remedyChannel"
     from incident where tenant_id = $1 and lifted_at_ms is null and measures <> '{}' order by opened_at_ms, incident_id`,
    [tenantId],
  );
  return rows;
}

/** Locked to the end of the transaction: two people who resume at once are taken one after the other. */
export async function lockIncident(client: Client, ref: IncidentRef): Promise<IncidentRow | undefined> {
  return selectIncident(client, ref, 'for no key update');
}

export function readIncident(reader: Reader, ref: IncidentRef): Promise<IncidentRow | undefined> {
  return selectIncident(reader, ref, '');
}

async function selectIncident(
  reader: Reader,
  { tenantId, incidentId }: IncidentRef,
  lock: '' | 'for no key update',
): Promise<IncidentRow | undefined> {
  const { rows } = await reader.query<IncidentRow>(
    `select ${COLUMNS} from incident where tenant_id = $1 and incident_id = $2 ${lock}`,
    [tenantId, incidentId],
  );
  return rows[0];
}

export type IncidentChange = Pick<
  IncidentRow,
  | 'stage'
  | 'measures'
  | 'scope'
  | 'exemptBorrowerIds'
  | 'acknowledgedBy'
  | 'firstApprovalBy'
  | 'secondApprovalBy'
  | 'liftedAtMs'
  | 'reviewedBy'
>;

/** Where the incident stands after a decision; a trigger refuses what no decision may do. The caller holds the row. */
export async function saveIncident(
  client: Client,
  { tenantId, incidentId, ...row }: IncidentRef & IncidentChange,
): Promise<void> {
  await proveRow(client, 'incident', [tenantId, incidentId]);
  await client.query(
    `update incident set stage = $3, measures = $4, scope = $5, exempt_borrower_ids = $6, acknowledged_by = $7,
       first_approval_by = $8, second_approval_by = $9, lifted_at_ms = $10, reviewed_by = $11
      where tenant_id = $1 and incident_id = $2`,
    [
      tenantId,
      incidentId,
      row.stage,
      row.measures,
      JSON.stringify(row.scope),
      row.exemptBorrowerIds,
      row.acknowledgedBy,
      row.firstApprovalBy,
      row.secondApprovalBy,
      row.liftedAtMs,
      row.reviewedBy,
    ],
  );
  await signRow(client, 'incident', [tenantId, incidentId]);
}

export async function markWorkflowSeen(client: Client, ref: IncidentRef & { atMs: number }): Promise<void> {
  await client.query(
    `update incident set workflow_seen_at_ms = $3
      where tenant_id = $1 and incident_id = $2 and workflow_seen_at_ms is null`,
    [ref.tenantId, ref.incidentId, ref.atMs],
  );
}

/** Incidents whose workflow has not taken them up: opened inside another transaction, or while Temporal was away. */
export async function incidentsWithoutWorkflow(reader: Reader, { tenantId }: { tenantId: string }): Promise<string[]> {
  const { rows } = await reader.query<{ incidentId: string }>(
    `select incident_id as "incidentId" from incident where tenant_id = $1 and workflow_seen_at_ms is null
      order by opened_at_ms, incident_id`,
    [tenantId],
  );
  return rows.map(({ incidentId }) => incidentId);
}

/** The latest first; those that are not reviewed yet before all others. */
export async function listIncidents(
  reader: Reader,
  { tenantId, limit, onlyInForce = false }: { tenantId: string; limit: number; onlyInForce?: boolean },
): Promise<IncidentRow[]> {
  const { rows } = await reader.query<IncidentRow>(
    `select ${COLUMNS} from incident where tenant_id = $1 and (not $3 or lifted_at_ms is null)
      order by (stage = 'reviewed'), opened_at_ms desc, incident_id desc limit $2`,
    [tenantId, limit, onlyInForce],
  );
  return rows;
}
