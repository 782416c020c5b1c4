/**
 * Lives whose run is gone, started again under their id: Temporal keeps a closed run for a time, the books keep what came
 * of it. A new run under the id of a closed one is what Temporal allows once the closed one is deleted.
 */
import { describe, expect, it } from '@jest/globals';
import type { WorkflowHandle } from '@temporalio/client';
import { paymentReceived } from '../../../src/contracts/credit/account';
import type { IncidentInput } from '../../../src/contracts/incidents/incident';
import { approveResume } from '../../../src/contracts/incidents/incident';
import { TASK_QUEUE, workflowIds } from '../../../src/contracts/names';
import { type ApplicationInput, acceptOffer, applicationState } from '../../../src/contracts/origination/application';
import { readApplication } from '../../../src/db/origination/applications';
import { REAL_TIME } from '../../../src/domain/values/clock';
import { Credit, SOUND, until } from '../../support/credits';
import { type Deployment, TENANT, withDeployment } from '../../support/deployment';
import { signedBy } from '../../support/signed';

const NOBODY_LISTENS = { lookEveryMs: 30 * 86_400_000 };

/** How a workflow that was started ended: its result, or the type and words of its failure. */
async function endOf(handle: WorkflowHandle): Promise<unknown> {
  return handle.result().catch((error: { cause?: { type?: string; message?: string } }) => {
    return [error.cause?.type, error.cause?.message];
  });
}

function startAs(deployment: Deployment, workflowId: string, type: string, input: object): Promise<WorkflowHandle> {
  const options = { workflowId, taskQueue: TASK_QUEUE, args: [input] };
  return deployment.env.client.workflow.start(type, { ...options, workflowIdReusePolicy: 'ALLOW_DUPLICATE' });
}

function applyAgain(deployment: Deployment, applicationId: string, changes: Partial<ApplicationInput> = {}) {
  const input: ApplicationInput = {
    tenantId: TENANT,
    applicationId,
    borrowerId: `b-${applicationId}`,
    product: 'cash-loan' as const,
    requestedFen: 1_000_000,
    facts: SOUND,
    clock: REAL_TIME,
    ...changes,
  };
  return startAs(deployment, workflowIds.application(TENANT, applicationId), 'application', input);
}

const inBooks = ({ pool }: Deployment, applicationId: string) =>
  readApplication(pool, { tenantId: TENANT, applicationId });

describe('an application that is started again', () => {
  it('after its end, or by another borrower, ends at once and changes nothing', () =>
    withDeployment(async (deployment) => {
      const card = await new Credit(deployment, 'used', 'revolving').open();
      await until(async () => (await inBooks(deployment, 'used'))?.stage === 'accepted');
      const before = await inBooks(deployment, 'used');
      const again = await applyAgain(deployment, 'used', { product: 'revolving' });
      expect(await endOf(again)).toEqual(['Conflict', expect.stringContaining('is accepted already')]);
      const other = await applyAgain(deployment, 'used', { product: 'revolving', borrowerId: 'somebody-else' });
      expect(await endOf(other)).toEqual(['Conflict', expect.stringContaining('other content')]);
      expect(await inBooks(deployment, 'used')).toEqual(before);
      expect(await card.state()).toMatchObject({ stage: 'current' });

      const knockedOut = { ...SOUND, finances: { ...SOUND.finances, openOverdue: true } };
      const declined = await new Credit(deployment, 'no', 'cash-loan').apply(knockedOut);
      expect(await declined.result()).toMatchObject({ stage: 'declined' });
      expect(await endOf(await applyAgain(deployment, 'no', { facts: knockedOut }))).toEqual([
        'Conflict',
        expect.stringContaining('is declined already'),
      ]);
    }, NOBODY_LISTENS));

  it('while its offer stands, by another borrower, gives nobody else the offer', () =>
    withDeployment(async (deployment) => {
      const handle = await new Credit(deployment, 'open', 'cash-loan').apply();
      await until(async () => (await handle.query(applicationState)).stage === 'offered');
      await handle.terminate('its run is gone');
      const before = await inBooks(deployment, 'open');
      for (const changes of [
        { borrowerId: 'thief' },
        { requestedFen: 2_000_000 },
        { facts: undefined, borrowerId: 'x' },
      ]) {
        expect(await endOf(await applyAgain(deployment, 'open', changes))).toEqual([
          'Conflict',
          expect.stringContaining('other content'),
        ]);
      }
      const elsewhere = await startAs(deployment, 'application/mine', 'application', {
        tenantId: TENANT,
        applicationId: 'open',
        borrowerId: 'b-open',
        product: 'cash-loan',
        requestedFen: 1_000_000,
        clock: REAL_TIME,
      });
      expect(await endOf(elsewhere)).toEqual(['Conflict', expect.stringContaining('lives as')]);
      expect(await inBooks(deployment, 'open')).toEqual(before);
    }, NOBODY_LISTENS));

  it('while its offer stands, by itself, goes on with what was taken of it', () =>
    withDeployment(async (deployment) => {
      const loan = await new Credit(deployment, 'lost', 'cash-loan').open({ principalFen: 400_000 });
      const lost = deployment.env.client.workflow.getHandle(workflowIds.application(TENANT, 'lost'));
      const { remainingFen } = await lost.query(applicationState);
      await lost.terminate('its run is gone');
      const handle = await applyAgain(deployment, 'lost');
      await until(async () => (await handle.query(applicationState)).stage === 'offered');
      await until(async () => (await handle.query(applicationState)).accountIds.length > 0);
      expect(await handle.query(applicationState)).toMatchObject({ accountIds: [loan.accountId], remainingFen });
      const tooMuch = { product: 'cash-loan' as const, key: 'k2', months: 3, method: 'level' as const };
      const acceptance = { ...tooMuch, acceptedOn: await loan.today(), principalFen: remainingFen + 100 };
      expect(await handle.executeUpdate(acceptOffer, { args: [acceptance] })).toMatchObject({ status: 'refused' });
      await loan.sleepDays(deployment.policy.assessment.offerValidDays + 1);
      expect(await handle.result()).toMatchObject({ stage: 'accepted', accountIds: [loan.accountId] });
      expect((await inBooks(deployment, 'lost'))?.stage).toBe('accepted');
    }, NOBODY_LISTENS));
});

describe('an account that is started', () => {
  it('and is not in the books, or under an id that is not its own, ends at once', () =>
    withDeployment(async (deployment) => {
      const card = await new Credit(deployment, 'card', 'revolving').open();
      const input = { tenantId: TENANT, clock: REAL_TIME };
      const start = async (workflowId: string, type: string, accountId: string) =>
        endOf(await startAs(deployment, workflowId, type, { ...input, accountId }));
      const unknown = workflowIds.cashLoan(TENANT, 'nobody-1');
      expect(await start(unknown, 'cashLoan', 'nobody-1')).toEqual([
        'NotFound',
        expect.stringContaining('not in the books'),
      ]);
      const asLoan = workflowIds.cashLoan(TENANT, card.accountId);
      for (const [id, type] of [
        [asLoan, 'cashLoan'],
        ['mine', 'revolvingAccount'],
      ] as const) {
        expect(await start(id, type, card.accountId)).toEqual(['Conflict', expect.stringContaining('lives as')]);
      }
      // Money that was told there is kept with all that it said, and told in the account's timeline.
      const money = { paymentId: 'p1', amountFen: 500, paidOn: await card.today(), intent: 'instalment' } as const;
      const misled = await deployment.env.client.workflow.signalWithStart('revolvingAccount', {
        workflowId: 'mine-too',
        taskQueue: TASK_QUEUE,
        args: [{ ...input, accountId: card.accountId }],
        signal: paymentReceived,
        signalArgs: [money] as [typeof money],
      });
      expect(await endOf(misled)).toEqual(['Conflict', expect.stringContaining('lives as')]);
      const { rows } = await deployment.pool.query('select kind, reason_codes as codes, body from refused_arrival');
      expect(rows).toEqual([{ kind: 'payment', codes: ['WRONG_WORKFLOW'], body: { kind: 'payment', payment: money } }]);
      expect(await card.state()).toMatchObject({ stage: 'current' });
    }, NOBODY_LISTENS));
});

describe('an incident that is opened again under its id', () => {
  it('is refused when it is over, and with other content: nobody believes that something is stopped', () =>
    withDeployment(async (deployment) => {
      const opening = {
        by: 'staff-01',
        measures: ['draws' as const],
        reasonCode: 'WRONG_AMOUNTS',
        remedyChannel: 'hotline',
      };
      const workflowId = workflowIds.incident(TENANT, 'stop');
      const start = (changes: Partial<typeof opening> = {}) => {
        const input: IncidentInput = { tenantId: TENANT, incidentId: 'stop', clock: REAL_TIME };
        return startAs(deployment, workflowId, 'incident', { ...input, opening: { ...opening, ...changes } });
      };
      const first = await start();
      for (const by of ['staff:01', 'staff:02']) {
        await first.executeUpdate(approveResume, signedBy(by, first, approveResume, { by }));
      }
      await first.terminate('its run is gone');
      expect(await endOf(await start())).toEqual(['Conflict', expect.stringContaining('is over')]);
      expect(await endOf(await start({ reasonCode: 'ANOTHER_REASON' }))).toEqual([
        'Conflict',
        expect.stringContaining('other content'),
      ]);
    }, NOBODY_LISTENS));
});
