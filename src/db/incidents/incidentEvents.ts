/** The timelines of incidents: each event once by its key, signed, in the order in which it was recorded. */
import type { IncidentEventKind } from '../../domain/incidents/incidentStages';
import { macsOf } from '../evidence/macs';
import type { Client, Reader } from '../transaction';
import type { IncidentRef } from './incidents';

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
