/** Incidents: opened once, read fresh by whoever they could stop, moved by their workflow, never removed. */

import type { IncidentEventKind, IncidentOpenerKind } from '../../domain/incidentStages';
import type { IncidentScope, IncidentStage, Measure, MeasuresInForce } from '../../domain/incidents';
import { macsOf } from '../macs';
import type { Client, Reader } from '../transaction';
import { proveRow, signRow } from './signedRows';

export interface IncidentRef {
  tenantId: string;
  incidentId: string;
}

export interface IncidentOpener {
  kind: IncidentOpenerKind;
  /** Name of the guard or rule, or a staff identifier. */
  id: string;
}

export interface IncidentOpening {
  tenantId: string;
  /** Yours, where it has to be known before; otherwise one is given. */
  incidentId?: string | undefined;
  /** What it is about: as long as it is in force, the same thing is one incident. */
  dedupeKey: string;
  /** The act of opening, such as a request: done again it is the same incident, also after its end. */
  openingKey?: string | undefined;
  measures: readonly Measure[];
  /** Absent or empty: the whole tenant. */
  scope?: IncidentScope | undefined;
  /** Why, for operators: capitals, digits and underscores. */
  reasonCode: string;
  /** Where a borrower turns to. */
  remedyChannel: string;
  openedBy: IncidentOpener;
  atMs: number;
  /** What was seen, such as counts; no personal data. */
  body?: object | undefined;
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

export interface NewIncidentEvent extends IncidentRef {
  /** Identity within the incident: recorded again, it changes nothing. */
  eventKey: string;
  kind: IncidentEventKind;
  atMs: number;
  /** A staff identifier, the name of a guard or rule, or `deadline`. */
  by: string;
  /** No personal data: borrowers are ids. */
  body?: object | undefined;
}

export interface IncidentEventRow {
  eventKey: string;
  kind: IncidentEventKind;
  atMs: number;
  by: string;
  body: Record<string, unknown>;
}

const COLUMNS = `tenant_id as "tenantId", incident_id as "incidentId", dedupe_key as "dedupeKey", stage, measures, scope,
  exempt_borrower_ids as "exemptBorrowerIds", reason_code as "reasonCode", remedy_channel as "remedyChannel",
  opened_by_kind as "openedByKind", opened_by as "openedBy", opened_at_ms as "openedAtMs",
  acknowledged_by as "acknowledgedBy", first_approval_by as "firstApprovalBy",
  second_approval_by as "secondApprovalBy", lifted_at_ms as "liftedAtMs", reviewed_by as "reviewedBy",
  workflow_seen_at_ms as "workflowSeenAtMs"`;

/** A guard that looks many times a minute notes what it sees once. */
const SIGHTING_MS = 60_000;

/**
 * Opens an incident: its measures are in force from the commit on. The same act again is the same incident; the same
 * thing again, as long as it is in force, adds a sighting to the incident that there is. Its workflow is started after
 * the commit (`startIncident`), and by the next look of a worker where that failed.
 */
export async function openIncident(
  client: Client,
  opening: IncidentOpening,
): Promise<{ incidentId: string; isNew: boolean }> {
  for (;;) {
    const known = await findOpened(client, opening);
    if (known !== undefined) return { incidentId: known, isNew: false };
    const inserted = await insertIncident(client, opening);
    if (inserted !== undefined) {
      await signRow(client, 'incident', [opening.tenantId, inserted]);
      await recordIncidentEvent(client, eventOf(opening, inserted, 'opened', 'opened'));
      return { incidentId: inserted, isNew: true };
    }
    const seen = await findInForce(client, opening);
    if (seen !== undefined) {
      const sighting = opening.openingKey ?? String(Math.floor(opening.atMs / SIGHTING_MS));
      await recordIncidentEvent(client, eventOf(opening, seen, 'seen-again', `seen/${sighting}`));
      return { incidentId: seen, isNew: false };
    }
    // It was lifted between the two statements: then this is another one.
  }
}

function eventOf(
  { tenantId, measures, scope, reasonCode, openedBy, atMs, body }: IncidentOpening,
  incidentId: string,
  kind: 'opened' | 'seen-again',
  eventKey: string,
): NewIncidentEvent {
  const seen = { measures, scope: scope ?? {}, reasonCode, openedByKind: openedBy.kind, ...body };
  return { tenantId, incidentId, eventKey, kind, atMs, by: openedBy.id, body: seen };
}

async function findOpened(
  client: Client,
  { tenantId, incidentId, openingKey }: IncidentOpening,
): Promise<string | undefined> {
  if (incidentId === undefined && openingKey === undefined) return undefined;
  const { rows } = await client.query<{ incidentId: string }>(
    `select incident_id as "incidentId" from incident where tenant_id = $1 and (incident_id = $2 or opening_key = $3)`,
    [tenantId, incidentId ?? null, openingKey ?? null],
  );
  return rows[0]?.incidentId;
}

async function insertIncident(client: Client, opening: IncidentOpening): Promise<string | undefined> {
  const { tenantId, incidentId, dedupeKey, openingKey, measures, scope, reasonCode, remedyChannel } = opening;
  const { rows } = await client.query<{ incidentId: string }>(
    `insert into incident (tenant_id, incident_id, dedupe_key, opening_key, measures, scope, reason_code, remedy_channel,
       opened_by_kind, opened_by, opened_at_ms)
     values ($1, coalesce($2, 'incident-' || nextval('incident_number')), $3, $4, $5, $6, $7, $8, $9, $10, $11)
     on conflict do nothing returning incident_id as "incidentId"`,
    [
      ...[tenantId, incidentId ?? null, dedupeKey, openingKey ?? null, measures, JSON.stringify(scope ?? {})],
      ...[reasonCode, remedyChannel, opening.openedBy.kind, opening.openedBy.id, opening.atMs],
    ],
  );
  return rows[0]?.incidentId;
}

async function findInForce(client: Client, { tenantId, dedupeKey }: IncidentOpening): Promise<string | undefined> {
  const { rows } = await client.query<{ incidentId: string }>(
    `select incident_id as "incidentId" from incident
      where tenant_id = $1 and dedupe_key = $2 and lifted_at_ms is null`,
    [tenantId, dedupeKey],
  );
  return rows[0]?.incidentId;
}

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

/** What the signature of an event covers. */
export function incidentEventContent(event: NewIncidentEvent): object {
  const { tenantId, incidentId, eventKey, kind, atMs, by, body = {} } = event;
  return { tenantId, incidentId, eventKey, kind, atMs, by, body };
}

/** Adds to the timeline; false when an event of that key is there already. */
export async function recordIncidentEvent(client: Client, event: NewIncidentEvent): Promise<boolean> {
  const { tenantId, incidentId, eventKey, kind, atMs, by } = event;
  const body = JSON.stringify(event.body ?? {});
  const mac = macsOf(client).sign('incident_event', incidentEventContent({ ...event, body: JSON.parse(body) }));
  const { rowCount } = await client.query(
    `insert into incident_event (tenant_id, incident_id, event_key, kind, at_ms, by, body, mac)
     values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict do nothing`,
    [tenantId, incidentId, eventKey, kind, atMs, by, body, mac],
  );
  return rowCount === 1;
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
      ...[tenantId, incidentId, row.stage, row.measures, JSON.stringify(row.scope), row.exemptBorrowerIds],
      ...[row.acknowledgedBy, row.firstApprovalBy, row.secondApprovalBy, row.liftedAtMs, row.reviewedBy],
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

/** The timeline, in the order in which it was recorded. */
export async function readIncidentEvents(
  reader: Reader,
  { tenantId, incidentId }: IncidentRef,
): Promise<IncidentEventRow[]> {
  const { rows } = await reader.query<IncidentEventRow>(
    `select event_key as "eventKey", kind, at_ms as "atMs", by, body from incident_event
      where tenant_id = $1 and incident_id = $2 order by event_id`,
    [tenantId, incidentId],
  );
  return rows;
}
