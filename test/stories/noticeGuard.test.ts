/** The guard in a deployment: a wording that nobody reviewed is held before it leaves, and two people let it go on. */
import { expect, it } from '@jest/globals';
import { approveResume } from '../../src/contracts/incident';
import { workflowIds } from '../../src/contracts/names';
import { incidentsWithoutWorkflow } from '../../src/db/statements/incidents';
import { GUARD_POLICY } from '../../src/domain/anomalyGuard';
import { REAL_TIME } from '../../src/domain/clock';
import type { SmsMessage, SmsProvider } from '../../src/sms/port';
import { startIncident } from '../../src/workflowStarts';
import { Credit, until } from '../support/credits';
import { DAY_MS, TENANT, withDeployment } from '../support/deployment';
import { noticesOf } from '../support/notices';

it('holds a wording that was changed behind the review, opens the incident by itself, and goes on by two people', () => {
  const sent: SmsMessage[] = [];
  const carrier: SmsProvider = {
    name: 'carrier',
    capabilities: { freeText: true, echoesReference: true, maxParts: 8, perSecond: 1_000 },
    async send(message) {
      sent.push(message);
      return { status: 'accepted', providerMessageIds: [message.reference] };
    },
  };
  return withDeployment(
    async (deployment) => {
      const { pool, env } = deployment;
      // What no statement of ours can do: whoever has the database takes the guard of the table off for it.
      const reword = async (from: string, to: string) => {
        await pool.query('alter table notice_template disable trigger user');
        await pool.query(
          `update notice_template set body = replace(body, $1, $2) where kind = 'loan-disbursed' and status = 'active'`,
          [from, to],
        );
        await pool.query('alter table notice_template enable trigger user');
      };
      await reword('APP', 'APP或致电');
      const loan = await new Credit(deployment, 'rogue', 'cash-loan').open();
      await until(async () => (await pool.query('select from incident')).rowCount === 1);
      const [notice] = await noticesOf(pool, TENANT, loan.accountId);
      expect(notice).toMatchObject({ status: 'planned', attemptedAtMs: null });
      expect(sent).toEqual([]);
      const { rows: holds } = await pool.query('select distinct rule from notice_hold order by 1');
      expect(holds.map(({ rule }) => rule)).toContain('template');
      const { rows } = await pool.query('select measures, scope, stage from incident');
      expect(rows).toEqual([{ measures: ['notices'], scope: { templateKind: 'loan-disbursed' }, stage: 'open' }]);

      await reword('APP或致电', 'APP');
      const [incidentId = ''] = await incidentsWithoutWorkflow(pool, { tenantId: TENANT });
      await startIncident(env.client, { tenantId: TENANT, incidentId, clock: REAL_TIME });
      deployment.started.add(workflowIds.incident(TENANT, incidentId));
      const incident = env.client.workflow.getHandle(workflowIds.incident(TENANT, incidentId));
      const approve = (by: string) => incident.executeUpdate(approveResume, { args: [{ by }] });
      expect(await approve('staff-01')).toMatchObject({ status: 'needs-second-person' });
      expect(await approve('staff-01')).toMatchObject({ status: 'refused' });
      expect(sent).toEqual([]);
      expect(await approve('staff-02')).toMatchObject({ status: 'resumed' });
      await env.sleep(DAY_MS);
      await until(async () => sent.length === 1);
      expect(sent[0]?.text).toContain('已到账');
      expect(sent[0]?.text).not.toContain('致电');
    },
    { providers: [carrier], guard: GUARD_POLICY, lookEveryMs: DAY_MS },
  );
});
