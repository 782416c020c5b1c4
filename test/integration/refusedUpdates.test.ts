/** On a real server: the refusal of a validator comes to the caller by its type, and nothing else looks like it. */
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { defineUpdate } from '@temporalio/workflow';
import { acknowledge, applicationState, decideReferral, incidentState, note, workflowIds } from '../../src/contracts';
import { openIncident } from '../../src/db/incidents/incidentOpenings';
import { ensureBorrower } from '../../src/db/origination/borrowers';
import { inTransaction } from '../../src/db/transaction';
import { atWallTimeMs, SHANGHAI } from '../../src/domain/values/clock';
import { OutcomeUnknown } from '../../src/platform/outcomeUnknown';
import { createTemporalGateway, type TemporalGateway } from '../../src/platform/temporalGateway';
import { SOUND, until } from '../support/credits';
import { RealSystem, TENANT } from '../support/realSystem';

let system: RealSystem;
let gateway: TemporalGateway;

beforeAll(async () => {
  system = await RealSystem.begin({ speed: 1, startAtMs: atWallTimeMs('2026-01-12', '09:00', SHANGHAI) });
  await system.openClock();
  await system.startWorker();
  // Its deadlines lie far ahead, so that what ends a call here is what the test does.
  gateway = createTemporalGateway(system.client, () => Date.now() + 60_000);
}, 90_000);

afterAll(async () => {
  await system?.end();
});

async function startIncident(incidentId: string): Promise<string> {
  await inTransaction(system.pool, (client) =>
    openIncident(client, {
      tenantId: TENANT,
      incidentId,
      dedupeKey: incidentId,
      measures: ['draws'],
      reasonCode: 'OF_THE_TEST',
      remedyChannel: 'hotline',
      openedBy: { kind: 'person', id: 'staff-1' },
      atMs: system.nowMs(),
    }),
  );
  await gateway.start('incident', { tenantId: TENANT, incidentId, clock: system.clock });
  return workflowIds.incident(TENANT, incidentId);
}

async function startReferral(applicationId: string): Promise<string> {
  const borrower = { tenantId: TENANT, borrowerId: 'borrower-1' };
  await inTransaction(system.pool, (client) => ensureBorrower(client, borrower));
  const facts = { ...SOUND, finances: { ...SOUND.finances, monthlyIncomeFen: undefined } };
  const asked = { ...borrower, applicationId, product: 'cash-loan', requestedFen: 1_000_000, facts } as const;
  await gateway.start('application', { ...asked, clock: system.clock });
  return workflowIds.application(TENANT, applicationId);
}

/** An answer, or the status of the problem that the API makes of what is thrown. */
function toldOf(call: Promise<unknown>): Promise<unknown> {
  return call.catch((error: unknown) => (error instanceof OutcomeUnknown ? 503 : error));
}

async function acceptedIds(workflowId: string): Promise<(string | null | undefined)[]> {
  const { events } = await system.client.workflow.getHandle(workflowId).fetchHistory();
  const accepted = (events ?? []).flatMap((event) => event.workflowExecutionUpdateAcceptedEventAttributes ?? []);
  return accepted.map(({ acceptedRequest }) => acceptedRequest?.meta?.updateId);
}

const refused = (detail: string) => ({ status: 'rejected', detail: expect.stringContaining(detail) });

it('is told with its fault, of the shape and of the moment alike, and is not in the history', async () => {
  const incident = await startIncident('told');
  expect(await toldOf(gateway.update(incident, acknowledge, { by: '' }, 'k-1'))).toEqual(refused('by'));
  const application = await startReferral('app-1');
  const stage = async () => (await gateway.query(application, applicationState))?.stage;
  await until(async () => (await stage()) === 'referred');
  const decision = { decision: 'decline', decidedBy: 'staff-1', reason: 'no' } as const;
  const wrong = { ...decision, decision: 'maybe' as 'decline' };
  expect(await toldOf(gateway.update(application, decideReferral, wrong, 'k-2'))).toEqual(refused('decision'));
  expect(await gateway.update(application, decideReferral, decision, 'k-3')).toEqual({
    status: 'answered',
    answer: 'declined',
  });
  expect(await acceptedIds(incident)).toEqual([]);
  expect(await acceptedIds(application)).toEqual(['api:k-3']);
}, 120_000);

it('is not what an unknown update, or a workflow that is not there, is told as', async () => {
  const incident = await startIncident('known');
  const unknown = defineUpdate<string, [object]>('nobodyHearsThis');
  expect(await toldOf(gateway.update(incident, unknown, {}, 'k-4'))).toBe(503);
  expect(await toldOf(gateway.update('incident/test/nobody', acknowledge, { by: 'staff-1' }, 'k-5'))).toEqual({
    status: 'not-running',
  });
}, 120_000);

it('is not what an update is told as that was taken by a workflow which ends without an answer', async () => {
  const incident = await startIncident('ended');
  await until(async () => (await gateway.query(incident, incidentState))?.stage === 'open');
  const holder = await system.pool.connect();
  try {
    // The step that would answer waits here for its row.
    await holder.query('begin');
    await holder.query(`select from incident where incident_id = 'ended' for update`);
    const answer = toldOf(gateway.update(incident, note, { by: 'staff-1', text: 'of the test' }, 'k-6'));
    await until(async () => (await acceptedIds(incident)).includes('api:k-6'), 60_000);
    await system.client.workflow.getHandle(incident).terminate('the test ends it');
    expect(await answer).toEqual({ status: 'not-running' });
  } finally {
    await holder.query('rollback');
    holder.release();
  }
}, 120_000);
