/** Rules of incidents that a statement decides too: it and the domain say the same of random rows. */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readIncidentEvents } from '../../../src/db/incidents/incidentEvents';
import { openIncident } from '../../../src/db/incidents/incidentOpenings';
import {
  incidentsWithoutWorkflow,
  listIncidents,
  markWorkflowSeen,
  measuresInForce,
} from '../../../src/db/incidents/incidents';
import {
  byUrgency,
  judgeOpening,
  type KnownIncident,
  stoppingNow,
} from '../../../src/domain/incidents/incidentOpening';
import type { IncidentStage, Measure } from '../../../src/domain/incidents/incidents';
import { NOW_MS, TENANT, useDatabase } from '../testDatabase';
import { compareOn, numbered, put, useLooseTables } from './randomRows';

const database = useDatabase();
useLooseTables(database, ['incident', 'incident_event']);

const instant = fc.integer({ min: 0, max: 5 }).map((step) => NOW_MS + step * 30_000);
const STAGES: IncidentStage[] = ['open', 'acknowledged', 'resuming', 'resumed', 'reviewed'];

describe('the opening of an incident', () => {
  const opening = fc.record({
    act: fc.constant('open' as const),
    incidentId: fc.option(fc.constantFrom('given-1', 'given-2'), { nil: undefined, freq: 2 }),
    dedupeKey: fc.constantFrom('surge', 'texts'),
    openingKey: fc.option(fc.constantFrom('request-1', 'request-2', 'request-3'), { nil: undefined, freq: 2 }),
    atMs: instant,
  });
  const lift = fc.record({ act: fc.constant('lift' as const), dedupeKey: fc.constantFrom('surge', 'texts') });

  it('is a new one, one of before or a sighting, as the domain says, whatever was opened and lifted before', () =>
    compareOn(
      database,
      fc.array(fc.oneof(opening, opening, lift), { maxLength: 20, size: 'max' }),
      async (client, acts) => {
        const known: KnownIncident[] = [];
        const sightings = new Map<string, Set<string>>();
        for (const act of acts) {
          if (act.act === 'lift') {
            await client.query('update incident set lifted_at_ms = $2 where dedupe_key = $1 and lifted_at_ms is null', [
              act.dedupeKey,
              NOW_MS,
            ]);
            for (const each of known) if (each.dedupeKey === act.dedupeKey) each.liftedAtMs ??= NOW_MS;
            continue;
          }
          const { dedupeKey, openingKey = null } = act;
          const verdict = judgeOpening(act, known);
          const answer = await openIncident(client, {
            ...act,
            tenantId: TENANT,
            measures: ['notices'],
            reasonCode: 'TEST',
            remedyChannel: 'hotline',
            openedBy: { kind: 'guard', id: 'anomaly' },
          });
          if (verdict.status === 'new') {
            expect(answer).toEqual({ incidentId: act.incidentId ?? expect.any(String), isNew: true });
            expect(known.map(({ incidentId }) => incidentId)).not.toContain(answer.incidentId);
            known.push({ incidentId: answer.incidentId, dedupeKey, openingKey, liftedAtMs: null });
          } else {
            expect(answer).toEqual({ incidentId: verdict.incidentId, isNew: false });
          }
          const { incidentId } = answer;
          const seen = sightings.get(incidentId) ?? new Set(['opened']);
          if (verdict.status === 'seen-again') seen.add(verdict.eventKey);
          sightings.set(incidentId, seen);
          const events = await readIncidentEvents(client, { tenantId: TENANT, incidentId });
          expect(events.map(({ eventKey }) => eventKey)).toEqual([...seen]);
        }
      },
    ));
});

describe('incidents that there are', () => {
  const measures = fc.subarray<Measure>(['notices', 'draws', 'auto-debit']);
  const row = fc.record({
    stage: fc.constantFrom(...STAGES),
    measures,
    opened_at_ms: instant,
    lifted_at_ms: fc.option(instant),
    isSeen: fc.boolean(),
  });

  it('stop what the domain says, are listed by their urgency, and wait for a workflow until one took them up', () =>
    compareOn(database, fc.array(row, { maxLength: 12 }), async (client, drawn) => {
      const rows = numbered(drawn).map(({ index, isSeen, ...each }) => ({
        ...each,
        tenant_id: TENANT,
        incident_id: `incident-${String(index).padStart(2, '0')}`,
        dedupe_key: `key-${index}`,
        reason_code: 'TEST',
        remedy_channel: 'hotline',
        opened_by_kind: 'guard',
        opened_by: 'anomaly',
        isSeen,
      }));
      await put(
        client,
        'incident',
        rows.map(({ isSeen: _, ...each }) => each),
      );
      const shown = rows.map(({ incident_id: incidentId, opened_at_ms, lifted_at_ms, ...each }) => ({
        incidentId,
        openedAtMs: opened_at_ms,
        liftedAtMs: lifted_at_ms,
        stage: each.stage,
        measures: each.measures,
      }));
      const ids = (items: readonly { incidentId: string }[]) => items.map(({ incidentId }) => incidentId);
      expect(ids(await measuresInForce(client, { tenantId: TENANT }))).toEqual(ids(stoppingNow(shown)));
      const limit = 50;
      expect(ids(await listIncidents(client, { tenantId: TENANT, limit }))).toEqual(ids(byUrgency(shown)));
      expect(ids(await listIncidents(client, { tenantId: TENANT, limit, onlyInForce: true }))).toEqual(
        ids(byUrgency(shown.filter(({ liftedAtMs }) => liftedAtMs === null))),
      );
      for (const { isSeen, incident_id: incidentId } of rows) {
        if (isSeen) await markWorkflowSeen(client, { tenantId: TENANT, incidentId, atMs: NOW_MS });
      }
      const waiting = rows.filter(({ isSeen }) => !isSeen).map(({ incident_id: id, opened_at_ms: at }) => ({ id, at }));
      waiting.sort((one, other) => one.at - other.at || (one.id < other.id ? -1 : 1));
      expect(await incidentsWithoutWorkflow(client, { tenantId: TENANT })).toEqual(waiting.map(({ id }) => id));
    }));
});
