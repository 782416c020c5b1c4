/** The opening of incidents: the same act, and the same thing while it is in force, is one incident. */
import { sightingKey } from '../../domain/incidents/incidentOpening';
import type { IncidentScope, Measure } from '../../domain/incidents/incidents';
import { signRow } from '../evidence/signedRows';
import type { Client } from '../transaction';
import { type NewIncidentEvent, recordIncidentEvent } from './incidentEvents';
import type { IncidentOpener } from './incidents';

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

/**
 * Opens an incident: its measures are in force from the commit on. The same act again is the same incident; the same
 * thing again, as long as it is in force, adds a sighting to the incident that there is. Its workflow is started after
 * the commit (`startIncident`), and by the next look of a worker where that failed. The rule is `judgeOpening` of the
 * domain; here the indices decide it, so that of two who open at once one sees the other.
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
      await recordIncidentEvent(client, eventOf(opening, seen, 'seen-again', sightingKey(opening)));
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
    `select incident_id as "incidentId" from incident where tenant_id = $1 and (incident_id = $2 or opening_key = $3)
      order by (incident_id = $2) desc nulls last limit 1`,
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
      tenantId,
      incidentId ?? null,
      dedupeKey,
      openingKey ?? null,
      measures,
      JSON.stringify(scope ?? {}),
      reasonCode,
      remedyChannel,
      opening.openedBy.kind,
      opening.openedBy.id,
      opening.atMs,
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
