/** An emergency from its opening to its review: what it stops at once, what goes on in order, and who is told when. */
import { describe, expect, it } from '@jest/globals';
import { setDebitMandate } from '../../../src/contracts/debits/debitMandate';
import {
  acknowledge,
  answerAppeal,
  appeal,
  approveResume,
  changeMeasures,
  type IncidentInput,
  incidentState,
  note,
  type PersonalOpening,
  recordReview,
} from '../../../src/contracts/incidents/incident';
import { startIncident, startIncidents } from '../../../src/contracts/incidents/incidentClient';
import { TASK_QUEUE, workflowIds } from '../../../src/contracts/names';
import { acceptOffer, applicationState, decideReferral } from '../../../src/contracts/origination/application';
import { type DebitRow, listDebits } from '../../../src/db/debits/plannedDebits';
import { readIncidentEvents } from '../../../src/db/incidents/incidentEvents';
import { openIncident } from '../../../src/db/incidents/incidentOpenings';
import { incidentsWithoutWorkflow, measuresInForce, readIncident } from '../../../src/db/incidents/incidents';
import { inTransaction } from '../../../src/db/transaction';
import { type Measure, stoppedBy } from '../../../src/domain/incidents/incidents';
import { addDays, type IsoDate } from '../../../src/domain/values/calendar';
import { REAL_TIME } from '../../../src/domain/values/clock';
import { OutcomeUnknown } from '../../../src/platform/outcomeUnknown';
import { createTemporalGateway } from '../../../src/platform/temporalGateway';
import { keepIncidents } from '../../../src/platform/wiring/incidentKeeper';
import { withApi } from '../../support/api';
import { Credit, until } from '../../support/credits';
import { DAY_MS, type Deployment, type DeploymentOptions, TENANT, withDeployment } from '../../support/deployment';
import { noticesOf } from '../../support/notices';
import { signedBy } from '../../support/signed';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const RARELY: DeploymentOptions = { lookEveryMs: 30 * DAY_MS };

const OPENING: PersonalOpening = {
  by: 'staff-01',
  measures: ['notices', 'draws', 'auto-debit', 'applications'],
  reasonCode: 'WRONG_AMOUNTS',
  remedyChannel: 'hotline',
};

function handleOf({ env }: Deployment, incidentId: string) {
  return env.client.workflow.getHandle(workflowIds.incident(TENANT, incidentId));
}

/** As a person does it in the Web UI: by starting the workflow. */
async function openByPerson(deployment: Deployment, incidentId: string, changes: Partial<PersonalOpening> = {}) {
  const input: IncidentInput = {
    tenantId: TENANT,
    incidentId,
    clock: REAL_TIME,
    opening: { ...OPENING, ...changes },
  };
  await startIncident(createTemporalGateway(deployment.env.client), input);
  await until(async () => (await inForce(deployment)).includes(incidentId));
  return handleOf(deployment, incidentId);
}

/** As a guard does it: inside a transaction of its own, with no workflow yet. */
function openByGuard({ env, pool }: Deployment, measures: Measure[]) {
  return inTransaction(pool, async (client) =>
    openIncident(client, {
      tenantId: TENANT,
      dedupeKey: 'surge',
      measures,
      reasonCode: 'NOTICE_SURGE',
      remedyChannel: 'hotline',
      openedBy: { kind: 'guard', id: 'anomaly' },
      atMs: await env.currentTimeMs(),
    }),
  );
}

async function inForce({ pool }: Deployment): Promise<string[]> {
  return (await measuresInForce(pool, { tenantId: TENANT })).map(({ incidentId }) => incidentId);
}

async function timeline({ pool }: Deployment, incidentId: string) {
  return readIncidentEvents(pool, { tenantId: TENANT, incidentId });
}

/** As the API sends it for somebody. */
function approve(handle: ReturnType<typeof handleOf>, by: string) {
  return handle.executeUpdate(approveResume, signedBy(by, handle, approveResume, { by }));
}

async function resume(deployment: Deployment, incidentId: string): Promise<void> {
  const handle = handleOf(deployment, incidentId);
  for (const by of ['staff:02', 'staff:03']) await approve(handle, by);
}

async function end(deployment: Deployment, incidentId: string) {
  const handle = handleOf(deployment, incidentId);
  const review = { by: 'staff-09', summary: 'a figure was wrong', actions: ['compare figures before a release'] };
  await handle.executeUpdate(recordReview, { args: [review] });
  return handle.result();
}

async function withMandate(deployment: Deployment, name: string): Promise<Credit> {
  const loan = await new Credit(deployment, name, 'cash-loan').open({ months: 3 });
  const mandate = { changeId: 'm1', mandateId: `mandate-${name}`, agreedOn: await loan.today() };
  await loan.handle.executeUpdate(setDebitMandate, { args: [mandate] });
  return loan;
}

async function firstDebit({ deployment: { pool }, accountId }: Credit): Promise<DebitRow> {
  const [debit] = await listDebits(pool, { tenantId: TENANT, accountId });
  if (!debit) throw new Error('a debit was planned');
  return debit;
}

async function moved({ pool }: Deployment): Promise<string[]> {
  const { rows } = await pool.query<{ reference: string }>('select reference from sandbox_debit order by reference');
  return rows.map(({ reference }) => reference);
}

describe('an incident that a person opens', () => {
  it('stops draws, purchases, debits and notices at once, also what is queued; two people resume, and it goes on', () =>
    withDeployment(async (deployment) => {
      const loan = await withMandate(deployment, 'a');
      const card = await new Credit(deployment, 'card', 'revolving').open();
      const { dueDate } = (await loan.now()).obligations[0] as { dueDate: IsoDate };
      await loan.sleepUntil(dueDate, '19:30');
      const handle = await openByPerson(deployment, 'stop-all');

      expect(await card.buy('o1', 10_000)).toMatchObject({
        status: 'declined',
        reasonCodes: ['INCIDENT_MEASURE'],
        restriction: { incidentId: 'stop-all', remedyChannel: 'hotline' },
      });
      const acceptedOn = await loan.today();
      const draw = { product: 'cash-loan', key: 'more', acceptedOn, principalFen: 100_000, months: 3 } as const;
      const applied = deployment.env.client.workflow.getHandle(workflowIds.application(TENANT, 'second'));
      await new Credit(deployment, 'second', 'cash-loan').apply();
      await until(async () => (await applied.query(applicationState)).stage === 'referred');
      expect((await applied.query(applicationState)).assessment?.reasonCodes).toEqual(['INCIDENT_MEASURE']);
      const decided = { decision: 'approve', decidedBy: 'staff-05', reason: 'seen on paper' } as const;
      await applied.executeUpdate(decideReferral, { args: [decided] });
      expect(await applied.executeUpdate(acceptOffer, { args: [{ ...draw, method: 'level' }] })).toMatchObject({
        status: 'refused',
        reasonCodes: ['INCIDENT_MEASURE'],
        restriction: { incidentId: 'stop-all', remedyChannel: 'hotline' },
      });
      const deed = { measure: 'notices', templateKind: 'due-today', provider: 'sink' } as const;
      expect(stoppedBy(await measuresInForce(deployment.pool, { tenantId: TENANT }), deed)).toBe('stop-all');

      await loan.sleepUntil(dueDate, '20:52');
      expect(await firstDebit(loan)).toMatchObject({ status: 'planned', attemptedAtMs: null });
      expect(await moved(deployment)).toEqual([]);

      await handle.executeUpdate(acknowledge, { args: [{ by: 'staff-01' }] });
      for (const by of ['staff:01', 'staff:02']) {
        // Names that nobody signed, as anybody can say them in the Web UI.
        const unsigned = await handle.executeUpdate(approveResume, { args: [{ by }] });
        expect(unsigned).toEqual({ status: 'refused', refusal: 'unverified', stage: 'acknowledged' });
      }
      const first = await approve(handle, 'staff:01');
      expect(first).toEqual({ status: 'needs-second-person', stage: 'resuming' });
      const again = await approve(handle, 'staff:01');
      expect(again).toEqual({ status: 'refused', refusal: 'same-person', stage: 'resuming' });
      expect(await inForce(deployment)).toEqual(['stop-all']);
      const second = await approve(handle, 'staff:02');
      expect(second).toEqual({ status: 'resumed', stage: 'resumed' });
      expect(await inForce(deployment)).toEqual([]);

      // Without waiting for the next look: the lanes were rung.
      await until(async () => (await firstDebit(loan)).status === 'settled');
      expect(await card.buy('o1', 10_000)).toMatchObject({ status: 'approved' });
      expect(await end(deployment, 'stop-all')).toMatchObject({ stage: 'reviewed' });
      const kinds = (await timeline(deployment, 'stop-all')).map(({ kind, by }) => `${kind} ${by}`);
      expect(kinds.filter((kind) => !kind.startsWith('escalated'))).toEqual([
        'opened temporal:unverified',
        'acknowledged temporal:unverified',
        'resume-approved staff:01',
        'resumed staff:02',
        'reviewed temporal:unverified',
      ]);
    }, RARELY));

  it('stops the product in its scope alone', () =>
    withDeployment(async (deployment) => {
      const card = await new Credit(deployment, 'card', 'revolving').open();
      await openByPerson(deployment, 'loans', { measures: ['draws'], scope: { product: 'cash-loan' } });
      expect(await card.buy('o1', 10_000)).toMatchObject({ status: 'approved' });
      await openByPerson(deployment, 'cards', { measures: ['draws'], scope: { product: 'revolving' } });
      expect(await card.buy('o2', 10_000)).toMatchObject({ restriction: { incidentId: 'cards' } });
    }));

  it('is refused where a scope could not be compared, and where it is no incident on record', () =>
    withDeployment(async ({ env }) => {
      const opening = { ...OPENING, scope: { region: 'east' } };
      const start = async (incidentId: string, input: Partial<IncidentInput>) => {
        const handle = await env.client.workflow.start('incident', {
          workflowId: workflowIds.incident(TENANT, incidentId),
          taskQueue: TASK_QUEUE,
          args: [{ tenantId: TENANT, incidentId, clock: REAL_TIME, ...input }],
        });
        return handle.result().catch((error: { cause?: { message: string } }) => error.cause?.message);
      };
      expect(await start('east', { opening })).toContain('opening.scope.region cannot narrow draws');
      expect(await start('nowhere', {})).toContain('incident nowhere is not on record');
    }));
});

describe('debits that were paused', () => {
  it('go on once the lanes are rung, each for what is still owed', () =>
    withDeployment(async (deployment) => {
      const [first, second] = [await withMandate(deployment, 'b'), await withMandate(deployment, 'a')];
      const { dueDate } = await firstDebit(first);
      await first.sleepUntil(dueDate, '19:00');
      await openByPerson(deployment, 'debits', { measures: ['auto-debit'] });
      await first.sleepUntil(dueDate, '20:32');
      expect(await moved(deployment)).toEqual([]);
      const { owedFen } = (await first.now()).obligations[0] as { owedFen: number };
      await first.pay('by-hand', 1_000);
      await resume(deployment, 'debits');
      await until(async () => (await moved(deployment)).length === 2);
      await until(async () => (await firstDebit(first)).status === 'settled');
      expect((await firstDebit(first)).amountFen).toBe(owedFen - 1_000);
      await until(async () => (await firstDebit(second)).status === 'settled');
      await end(deployment, 'debits');
    }, RARELY));

  it('are dropped with their reason where they are stale by then', () =>
    withDeployment(async (deployment) => {
      const loan = await withMandate(deployment, 'a');
      const { dueDate } = await firstDebit(loan);
      await openByPerson(deployment, 'long', { measures: ['auto-debit'] });
      await loan.sleepUntil(addDays(dueDate, 4), '12:02');
      expect(await firstDebit(loan)).toMatchObject({ status: 'planned' });
      // Nobody was told of an hour at which nothing would be debited.
      const told = (await noticesOf(deployment.pool, TENANT, loan.accountId)).flatMap(({ kind, text }) =>
        kind.startsWith('due-') && text !== null ? [text] : [],
      );
      expect(told.length).toBeGreaterThan(0);
      for (const text of told) expect(text).not.toMatch(/扣款/);
      await resume(deployment, 'long');
      await until(async () => (await firstDebit(loan)).status === 'cancelled');
      expect(await firstDebit(loan)).toMatchObject({ reasonCode: 'DEBIT_TOO_LATE' });
    }, RARELY));
});

describe('deadlines', () => {
  it('escalate when nobody acknowledges, mitigates, answers or reviews in time, and are told once', () =>
    withDeployment(async (deployment) => {
      const { env } = deployment;
      const handle = await openByPerson(deployment, 'slow', { measures: ['draws'] });
      await env.sleep(16 * MINUTE_MS);
      await until(async () => (await handle.query(incidentState)).escalated.includes('acknowledge/1'));
      await handle.executeUpdate(acknowledge, { args: [{ by: 'staff-02' }] });
      await handle.executeUpdate(appeal, { args: [{ appealId: 'ap-1', borrowerId: 'b-1', by: 'hotline' }] });
      expect((await handle.query(incidentState)).nextDeadline?.name).toBe('mitigate');
      await env.sleep(2 * DAY_MS);
      await until(async () => (await handle.query(incidentState)).escalated.length === 4);
      expect((await handle.query(incidentState)).summary).toContain(
        'missed: acknowledge/1, mitigate/1, mitigate/2, appeal/1/ap-1',
      );
      await resume(deployment, 'slow');
      const review = { by: 'staff-09', summary: 'it was slow', actions: [] };
      const early = await handle.executeUpdate(recordReview, { args: [review] });
      expect(early).toMatchObject({ status: 'refused', refusal: 'appeals-wait' });
      const answer = { appealId: 'ap-1', by: 'staff-03', isUpheld: false, reason: 'the stop was right' };
      await handle.executeUpdate(answerAppeal, { args: [answer] });
      await env.sleep(3 * DAY_MS + HOUR_MS);
      await until(async () => (await handle.query(incidentState)).escalated.includes('review/1'));
      await end(deployment, 'slow');
      const escalated = (await timeline(deployment, 'slow')).filter(({ kind }) => kind === 'escalated');
      expect(escalated.map(({ eventKey }) => eventKey)).toEqual([
        'escalation/acknowledge/1',
        'escalation/mitigate/1',
        'escalation/mitigate/2',
        'escalation/appeal/1/ap-1',
        'escalation/review/1',
      ]);
    }, RARELY));
});

describe('what people do with an incident', () => {
  it('a wider measure withdraws an approval; a narrower one, and a review before its end, are refused', () =>
    withDeployment(async (deployment) => {
      const handle = await openByPerson(deployment, 'wider', { measures: ['draws'] });
      const withdrawn = signedBy('staff:02', handle, approveResume, { by: 'staff:02' });
      await handle.executeUpdate(approveResume, withdrawn);
      const more = { by: 'staff-03', measures: ['draws', 'auto-debit'] as Measure[] };
      expect(await handle.executeUpdate(changeMeasures, { args: [more] })).toMatchObject({ stage: 'acknowledged' });
      const less = await handle.executeUpdate(changeMeasures, { args: [{ by: 'staff-03', measures: ['draws'] }] });
      expect(less).toMatchObject({ status: 'refused', refusal: 'stops-less' });
      const review = { by: 'staff-09', summary: 'too early', actions: [] };
      const early = await handle.executeUpdate(recordReview, { args: [review] });
      expect(early).toMatchObject({ status: 'refused', refusal: 'still-in-force' });
      const once = await approve(handle, 'staff:03');
      expect(once).toMatchObject({ status: 'needs-second-person' });
      // Whoever reads the approval that was withdrawn in the history cannot give it again.
      const replayed = await handle.executeUpdate(approveResume, { args: withdrawn.args, updateId: 'given-again' });
      expect(replayed).toMatchObject({ status: 'refused', refusal: 'unverified' });
      await handle.executeUpdate(note, { args: [{ by: 'staff-03', text: 'the bank was called' }] });
      expect(await inForce(deployment)).toEqual(['wider']);
    }));

  it('an update that is sent twice under one id counts once', () =>
    withDeployment(async (deployment) => {
      const handle = await openByPerson(deployment, 'twice', { measures: ['draws'] });
      const options = signedBy('staff:02', handle, approveResume, { by: 'staff:02' }, 'request-1');
      await handle.executeUpdate(approveResume, options);
      expect(await handle.executeUpdate(approveResume, options)).toMatchObject({ status: 'needs-second-person' });
      expect((await timeline(deployment, 'twice')).map(({ kind }) => kind)).toEqual(['opened', 'resume-approved']);
    }));

  it('an appeal that is upheld releases its borrower at once, and nobody else', () =>
    withDeployment(async (deployment) => {
      const card = await new Credit(deployment, 'card', 'revolving').open();
      const other = await new Credit(deployment, 'other', 'revolving').open();
      const handle = await openByPerson(deployment, 'contested', { measures: ['draws'] });
      expect(await card.buy('o1', 10_000)).toMatchObject({ status: 'declined' });
      const filed = { appealId: 'ap-1', borrowerId: card.borrowerId, by: 'hotline' };
      await handle.executeUpdate(appeal, { args: [filed] });
      const answer = { appealId: 'ap-1', by: 'staff-02', isUpheld: true, reason: 'the amount was right' };
      await handle.executeUpdate(answerAppeal, { args: [answer] });
      expect(await card.buy('o2', 10_000)).toMatchObject({ status: 'approved' });
      expect(await other.buy('o3', 10_000)).toMatchObject({ status: 'declined' });
      const twice = await handle.executeUpdate(answerAppeal, { args: [{ ...answer, appealId: 'ap-2' }] });
      expect(twice).toMatchObject({ status: 'refused', refusal: 'unknown-appeal' });
    }));
});

describe('an incident without a workflow', () => {
  it('is opened over HTTP while Temporal is away, taken up when it is back, and resumed by two people over HTTP', () =>
    withDeployment(async (deployment) => {
      const { env, pool } = deployment;
      const card = await new Credit(deployment, 'card', 'revolving').open();
      const away = () => ({
        start: async () => {
          throw new OutcomeUnknown('Temporal is away');
        },
      });
      await withApi(
        deployment,
        async ({ post }) => {
          const { by: _, ...asked } = { ...OPENING, measures: ['draws'] };
          const opened = await post('/v1/incidents', 'open-1', { ...asked, by: 'staff-01' });
          expect({ status: opened.status, ...opened.body }).toMatchObject({ status: 201, workflow: 'pending' });
          const { incidentId } = opened.body;
          expect(await card.buy('o1', 10_000)).toMatchObject({ restriction: { incidentId } });

          const faults: unknown[] = [];
          let looks = 0;
          const client = new Proxy(env.client, {
            get(target, name) {
              if (name === 'workflow' && ++looks === 1) throw new Error('Temporal is away');
              return target[name as keyof typeof target];
            },
          });
          const keeper = keepIncidents(
            pool,
            createTemporalGateway(client),
            { tenantId: TENANT, clock: REAL_TIME, everyMs: 50 },
            (fault) => faults.push(fault),
          );
          await until(async () => (await incidentsWithoutWorkflow(pool, { tenantId: TENANT })).length === 0);
          await keeper.stop();
          expect(faults).toHaveLength(1);

          const approve = (key: string, by: string) =>
            post(`/v1/incidents/${incidentId}/resume-approvals`, key, {}, by);
          expect((await approve('first', 'staff:02')).body.status).toBe('needs-second-person');
          expect((await approve('again', 'staff:02')).status).toBe(409);
          expect(await inForce(deployment)).toEqual([incidentId]);
          expect((await approve('second', 'staff:03')).body).toMatchObject({ status: 'resumed', stage: 'resumed' });
          expect(await card.buy('o1', 10_000)).toMatchObject({ status: 'approved' });
          const review = { by: 'staff-09', summary: 'a figure was wrong' };
          expect((await post(`/v1/incidents/${incidentId}/review`, 'review', review)).body.stage).toBe('reviewed');
          await handleOf(deployment, incidentId).result();
          const late = await post(`/v1/incidents/${incidentId}/notes`, 'late', { by: 'staff-09', text: 'late' });
          expect({ status: late.status, type: late.body.type }).toEqual({
            status: 409,
            type: 'urn:creditloom:problem:reviewed-already',
          });
        },
        away,
      );
    }));

  it('that was terminated is started again by who has to lift it', () =>
    withDeployment(async (deployment) => {
      await openByPerson(deployment, 'cut', { measures: ['draws'] });
      await handleOf(deployment, 'cut').terminate();
      await withApi(deployment, async ({ post }) => {
        const approve = (by: string) => post('/v1/incidents/cut/resume-approvals', `approve-${by}`, {}, by);
        expect(await inForce(deployment)).toEqual(['cut']);
        expect((await approve('staff:02')).body.status).toBe('needs-second-person');
        expect((await approve('staff:03')).body.status).toBe('resumed');
        expect((await post('/v1/incidents/cut/review', 'review', { by: 's', summary: 'cut' })).status).toBe(200);
      });
      await handleOf(deployment, 'cut').result();
    }));

  it('is in force all the same while Temporal is away, and is taken up by the next look of a worker', () =>
    withDeployment(async (deployment) => {
      const { env, pool } = deployment;
      const card = await new Credit(deployment, 'card', 'revolving').open();
      const { incidentId, isNew } = await openByGuard(deployment, ['draws']);
      expect(isNew).toBe(true);
      expect(await card.buy('o1', 10_000)).toMatchObject({ restriction: { incidentId } });
      await expect(handleOf(deployment, incidentId).describe()).rejects.toThrow();

      const look = async () => {
        const incidentIds = await incidentsWithoutWorkflow(pool, { tenantId: TENANT });
        await startIncidents(createTemporalGateway(env.client), { tenantId: TENANT, clock: REAL_TIME, incidentIds });
        return incidentIds;
      };
      expect(await look()).toEqual([incidentId]);
      await until(async () => (await incidentsWithoutWorkflow(pool, { tenantId: TENANT })).length === 0);
      expect(await openByGuard(deployment, ['draws'])).toEqual({ incidentId, isNew: false });
      expect(await look()).toEqual([]);
      await env.sleep(16 * MINUTE_MS);
      await until(async () =>
        (await timeline(deployment, incidentId)).some(({ eventKey }) => eventKey === 'escalation/acknowledge/1'),
      );
      await resume(deployment, incidentId);
      await end(deployment, incidentId);
      expect(await readIncident(pool, { tenantId: TENANT, incidentId })).toMatchObject({ stage: 'reviewed' });
      expect((await openByGuard(deployment, ['draws'])).isNew).toBe(true);
    }, RARELY));
});
