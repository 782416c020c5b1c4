/** The guard in a deployment: a wording that nobody reviewed is held before it leaves, and two people let it go on. */
import { describe, expect, it } from '@jest/globals';
import type { Pool } from 'pg';
import type { SendOutcome, SmsMessage, SmsProvider } from '../../../src/adapters/sms/port';
import { approveResume } from '../../../src/contracts/incidents/incident';
import { startIncident } from '../../../src/contracts/incidents/incidentClient';
import { workflowIds } from '../../../src/contracts/names';
import { openIncident } from '../../../src/db/incidents/incidentOpenings';
import { incidentsWithoutWorkflow } from '../../../src/db/incidents/incidents';
import { inTransaction } from '../../../src/db/transaction';
import { GUARD_POLICY } from '../../../src/domain/messaging/guard/anomalyGuard';
import { REAL_TIME } from '../../../src/domain/values/clock';
import { createTemporalGateway } from '../../../src/platform/temporalGateway';
import { ownerOf } from '../../setup/environment';
import { takingCarrier } from '../../support/carrier';
import { Credit, until } from '../../support/credits';
import { DAY_MS, type Deployment, TENANT, withDeployment } from '../../support/deployment';
import { noticesOf } from '../../support/notices';
import { signedBy } from '../../support/signed';

/** What no statement of ours can do: whoever has the database takes the guard of the table off for it. */
async function reword(of: Pool, from: string, to: string): Promise<void> {
  const pool = ownerOf(of);
  await pool.query('alter table notice_template disable trigger user');
  await pool.query(
    `update notice_template set body = replace(body, $1, $2) where kind = 'loan-disbursed' and status = 'active'`,
    [from, to],
  );
  await pool.query('alter table notice_template enable trigger user');
}

it('holds a wording that was changed behind the review, opens the incident by itself, and goes on by two people', () => {
  const { carrier, sent } = takingCarrier();
  return withDeployment(
    async (deployment) => {
      const { pool, env } = deployment;
      await reword(pool, 'APP', 'APP或致电');
      const loan = await new Credit(deployment, 'rogue', 'cash-loan').open();
      await until(async () => (await pool.query('select from incident')).rowCount === 1);
      const [notice] = await noticesOf(pool, TENANT, loan.accountId);
      expect(notice).toMatchObject({ status: 'planned', attemptedAtMs: null });
      expect(sent).toEqual([]);
      const { rows: holds } = await pool.query('select distinct rule from notice_hold order by 1');
      expect(holds.map(({ rule }) => rule)).toContain('template');
      const { rows } = await pool.query('select measures, scope, stage from incident');
      expect(rows).toEqual([{ measures: ['notices'], scope: { templateKind: 'loan-disbursed' }, stage: 'open' }]);

      await reword(pool, 'APP或致电', 'APP');
      const [incidentId = ''] = await incidentsWithoutWorkflow(pool, { tenantId: TENANT });
      await startIncident(createTemporalGateway(env.client), { tenantId: TENANT, incidentId, clock: REAL_TIME });
      deployment.started.add(workflowIds.incident(TENANT, incidentId));
      const incident = env.client.workflow.getHandle(workflowIds.incident(TENANT, incidentId));
      const approve = (by: string) =>
        incident.executeUpdate(approveResume, signedBy(by, incident, approveResume, { by }));
      expect(await approve('staff:01')).toMatchObject({ status: 'needs-second-person' });
      expect(await approve('staff:01')).toMatchObject({ status: 'refused' });
      expect(sent).toEqual([]);
      expect(await approve('staff:02')).toMatchObject({ status: 'resumed' });
      await env.sleep(DAY_MS);
      await until(async () => sent.length === 1);
      expect(sent[0]?.text).toContain('已到账');
      expect(sent[0]?.text).not.toContain('致电');
    },
    { providers: [carrier], guard: GUARD_POLICY, lookEveryMs: DAY_MS },
  );
});

describe('what a provider refused', () => {
  const refusedFor = (failure: 'transient' | 'bad-address'): SendOutcome => ({
    status: 'refused',
    failure,
    code: 'NO',
    detail: 'not taken',
  });

  /** The first provider refuses; what happens meanwhile is done before its answer. Returns what the second was given. */
  async function refused(
    { answer, meanwhile }: { answer: SendOutcome; meanwhile: (pool: Pool) => Promise<unknown> },
    check: (deployment: Deployment, accountId: string, second: readonly SmsMessage[]) => Promise<void>,
  ): Promise<void> {
    const capabilities = { freeText: true, echoesReference: true, maxParts: 8, perSecond: 1_000 };
    const given: SmsMessage[] = [];
    let pool: Pool | undefined;
    const first: SmsProvider = {
      name: 'first',
      capabilities,
      async send() {
        if (pool) await meanwhile(pool);
        return answer;
      },
    };
    const second: SmsProvider = {
      name: 'second',
      capabilities,
      async send(message) {
        given.push(message);
        return { status: 'accepted', providerMessageIds: [message.reference] };
      },
    };
    await withDeployment(
      async (deployment) => {
        pool = deployment.pool;
        const loan = await new Credit(deployment, 'refused', 'cash-loan').open();
        await until(async () => (await pool?.query('select from notice_attempt'))?.rowCount !== 0);
        await check(deployment, loan.accountId, given);
      },
      { providers: [first, second], guard: GUARD_POLICY, lookEveryMs: DAY_MS },
    );
  }

  const attempts = async (pool: Pool) =>
    (
      await pool.query(
        `select attempt.provider, attempt.status, put_off_reason as "putOffReason", notice.status as notice
           from notice_attempt attempt join notice using (tenant_id, notice_id)`,
      )
    ).rows;

  it.each(['transient', 'bad-address'] as const)(
    'for %s waits for the end of an incident that was opened meanwhile, for another provider and for the inbox',
    (failure) =>
      refused(
        {
          answer: refusedFor(failure),
          meanwhile: (pool) =>
            inTransaction(pool, (client) =>
              openIncident(client, {
                tenantId: TENANT,
                dedupeKey: 'surge',
                measures: ['notices'],
                scope: {},
                reasonCode: 'NOTICE_SURGE',
                remedyChannel: 'hotline',
                openedBy: { kind: 'rule', id: 'rule-1' },
                atMs: 0,
                body: {},
              }),
            ),
        },
        async ({ pool }, accountId, second) => {
          await until(async () => (await noticesOf(pool, TENANT, accountId))[0]?.status === 'planned');
          await until(async () => (await attempts(pool))[0].putOffReason === 'incident');
          expect(await attempts(pool)).toEqual([
            { provider: 'first', status: 'refused', putOffReason: 'incident', notice: 'planned' },
          ]);
          expect(second).toEqual([]);
          expect((await pool.query('select from inbox_message')).rowCount).toBe(0);
        },
      ),
  );

  it('is held when the guard would not let it pass any more', () =>
    refused(
      { answer: refusedFor('transient'), meanwhile: (pool) => reword(pool, 'APP', 'APP或致电') },
      async ({ pool }, _, second) => {
        await until(async () => (await pool.query('select from incident')).rowCount === 1);
        expect(await attempts(pool)).toEqual([
          { provider: 'first', status: 'refused', putOffReason: 'held', notice: 'planned' },
        ]);
        const { rows: holds } = await pool.query('select distinct rule from notice_hold order by 1');
        expect(holds.map(({ rule }) => rule)).toContain('template');
        expect(second).toEqual([]);
        await reword(pool, 'APP或致电', 'APP');
      },
    ));

  it('goes out by the next provider where nothing stands against it, judged for that one', () =>
    refused({ answer: refusedFor('transient'), meanwhile: async () => undefined }, async ({ pool }, _, second) => {
      await until(async () => second.length === 1);
      await until(async () => (await attempts(pool)).at(-1)?.status === 'accepted');
      expect((await attempts(pool)).map(({ provider, status }) => `${provider} ${status}`)).toEqual([
        'first refused',
        'second accepted',
      ]);
      expect((await pool.query('select from incident')).rowCount).toBe(0);
    }));
});
