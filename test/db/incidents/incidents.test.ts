/** Incidents on a real PostgreSQL: opened once, in force at once, lifted by two, and guarded against any statement. */
import { describe, expect, it } from '@jest/globals';
import { readIncidentEvents, recordIncidentEvent } from '../../../src/db/incidents/incidentEvents';
import { type IncidentOpening, openIncident } from '../../../src/db/incidents/incidentOpenings';
import {
  type IncidentChange,
  incidentsWithoutWorkflow,
  listIncidents,
  lockIncident,
  markWorkflowSeen,
  measuresInForce,
  readIncident,
  saveIncident,
} from '../../../src/db/incidents/incidents';
import { ensureTenant } from '../../../src/db/operations/tenants';
import { type Client, inTransaction } from '../../../src/db/transaction';
import { MINUTE_MS, NOW_MS, TENANT, useDatabase } from '../testDatabase';

const database = useDatabase();
const run = <Result>(work: (client: Client) => Promise<Result>) => inTransaction(database.pool, work);

let opened = 0;
const opening = (changes: Partial<IncidentOpening> = {}): IncidentOpening => {
  opened += 1;
  return {
    tenantId: TENANT,
    dedupeKey: `surge-${opened}`,
    measures: ['notices', 'draws'],
    reasonCode: 'NOTICE_SURGE',
    remedyChannel: 'hotline',
    openedBy: { kind: 'guard', id: 'anomaly' },
    atMs: NOW_MS,
    ...changes,
  };
};

const BY_PERSON = { kind: 'person', id: 'staff-1' } as const;
const open = (changes: Partial<IncidentOpening> = {}) => run((client) => openIncident(client, opening(changes)));

async function change(incidentId: string, changes: Partial<IncidentChange>): Promise<void> {
  await run(async (client) => {
    const row = await lockIncident(client, { tenantId: TENANT, incidentId });
    if (!row) throw new Error('it was opened');
    await saveIncident(client, { ...row, ...changes });
  });
}

const RESUMING = { stage: 'resuming', firstApprovalBy: 'staff-1' } as const;
const RESUMED = { stage: 'resumed', secondApprovalBy: 'staff-2', liftedAtMs: NOW_MS + 1 } as const;

async function resume(incidentId: string): Promise<void> {
  await change(incidentId, RESUMING);
  await change(incidentId, RESUMED);
}

const inForceIds = async () =>
  (await measuresInForce(database.pool, { tenantId: TENANT })).map(({ incidentId }) => incidentId);

describe('opening', () => {
  it('is in force with the commit, and not before or after', async () => {
    const scope = { product: 'cash-loan' } as const;
    let incidentId = '';
    await expect(
      run(async (client) => {
        ({ incidentId } = await openIncident(client, opening({ scope })));
        expect(await measuresInForce(client, { tenantId: TENANT })).toMatchObject([{ incidentId }]);
        throw new Error('rolled back');
      }),
    ).rejects.toThrow('rolled back');
    expect(await inForceIds()).not.toContain(incidentId);
    ({ incidentId } = await open({ scope }));
    expect(await measuresInForce(database.pool, { tenantId: TENANT })).toContainEqual({
      incidentId,
      measures: ['notices', 'draws'],
      scope,
      exemptBorrowerIds: [],
      remedyChannel: 'hotline',
    });
    await resume(incidentId);
    expect(await inForceIds()).not.toContain(incidentId);
  });

  it('the same thing while it is in force is one incident with a sighting; afterwards it is another one', async () => {
    const first = await open({ dedupeKey: 'same' });
    expect(first.isNew).toBe(true);
    const again = { dedupeKey: 'same', atMs: NOW_MS + 1000, openingKey: 'sweep-2', body: { count: 7 } };
    expect(await open(again)).toEqual({ incidentId: first.incidentId, isNew: false });
    expect(await open(again)).toEqual({ incidentId: first.incidentId, isNew: false });
    const events = await readIncidentEvents(database.pool, { tenantId: TENANT, ...first });
    expect(events.map(({ kind, eventKey }) => [kind, eventKey])).toEqual([
      ['opened', 'opened'],
      ['seen-again', 'seen/sweep-2'],
    ]);
    expect(events[1]?.body).toMatchObject({ count: 7, reasonCode: 'NOTICE_SURGE' });
    await resume(first.incidentId);
    const next = await open({ dedupeKey: 'same' });
    expect(next.isNew).toBe(true);
    expect(next.incidentId).not.toBe(first.incidentId);
  });

  it('a guard that looks many times a minute notes it once', async () => {
    const { incidentId } = await open({ dedupeKey: 'busy' });
    for (const ms of [1, 2, 3, MINUTE_MS]) await open({ dedupeKey: 'busy', atMs: NOW_MS + ms });
    expect(await readIncidentEvents(database.pool, { tenantId: TENANT, incidentId })).toHaveLength(3);
  });

  it('the same act is the same incident, also when it is over', async () => {
    const first = await open({ openingKey: 'request-1' });
    await resume(first.incidentId);
    expect(await open({ openingKey: 'request-1' })).toEqual({ incidentId: first.incidentId, isNew: false });
    expect(await open({ incidentId: first.incidentId })).toEqual({ incidentId: first.incidentId, isNew: false });
  });

  it('of two transactions that open the same thing at once, one does', async () => {
    const results = await Promise.all([1, 2, 3, 4].map(() => open({ dedupeKey: 'race' })));
    expect(results.filter(({ isNew }) => isNew)).toHaveLength(1);
    expect(new Set(results.map(({ incidentId }) => incidentId)).size).toBe(1);
  });

  it('is of its tenant alone', async () => {
    const tenantId = 'other-tenant';
    await inTransaction(database.owner, (client) => ensureTenant(client, { tenantId, name: 'Another lender' }));
    const { incidentId } = await open({ tenantId });
    expect(await inForceIds()).not.toContain(incidentId);
    expect(await incidentsWithoutWorkflow(database.pool, { tenantId })).toEqual([incidentId]);
    await run((client) => markWorkflowSeen(client, { tenantId, incidentId, atMs: NOW_MS }));
    expect(await incidentsWithoutWorkflow(database.pool, { tenantId })).toEqual([]);
    expect(await listIncidents(database.pool, { tenantId, limit: 10 })).toMatchObject([{ incidentId, stage: 'open' }]);
  });

  it.each<[string, Partial<IncidentOpening>, string]>([
    // A guard's may: it calls a person.
    ['nothing to stop, of a person', { measures: [], openedBy: BY_PERSON }, 'incident_measures_check'],
    ['an unknown measure', { measures: ['payments' as 'draws'] }, 'incident_measures_check'],
    ['an unknown field of the scope', { scope: { city: 'x' } as object }, 'incident_scope_check'],
    ['a scope that draws know nothing of', { scope: { region: 'east' } }, 'narrowed_where_it_is_enforced'],
    ['a reason in words', { reasonCode: 'many messages' }, 'incident_reason_code_check'],
  ])('refuses %s', async (_, changes, constraint) => {
    await expect(open(changes)).rejects.toThrow(constraint);
  });
});

describe('the guard', () => {
  it.each<[string, Partial<IncidentChange>[], string]>([
    ['lifting without any approval', [{ ...RESUMED, firstApprovalBy: 'staff-1' }], 'nobody has approved'],
    ['the same person twice', [RESUMING, { ...RESUMED, secondApprovalBy: 'staff-1' }], 'two_people_resume'],
    ['one person alone', [RESUMING, { ...RESUMED, secondApprovalBy: null }], 'one_approval|two_people_resume'],
    [
      'another first person at the last moment',
      [RESUMING, { ...RESUMED, firstApprovalBy: 'staff-3' }],
      'approval does',
    ],
    ['lifting without its stage', [{ liftedAtMs: NOW_MS }], 'lifted_by_stage'],
    ['fewer measures', [{ measures: ['notices'] }], 'becomes less'],
    ['a narrower scope', [{ scope: { product: 'cash-loan' } }], 'becomes less'],
    ['taking an exemption back', [{ exemptBorrowerIds: ['b-1'] }, { exemptBorrowerIds: [] }], 'becomes less'],
    ['a review while it is in force', [{ stage: 'reviewed', reviewedBy: 'staff-1' }], 'nobody has approved'],
    ['its end without a review', [RESUMING, RESUMED, { stage: 'reviewed' }], 'ends_with_its_review'],
    ['being in force again', [RESUMING, RESUMED, { stage: 'acknowledged', liftedAtMs: null }], 'does not become'],
    ['another instant of lifting', [RESUMING, RESUMED, { liftedAtMs: NOW_MS + 9 }], 'lifted for good'],
  ])('refuses %s', async (_, changes, fault) => {
    const { incidentId } = await open();
    const last = changes.pop() as Partial<IncidentChange>;
    for (const each of changes) await change(incidentId, each);
    await expect(change(incidentId, last)).rejects.toThrow(new RegExp(fault));
    expect((await readIncident(database.pool, { tenantId: TENANT, incidentId }))?.stage).not.toBe('reviewed');
  });

  it('lets an approval be withdrawn by a wider measure, and the story end with its review', async () => {
    const { incidentId } = await open();
    await change(incidentId, RESUMING);
    const wider = { measures: ['notices', 'draws', 'auto-debit'] as IncidentChange['measures'] };
    await change(incidentId, { ...wider, stage: 'acknowledged', firstApprovalBy: null });
    await resume(incidentId);
    await change(incidentId, { stage: 'reviewed', reviewedBy: 'staff-9' });
    expect(await readIncident(database.pool, { tenantId: TENANT, incidentId })).toMatchObject({
      stage: 'reviewed',
      firstApprovalBy: 'staff-1',
      secondApprovalBy: 'staff-2',
    });
  });

  it('lets the scope be widened, and moved nowhere else', async () => {
    const { incidentId } = await open({ scope: { product: 'cash-loan' } });
    await expect(change(incidentId, { scope: { product: 'revolving' } })).rejects.toThrow('becomes less');
    await change(incidentId, { scope: {} });
    expect((await readIncident(database.pool, { tenantId: TENANT, incidentId }))?.scope).toEqual({});
  });

  it('refuses another cause, opener or instant, whatever the statement', async () => {
    await open();
    for (const set of [`reason_code = 'OTHER'`, `opened_by = 'x'`, 'opened_at_ms = 0', `dedupe_key = 'y'`]) {
      await expect(database.owner.query(`update incident set ${set}`)).rejects.toThrow('what it is never changes');
    }
  });

  it('records an event once by its key', async () => {
    const { incidentId } = await open();
    const event = {
      tenantId: TENANT,
      incidentId,
      eventKey: 'u-1',
      kind: 'noted',
      atMs: NOW_MS,
      by: 'staff-1',
    } as const;
    const record = () => run((client) => recordIncidentEvent(client, event));
    expect([await record(), await record()]).toEqual([true, false]);
  });
});
