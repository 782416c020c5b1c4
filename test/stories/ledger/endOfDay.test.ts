/** Business days close and seal by themselves: in order, after their accounts have stepped, a missed day caught up. */
import { describe, expect, it } from '@jest/globals';
import { accountClient } from '../../../src/contracts/credit/accountClient';
import { startEndOfDay } from '../../../src/contracts/ledger/endOfDayClient';
import { workflowIds } from '../../../src/contracts/names';
import { acceptOffer, applicationState } from '../../../src/contracts/origination/application';
import { listSeals } from '../../../src/db/evidence/evidenceRecords';
import { readIncidentEvents } from '../../../src/db/incidents/incidentEvents';
import { listIncidents } from '../../../src/db/incidents/incidents';
import { listDailyCloses } from '../../../src/db/ledger/dailyCloses';
import { REAL_TIME } from '../../../src/domain/values/clock';
import { createTemporalGateway } from '../../../src/platform/temporalGateway';
import { Credit, until } from '../../support/credits';
import { DAY_MS, type Deployment, TENANT, withDeployment } from '../../support/deployment';

const LONG = { lookEveryMs: 30 * DAY_MS };
const WORKFLOW_ID = workflowIds.endOfDay(TENANT);

/** The tries on record, by day of March. */
async function closes({ pool }: Deployment): Promise<string[]> {
  const all = await listDailyCloses(pool, { tenantId: TENANT, limit: 100 });
  return all.reverse().map(({ businessDate, outcome }) => `${Number(businessDate.slice(8))} ${outcome}`);
}

async function sealedDays({ pool }: Deployment): Promise<number[]> {
  const seals = await listSeals(pool, { tenantId: TENANT, limit: 100 });
  return seals.map(({ businessDate }) => Number(businessDate.slice(8)));
}

async function details({ env }: Deployment): Promise<string> {
  const handle = env.client.workflow.getHandle(WORKFLOW_ID);
  const { currentDetails } = await handle.query<{ currentDetails?: string }>('__temporal_workflow_metadata');
  return currentDetails ?? '';
}

/** Its first look is over: what follows is told by timers. */
async function begun(deployment: Deployment): Promise<void> {
  await startEndOfDay(createTemporalGateway(deployment.env.client), { tenantId: TENANT, clock: REAL_TIME });
  await until(async () => (await details(deployment)) !== '');
}

const days = (words: string) => words.split(' ').map((day) => `${day} succeeded`);

describe('the end of the day', () => {
  it('closes each date that has ended and seals it afterwards, and catches up what was missed, in order', () =>
    withDeployment(async (deployment) => {
      const { env } = deployment;
      const loan = await new Credit(deployment, 'daily', 'cash-loan').open({ months: 3 });
      await begun(deployment);
      expect(await details(deployment)).toContain('no date is closed yet');
      await loan.sleepDays(2);
      await until(async () => (await sealedDays(deployment)).length === 2);
      expect(await closes(deployment)).toEqual(days('3 4'));
      expect(await sealedDays(deployment)).toEqual([3, 4]);
      const year = (await loan.today()).slice(0, 4);
      expect(await details(deployment)).toContain(`**closed through ${year}-03-04**`);
      expect(await details(deployment)).toContain(`sealed through ${year}-03-04`);
      const { searchAttributes } = await env.client.workflow.getHandle(WORKFLOW_ID).describe();
      expect(searchAttributes).toMatchObject({ CreditloomTenant: [TENANT], CreditloomStage: ['closed'] });

      // Nobody is there for three days; money that comes meanwhile is booked, and closed with its day.
      await env.client.workflow.getHandle(WORKFLOW_ID).terminate('a long outage');
      await loan.sleepDays(1);
      await loan.pay('meanwhile', 1_000);
      await loan.sleepDays(2);
      expect(await closes(deployment)).toEqual(days('3 4'));
      await startEndOfDay(createTemporalGateway(env.client), { tenantId: TENANT, clock: REAL_TIME });
      await until(async () => (await sealedDays(deployment)).length === 5);
      expect(await closes(deployment)).toEqual(days('3 4 5 6 7'));
      expect(await sealedDays(deployment)).toEqual([3, 4, 5, 6, 7]);
      await loan.sleepDays(1);
      await until(async () => (await sealedDays(deployment)).length === 6);
      expect(await closes(deployment)).toEqual(days('3 4 5 6 7 8'));
    }, LONG));

  it('waits for an account that has not stepped, calls a person when it takes too long, and goes on when it has', () => {
    let isLost = false;
    return withDeployment(
      async (deployment) => {
        const { env } = deployment;
        const punctual = await new Credit(deployment, 'punctual', 'cash-loan').open({ months: 3 });
        await begun(deployment);
        await punctual.sleepDays(1);
        // An account whose workflow was never started: it is open in the books, and nobody steps it.
        isLost = true;
        const late = new Credit(deployment, 'late', 'cash-loan');
        const handle = await late.apply();
        await until(async () => (await handle.query(applicationState)).stage === 'offered');
        const acceptedOn = await late.today();
        const draw = { product: 'cash-loan', key: 'k', acceptedOn, principalFen: 500_000, months: 3 } as const;
        const costSheet = await late.confirmedSheet({ ...draw, method: 'level' });
        const opened = await handle.executeUpdate(acceptOffer, { args: [{ ...draw, method: 'level', costSheet }] });
        if (opened.status !== 'opened') throw new Error('not opened');
        await punctual.sleepDays(3);
        await until(async () => (await details(deployment)).includes('waits for the step of'));
        expect(await closes(deployment)).toEqual(days('3'));
        expect(await sealedDays(deployment)).toEqual([3]);
        expect(await details(deployment)).toMatch(/-03-04 waits for the step of account late-1/);
        const { accountId } = opened;
        // Twelve hours, and it called a person: once, and it closed nothing.
        const [alarm, ...others] = await listIncidents(deployment.pool, { tenantId: TENANT, limit: 9 });
        expect(others).toEqual([]);
        expect(alarm).toMatchObject({ reasonCode: 'DAILY_CLOSE_WAITS', measures: [], scope: { product: 'cash-loan' } });
        const { incidentId = '' } = alarm ?? {};
        const events = await readIncidentEvents(deployment.pool, { tenantId: TENANT, incidentId });
        expect(events).toMatchObject([{ kind: 'opened', body: { found: [{ accountId }] } }]);
        expect(await details(deployment)).toContain(`waited too long: ${incidentId} was opened`);
        deployment.started.add(workflowIds.cashLoan(TENANT, accountId));
        const account = { tenantId: TENANT, accountId, product: 'cash-loan' as const, clock: REAL_TIME };
        await accountClient(createTemporalGateway(env.client), account).start();
        const loan = env.client.workflow.getHandle(workflowIds.cashLoan(TENANT, accountId));
        await until(async () => (await loan.describe()).searchAttributes.CreditloomStage !== undefined);
        await env.sleep(DAY_MS / 24);
        await until(async () => (await sealedDays(deployment)).length === 4);
        expect(await closes(deployment)).toEqual(days('3 4 5 6'));
        expect(await sealedDays(deployment)).toEqual([3, 4, 5, 6]);
        expect(await details(deployment)).not.toContain('wait');
      },
      {
        ...LONG,
        activities: (real) => ({
          async startAccount(input) {
            if (!isLost) await real.startAccount(input);
          },
        }),
      },
    );
  });

  it('tells a red close, and goes on with the next days; mended, they are closed in order', () =>
    withDeployment(async (deployment) => {
      const { owner, pool } = deployment;
      const loan = await new Credit(deployment, 'wrong', 'cash-loan').open({ months: 3 });
      await begun(deployment);
      const add = (fen: number) =>
        owner.query('update credit_account set outstanding_fen = outstanding_fen + $1', [fen]);
      await add(1);
      await loan.sleepDays(2);
      await until(async () => (await sealedDays(deployment)).length === 2);
      expect(await closes(deployment)).toEqual(['3 failed', '4 failed']);
      expect(await sealedDays(deployment)).toEqual([3, 4]);
      expect(await details(deployment)).toMatch(/open with differences: \d+-03-03, \d+-03-04: projection 1/);
      const alarms = await listIncidents(pool, { tenantId: TENANT, limit: 9, onlyInForce: true });
      expect(alarms).toMatchObject([{ reasonCode: 'DAILY_CLOSE_DIFFERS', measures: [] }]);
      await add(-1);
      await loan.sleepDays(1);
      await until(async () => (await sealedDays(deployment)).length === 3);
      expect(await closes(deployment)).toEqual(['3 failed', '4 failed', ...days('3 4 5')]);
      expect(await details(deployment)).toMatch(/\*\*closed through \d+-03-05\*\*/);
    }, LONG));
});
