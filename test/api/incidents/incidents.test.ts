/** Incidents over HTTP: in force with the answer, told to their workflows, and what they stop at this door. */

import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { lockIncident, measuresInForce, saveIncident } from '../../../src/db/incidents/incidents';
import { inTransaction } from '../../../src/db/transaction';
import { OutcomeUnknown } from '../../../src/platform/outcomeUnknown';
import { applicationOf, type Harness, offeredApplication, openedAccount, startHarness, TENANT } from '../harness';

let harness: Harness;

beforeAll(async () => {
  harness = await startHarness();
});
beforeEach(async () => {
  harness.gateway.asked = [];
  harness.gateway.fault = undefined;
  harness.gateway.outcome = { status: 'answered', answer: { status: 'accepted', stage: 'acknowledged' } };
  for (const { incidentId } of await measuresInForce(harness.pool, { tenantId: TENANT })) await lift(incidentId);
});
afterAll(() => harness.close());

const BODY = { by: 'staff-01', measures: ['applications'], reasonCode: 'WRONG_AMOUNTS', remedyChannel: 'hotline' };

async function open(changes: object = {}, key?: string) {
  return harness.post('/v1/incidents', { ...BODY, ...changes }, key);
}

/** As two people do through the workflow, which is a fake here. */
async function lift(incidentId: string): Promise<void> {
  const step = (changes: object) =>
    inTransaction(harness.pool, async (client) => {
      const row = await lockIncident(client, { tenantId: TENANT, incidentId });
      if (row) await saveIncident(client, { ...row, ...changes });
    });
  await step({ stage: 'resuming', firstApprovalBy: 'staff-02' });
  await step({ stage: 'resumed', secondApprovalBy: 'staff-03', liftedAtMs: 1 });
}

const inForce = async () => (await measuresInForce(harness.pool, { tenantId: TENANT })).map((each) => each.incidentId);

describe('opening', () => {
  it('is in force with the answer, and starts the workflow', async () => {
    const { status, body } = await open({ scope: { product: 'cash-loan' } });
    expect({ status, ...body }).toMatchObject({ status: 201, stage: 'open', workflow: 'started' });
    expect(await inForce()).toEqual([body.incidentId]);
    expect(harness.gateway.asked).toMatchObject([{ kind: 'start', input: { incidentId: body.incidentId } }]);
    expect((await harness.get(body.links.self)).body).toMatchObject({
      stage: 'open',
      scope: { product: 'cash-loan' },
      openedBy: { kind: 'person', id: 'system:test' },
      hasWorkflow: false,
      timeline: [{ kind: 'opened', by: 'system:test', body: { saidBy: 'staff-01' } }],
    });
  });

  it('is in force all the same while Temporal is away', async () => {
    harness.gateway.fault = new OutcomeUnknown('Temporal is away');
    const { status, body } = await open();
    expect({ status, workflow: body.workflow }).toEqual({ status: 201, workflow: 'pending' });
    expect(await inForce()).toEqual([body.incidentId]);
  });

  it('is one incident for one key, also after its end; another key is another one', async () => {
    const first = await open({}, 'open-once');
    await harness.owner.query(`delete from idempotency_record where idempotency_key = 'open-once'`);
    expect((await open({}, 'open-once')).body.incidentId).toBe(first.body.incidentId);
    await lift(first.body.incidentId);
    await harness.owner.query(`delete from idempotency_record where idempotency_key = 'open-once'`);
    expect((await open({}, 'open-once')).body.incidentId).toBe(first.body.incidentId);
    expect(await inForce()).toEqual([]);
    expect((await open()).body.incidentId).not.toBe(first.body.incidentId);
  });

  it.each([
    ['measures', { measures: [] }],
    ['measures.0', { measures: ['everything'] }],
    ['measures', { measures: ['draws', 'draws'] }],
    ['scope.product', { scope: { product: 'card' } }],
    ['scope.region', { measures: ['notices', 'draws'], scope: { region: 'east' } }],
    ['reasonCode', { reasonCode: 'because' }],
    ['by', { by: '' }],
  ])('refuses a wrong %s and stops nothing', async (field, changes) => {
    const refused = await open(changes);
    expect(refused.status).toBe(400);
    expect(refused.body.errors).toMatchObject([{ field }]);
    expect(await inForce()).toEqual([]);
  });

  it('of a kind of text that is not there is refused, because it would stop nothing', async () => {
    const refused = await open({ measures: ['notices'], scope: { templateKind: 'due-son' } });
    expect(refused).toMatchObject({ status: 400, body: { field: 'scope.templateKind' } });
    expect((await open({ measures: ['notices'], scope: { templateKind: 'due-soon' } })).status).toBe(201);
  });

  it('and reading need their scopes', async () => {
    const headers = { authorization: `Bearer ${await harness.key('incidents:read')}`, 'idempotency-key': 'no-scope' };
    const refused = await harness.call({ method: 'POST', url: '/v1/incidents', headers, payload: BODY });
    expect({ status: refused.status, scope: refused.body.scope }).toEqual({ status: 403, scope: 'incidents:write' });
    const other = { authorization: `Bearer ${await harness.key('incidents:write')}` };
    expect((await harness.call({ method: 'GET', url: '/v1/incidents', headers: other })).status).toBe(403);
  });
});

describe('what is told to an incident', () => {
  const text = { by: 'staff-02', text: 'the bank was called' };
  const review = { by: 'staff-02', summary: 'a figure was wrong', actions: [] };
  it.each([
    ['acknowledgement', 'acknowledge', { by: 'staff-02' }, { by: 'staff-02' }],
    ['measures', 'changeMeasures', { by: 's', measures: ['draws'] }, { by: 's', measures: ['draws'] }],
    ['resume-approvals', 'approveResume', { by: 'staff-02' }, { by: 'staff-02' }],
    ['notes', 'note', text, text],
    ['appeals', 'appeal', { appealId: 'a', borrowerId: 'b', by: 'c' }, { appealId: 'a', borrowerId: 'b', by: 'c' }],
    [
      'appeals/a/answer',
      'answerAppeal',
      { by: 's', isUpheld: true, reason: 'right' },
      { appealId: 'a', by: 's', isUpheld: true, reason: 'right' },
    ],
    ['review', 'recordReview', review, review],
  ])('%s is the update %s, under the key of the request', async (path, name, body, input) => {
    const { incidentId, links } = (await open()).body;
    harness.gateway.asked = [];
    const told = await harness.post(`${links.self}/${path}`, body, `told-${name}`);
    expect({ status: told.status, ...told.body }).toMatchObject({ status: 'accepted', incidentId });
    expect(harness.gateway.asked).toEqual([
      { kind: 'update', name, input, workflowId: `incident/${TENANT}/${incidentId}`, updateId: `told-${name}` },
    ]);
  });

  it('an appeal of somebody who is not there is 404, unless the incident turns applicants away', async () => {
    const filed = { appealId: 'a', borrowerId: 'borrower-of-a-typing-error', by: 'staff-02' };
    const ofDraws = (await open({ measures: ['draws'] })).body;
    harness.gateway.asked = [];
    expect(await harness.post(`${ofDraws.links.self}/appeals`, filed)).toMatchObject({
      status: 404,
      body: { field: 'borrowerId' },
    });
    expect(harness.gateway.asked).toEqual([]);
    const ofApplicants = (await open()).body;
    expect((await harness.post(`${ofApplicants.links.self}/appeals`, filed)).status).toBe(200);
  });

  it('a refusal says what to do, and is judged anew under the same key', async () => {
    const { links } = (await open()).body;
    harness.gateway.outcome = {
      status: 'answered',
      answer: { status: 'refused', refusal: 'same-person', stage: 'resuming' },
    };
    const url = `${links.self}/resume-approvals`;
    const refused = await harness.post(url, { by: 'staff-02' }, 'second-word');
    expect({ status: refused.status, type: refused.body.type }).toEqual({
      status: 409,
      type: 'urn:creditloom:problem:same-person',
    });
    expect(refused.body.detail).toContain('a second, different person');
    harness.gateway.outcome = { status: 'answered', answer: { status: 'resumed', stage: 'resumed' } };
    expect((await harness.post(url, { by: 'staff-02' }, 'second-word')).body.status).toBe('resumed');
  });

  it('starts a workflow that nobody has started, and says when it is still not there', async () => {
    harness.gateway.fault = new OutcomeUnknown('Temporal is away');
    const { links } = (await open()).body;
    harness.gateway.fault = undefined;
    harness.gateway.outcome = { status: 'not-running' };
    harness.gateway.asked = [];
    const told = await harness.post(`${links.self}/acknowledgement`, { by: 'staff-02' });
    expect(told.status).toBe(503);
    expect(harness.gateway.asked.map(({ kind }) => kind)).toEqual(['update', 'start', 'update']);
  });

  it('an incident that is not known, or of another tenant, is 404', async () => {
    expect((await harness.post('/v1/incidents/none/acknowledgement', { by: 'staff-02' })).status).toBe(404);
    expect((await harness.get('/v1/incidents/none')).status).toBe(404);
  });
});

describe('what an incident stops here', () => {
  it('new applications: refused with what stops them and when to come again, and nothing is kept', async () => {
    const { incidentId } = (await open({ scope: { product: 'cash-loan' } })).body;
    const count = () =>
      Promise.all(['application', 'borrower', 'vault_identity_version', 'idempotency_record'].map(harness.count));
    const before = await count();
    const refused = await harness.post('/v1/applications', applicationOf('stopped'), 'apply-1');
    expect(refused).toMatchObject({
      status: 503,
      headers: { 'retry-after': '300' },
      body: {
        type: 'urn:creditloom:problem:stopped-by-incident',
        reasonCodes: ['INCIDENT_MEASURE'],
        restriction: { incidentId, remedyChannel: 'hotline' },
      },
    });
    expect(await count()).toEqual(before);
    const card = applicationOf('card-goes-on', { product: 'revolving' });
    expect((await harness.post('/v1/applications', card)).status).toBe(202);
    await lift(incidentId);
    expect((await harness.post('/v1/applications', applicationOf('stopped'), 'apply-1')).status).toBe(202);
  });

  it('an application that was answered before is answered as before', async () => {
    const first = await harness.post('/v1/applications', applicationOf('before'), 'apply-2');
    await open();
    const again = await harness.post('/v1/applications', applicationOf('before'), 'apply-2');
    expect({ status: again.status, body: again.body }).toEqual({ status: first.status, body: first.body });
  });

  it('draws and purchases: the refusal of the workflow is told with what stops it', async () => {
    const restriction = { incidentId: 'incident-9', remedyChannel: 'hotline' };
    await offeredApplication(harness, 'offered', 'cash-loan');
    await openedAccount(harness, 'card', 'revolving');
    harness.gateway.outcome = {
      status: 'answered',
      answer: { status: 'refused', reasonCodes: ['INCIDENT_MEASURE'], restriction },
    };
    const draw = { principalFen: 100_000, months: 3, method: 'level' };
    expect(await harness.post('/v1/offers/offered/acceptance', draw)).toMatchObject({
      status: 422,
      body: { reasonCodes: ['INCIDENT_MEASURE'], restriction },
    });
    harness.gateway.outcome = {
      status: 'answered',
      answer: { status: 'declined', reasonCodes: ['INCIDENT_MEASURE'], availableFen: 1, restriction },
    };
    const bought = await harness.post('/v1/accounts/card/purchases', { purchaseId: 'o-1', amountFen: 100 });
    expect(bought).toMatchObject({ status: 200, body: { status: 'declined', restriction } });
  });
});

describe('reading', () => {
  it('lists what is in force alone, or all with those without a review first', async () => {
    const [first, second] = [(await open()).body.incidentId, (await open()).body.incidentId];
    await lift(first);
    const listed = async (query: string) =>
      (await harness.get(`/v1/incidents${query}`)).body.items.map((item: { incidentId: string }) => item.incidentId);
    expect(await listed('?inForce=true')).toEqual([second]);
    expect(await listed('')).toEqual(expect.arrayContaining([first, second]));
    const { body } = await harness.get(`/v1/incidents/${first}`);
    expect(body).toMatchObject({ stage: 'resumed', resumeApprovedBy: ['staff-02', 'staff-03'] });
  });
});
