/** Applications from what is known of a borrower to accounts, on a time-skipping server and a real database. */
import { describe, expect, it } from '@jest/globals';
import { type WorkflowHandle, WorkflowUpdateFailedError } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { workflowIds } from '../../../src/contracts/names';
import {
  type Acceptance,
  type ApplicationResult,
  acceptOffer,
  applicationState,
  decideReferral,
  type ReferralDecision,
} from '../../../src/contracts/origination/application';
import { invalidAcceptance } from '../../../src/contracts/validation';
import { readAccount } from '../../../src/db/credit/accounts';
import { readDecisions } from '../../../src/db/evidence/decisions';
import { readApplication } from '../../../src/db/origination/applications';
import type { AssessmentInput } from '../../../src/domain/risk/assessment';
import { addDays } from '../../../src/domain/values/calendar';
import { endOfDateMs, SHANGHAI } from '../../../src/domain/values/clock';
import { createTemporalGateway } from '../../../src/platform/temporalGateway';
import { withApi } from '../../support/api';
import { confirmedFor } from '../../support/costSheets';
import { Credit, SOUND, until } from '../../support/credits';
import { type Activities, type Deployment, EventType, TENANT, withDeployment } from '../../support/deployment';
import { refuseFirstDecision } from '../../support/refusedRows';
import { signedBy } from '../../support/signed';

type Handle = WorkflowHandle;

/** What is known of the applicant, with parts replaced. */
function knowing(changes: { [Part in keyof AssessmentInput]?: Partial<AssessmentInput[Part]> }): AssessmentInput {
  return {
    identity: { ...SOUND.identity, ...changes.identity },
    finances: { ...SOUND.finances, ...changes.finances },
    behaviour: { ...SOUND.behaviour, ...changes.behaviour },
  };
}

/** Income unknown: for a person to look at. */
const INCOME_UNKNOWN = knowing({ finances: { monthlyIncomeFen: undefined } });

function applyFor(deployment: Deployment, name: string, facts: AssessmentInput, requestedFen?: number) {
  return new Credit(deployment, name, 'cash-loan').apply(facts, requestedFen);
}

async function untilStage(handle: Handle, stage: string): Promise<void> {
  await until(async () => (await handle.query(applicationState)).stage === stage);
}

const today = (deployment: Deployment) => new Credit(deployment, 'nobody', 'cash-loan').today();

async function draw(deployment: Deployment, handle: Handle, key: string, changes: Record<string, unknown> = {}) {
  const { env, pool } = deployment;
  const terms = {
    product: 'cash-loan',
    key,
    acceptedOn: await today(deployment),
    principalFen: 200_000,
    months: 3,
    method: 'level',
    ...changes,
  } as Acceptance;
  const [, , applicationId = ''] = handle.workflowId.split('/');
  const application = { tenantId: TENANT, applicationId, asOfMs: await env.currentTimeMs() };
  // What breaks the contract has no sheet.
  const costSheet = invalidAcceptance(terms) ? undefined : await confirmedFor(pool, application, terms);
  const acceptance = { ...terms, costSheet };
  const result = await handle.executeUpdate(acceptOffer, { args: [acceptance] });
  if (result.status === 'opened') deployment.started.add(workflowIds.cashLoan(TENANT, result.accountId));
  return result;
}

function decide(handle: Handle, updateId: string, changes: Partial<ReferralDecision> = {}) {
  const decision = { decision: 'approve', decidedBy: 'staff-01', reason: 'payslips seen', ...changes } as const;
  return handle.executeUpdate(decideReferral, signedBy('staff:01', handle, decideReferral, decision, updateId));
}

/** Why an update was refused. */
async function refusalOf(update: Promise<unknown>): Promise<string> {
  const error = await update.then(
    () => new Error('it was taken'),
    (failure: unknown) => failure,
  );
  if (!(error instanceof WorkflowUpdateFailedError)) throw error;
  return error.cause?.message ?? error.message;
}

/** The faults of an update that was refused, as over HTTP. */
async function faultsOf(update: Promise<unknown>): Promise<unknown> {
  const error = await update.catch((failure: unknown) => failure);
  if (!(error instanceof WorkflowUpdateFailedError) || !(error.cause instanceof ApplicationFailure)) throw error;
  return error.cause.details?.[0];
}

const row = ({ pool }: Deployment, applicationId: string) => readApplication(pool, { tenantId: TENANT, applicationId });

async function decisionsOn({ pool }: Deployment, subjectId: string) {
  const rows = await readDecisions(pool, { tenantId: TENANT, subjectKind: 'application', subjectId });
  return rows.map(({ kind, reasonCodes, decidedBy }) => ({ kind, reasonCodes, decidedBy }));
}

/** Everything an application has written, to show that something wrote nothing. */
async function written({ pool }: Deployment): Promise<unknown> {
  const tables = ['application', 'decision_record', 'credit_account', 'account_fact', 'posting', 'notice'];
  const contents = await Promise.all(
    tables.map(async (table) => (await pool.query(`select md5(t::text) as row from ${table} t order by 1`)).rows),
  );
  return Object.fromEntries(tables.map((table, index) => [table, contents[index]]));
}

async function acceptedUpdates(handle: Handle): Promise<number> {
  const { events } = await handle.fetchHistory();
  return (events ?? []).filter(({ eventType }) => eventType === EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED)
    .length;
}

describe('application', () => {
  it('approved: an offer, drawn within its limit, each draw an account with a life of its own', () =>
    withDeployment(async (deployment) => {
      const handle = await applyFor(deployment, 'approved', SOUND, 3_000_000);
      await untilStage(handle, 'offered');
      expect(await row(deployment, 'approved')).toMatchObject({ stage: 'offered', offer: { limitFen: 3_000_000 } });
      expect(await decisionsOn(deployment, 'approved')).toEqual([
        { kind: 'approved', reasonCodes: ['LIMIT_AS_REQUESTED'], decidedBy: 'policy' },
      ]);

      expect(await draw(deployment, handle, 'd1', { principalFen: 2_000_000 })).toEqual({
        status: 'opened',
        accountId: 'approved-1',
      });
      expect(await draw(deployment, handle, 'd2', { principalFen: 1_000_100 })).toEqual({
        status: 'refused',
        reasonCodes: ['ABOVE_OFFERED_LIMIT'],
      });
      expect(await draw(deployment, handle, 'd1', { principalFen: 1_000_000 })).toEqual({
        status: 'refused',
        reasonCodes: ['SAME_KEY_OTHER_CONTENT'],
      });
      expect(await draw(deployment, handle, 'd1', { principalFen: 2_000_000 })).toMatchObject({
        accountId: 'approved-1',
      });
      expect(await row(deployment, 'approved')).toMatchObject({ stage: 'offered', drawnFen: 2_000_000 });
      expect(await draw(deployment, handle, 'd3', { principalFen: 1_000_000 })).toMatchObject({ status: 'opened' });

      expect(await handle.result()).toEqual({
        stage: 'accepted',
        accountIds: ['approved-1', 'approved-2'],
        reasonCodes: ['LIMIT_AS_REQUESTED'],
      } satisfies ApplicationResult);
      expect(await row(deployment, 'approved')).toMatchObject({ stage: 'accepted', drawnFen: 3_000_000 });
      for (const [accountId, principalFen] of [
        ['approved-1', 2_000_000],
        ['approved-2', 1_000_000],
      ] as const) {
        const account = () => readAccount(deployment.pool, { tenantId: TENANT, accountId });
        await until(async () => (await account())?.advancedAtMs !== null);
        expect(await account()).toMatchObject({ outstandingFen: principalFen, stage: 'current' });
      }
    }));

  it('declined: by a knock-out, by the score, by what is affordable, each with its reasons and no offer', () =>
    withDeployment(async (deployment) => {
      const cases: [string, AssessmentInput, string[]][] = [
        [
          'knock-out',
          knowing({ identity: { check: 'mismatched' }, finances: { openOverdue: true } }),
          ['IDENTITY_MISMATCH', 'OPEN_OVERDUE'],
        ],
        [
          'weak-score',
          {
            identity: SOUND.identity,
            finances: {
              monthlyIncomeFen: 400_000,
              monthlyDebtServiceFen: 120_000,
              unsecuredDebtFen: 2_000_000,
              worstBureauCode: 2,
              openOverdue: false,
              bureauInquiries3Months: 7,
            },
            behaviour: { monthsOnPlatform: 2, monthlySpendFen: 10_000, onTimePaymentRatio: '0.5', refundRatio: '0.5' },
          },
          ['SCORE_BELOW_MINIMUM', 'WEAK_BUREAU_HISTORY', 'WEAK_ON_TIME_RATIO', 'WEAK_INQUIRIES', 'WEAK_INCOME'],
        ],
        [
          'unaffordable',
          knowing({ finances: { monthlyDebtServiceFen: 1_000_000, unsecuredDebtFen: 19_950_000 } }),
          ['DEBT_SERVICE_TOO_HIGH', 'UNSECURED_DEBT_CAP'],
        ],
      ];
      for (const [name, facts, reasonCodes] of cases) {
        const handle = await applyFor(deployment, name, facts);
        expect(await handle.result()).toEqual({ stage: 'declined', accountIds: [], reasonCodes });
        expect(await row(deployment, name)).toMatchObject({ stage: 'declined', offer: null });
        expect(await decisionsOn(deployment, name)).toEqual([{ kind: 'declined', reasonCodes, decidedBy: 'policy' }]);
      }
    }));

  it('missing data: referred, never approved, and declined at its deadline when no person decides', () =>
    withDeployment(async (deployment) => {
      const cases: [string, AssessmentInput, string[]][] = [
        ['no-income', INCOME_UNKNOWN, ['MISSING_INCOME']],
        [
          'no-check',
          knowing({ identity: { check: undefined }, behaviour: { refundRatio: undefined } }),
          ['MISSING_IDENTITY_CHECK', 'MISSING_REFUND_RATIO'],
        ],
      ];
      const receivedOn = await today(deployment);
      const handles: Handle[] = [];
      for (const [name, facts, reasonCodes] of cases) {
        const handle = await applyFor(deployment, name, facts);
        await untilStage(handle, 'referred');
        expect(await row(deployment, name)).toMatchObject({ stage: 'referred', offer: null });
        expect(await decisionsOn(deployment, name)).toEqual([{ kind: 'referred', reasonCodes, decidedBy: 'policy' }]);
        handles.push(handle);
      }
      const deadlineMs = endOfDateMs(addDays(receivedOn, deployment.policy.assessment.referralDays), SHANGHAI);
      await deployment.env.sleep(deadlineMs - 60_000 - (await deployment.env.currentTimeMs()));
      for (const handle of handles) expect((await handle.query(applicationState)).stage).toBe('referred');
      for (const [index, [name, , reasonCodes]] of cases.entries()) {
        const late = ['REFERRAL_DEADLINE_PASSED', ...reasonCodes];
        expect(await handles[index]?.result()).toEqual({ stage: 'declined', accountIds: [], reasonCodes: late });
        expect((await decisionsOn(deployment, name)).at(-1)).toEqual({
          kind: 'declined',
          reasonCodes: late,
          decidedBy: 'deadline',
        });
        expect((await row(deployment, name))?.changedAtMs).toBeGreaterThanOrEqual(deadlineMs);
      }
    }));

  it('referred: a person approves or declines, once, and the same update sent twice is one decision', () =>
    withDeployment(async (deployment) => {
      const yes = await applyFor(deployment, 'yes', INCOME_UNKNOWN);
      const no = await applyFor(deployment, 'no', INCOME_UNKNOWN);
      await untilStage(yes, 'referred');
      await untilStage(no, 'referred');

      expect(await Promise.all([decide(yes, 'u1'), decide(yes, 'u1')])).toEqual(['offered', 'offered']);
      expect(await decide(yes, 'u1', { decision: 'decline' })).toBe('offered');
      expect(await acceptedUpdates(yes)).toBe(1);
      expect(await refusalOf(decide(yes, 'u2', { decision: 'decline', decidedBy: 'staff-02' }))).toBe(
        'the application is offered, not referred',
      );
      // Without figures of affordability a person can grant the product's smallest amount and no more.
      const approved = ['APPROVED_BY_PERSON', 'LIMIT_WITHOUT_FIGURES'];
      expect(await row(deployment, 'yes')).toMatchObject({ stage: 'offered', offer: { limitFen: 100_000 } });
      expect(await decisionsOn(deployment, 'yes')).toEqual([
        { kind: 'referred', reasonCodes: ['MISSING_INCOME'], decidedBy: 'policy' },
        { kind: 'approved', reasonCodes: approved, decidedBy: 'staff:01' },
      ]);
      const [, byPerson] = await readDecisions(deployment.pool, {
        tenantId: TENANT,
        subjectKind: 'application',
        subjectId: 'yes',
      });
      expect(byPerson?.body).toMatchObject({
        byPerson: { decidedBy: 'staff:01', saidBy: 'staff-01', reason: 'payslips seen' },
      });

      // Figures that are not stored prove nothing, and nobody is left standing for them.
      const wrong = await applyFor(deployment, 'wrong', INCOME_UNKNOWN);
      await untilStage(wrong, 'referred');
      expect(await decide(wrong, 'u3', { figuresId: 'nowhere' })).toBe('offered');
      expect(await row(deployment, 'wrong')).toMatchObject({ stage: 'offered', offer: { limitFen: 100_000 } });

      // Two people at the same moment: whose word comes first is open, and only that one counts.
      const words = ['staff-01', 'staff-02'].map((decidedBy) =>
        decide(no, decidedBy, { decision: 'decline', decidedBy }),
      );
      const fates = await Promise.all(words.map((word) => word.catch(() => refusalOf(word))));
      expect(fates).toContain('declined');
      expect(fates).toContainEqual('the application is declined, not referred');
      expect(await no.result()).toMatchObject({
        stage: 'declined',
        reasonCodes: ['DECLINED_BY_PERSON', 'MISSING_INCOME'],
      });
      expect(await decisionsOn(deployment, 'no')).toHaveLength(2);
      expect((await row(deployment, 'no'))?.offer).toBeNull();
    }));

  it('referred, decided by three at once: the first that can be taken decides, and the rest are refused as such', () =>
    withDeployment(async (deployment) => {
      const { env, owner } = deployment;
      await refuseFirstDecision(owner);
      const gateway = createTemporalGateway(env.client);
      // While the application is assessed nothing of it can be decided: all three come with the task that refers it.
      const holder = await owner.connect();
      await holder.query('begin');
      await holder.query('lock table application');
      const handle = await applyFor(deployment, 'at-once', INCOME_UNKNOWN);
      const decision = { decision: 'decline', decidedBy: 'staff-01', reason: 'looked at' } as const;
      const deciding = ['k1', 'k2', 'k3'].map((key) =>
        gateway.update(handle.workflowId, decideReferral, decision, key),
      );
      await new Promise((resolve) => setTimeout(resolve, 1_000));
      await holder.query('rollback');
      holder.release();

      const answers = await Promise.all(deciding);
      expect(answers).toHaveLength(3);
      expect(answers).toContainEqual({ status: 'answered', answer: 'referred' });
      expect(answers).toContainEqual({ status: 'answered', answer: 'declined' });
      expect(answers).toContainEqual({ status: 'rejected', detail: 'the application is declined, not referred' });
      expect(await handle.result()).toMatchObject({ stage: 'declined' });
      expect((await decisionsOn(deployment, 'at-once')).map(({ kind }) => kind)).toEqual(['referred', 'declined']);
    }));

  it('an update that breaks the contract is refused by its field, and nothing is written', () =>
    withDeployment(async (deployment) => {
      const referred = await applyFor(deployment, 'referred', INCOME_UNKNOWN);
      const offered = await applyFor(deployment, 'offered', SOUND);
      await untilStage(referred, 'referred');
      await untilStage(offered, 'offered');
      const before = await written(deployment);

      expect(await refusalOf(decide(referred, 'u1', { decidedBy: '' }))).toMatch(/^decidedBy must be 1 to 100 letters/);
      expect(await refusalOf(decide(referred, 'u2', { decision: 'maybe' as 'approve' }))).toMatch(
        /^decision must be one of approve, decline/,
      );
      const faults: [Record<string, unknown>, string][] = [
        [{ key: 'a key with spaces' }, 'key must be 1 to 100 letters'],
        [{ acceptedOn: '2026-02-30' }, 'acceptedOn must be a date'],
        [{ principalFen: 1000.5 }, 'principalFen must be a whole number of fen above 0'],
        [{ principalFen: '200000' }, 'principalFen must be a whole number of fen above 0'],
        [{ product: 'mortgage' }, 'product must be one of cash-loan, revolving'],
      ];
      for (const [changes, fault] of faults) {
        expect(await refusalOf(draw(deployment, offered, 'd1', changes))).toContain(fault);
      }
      // Names that the API gives to requests which it judges anew.
      expect(await refusalOf(draw(deployment, offered, 'again-2-x'))).toMatch(/^key must not begin with again-/);
      const word: ReferralDecision = { decision: 'approve', decidedBy: 'staff-01', reason: 'payslips seen' };
      const misnamed = referred.executeUpdate(decideReferral, { args: [word], updateId: 'api:again-2-x' });
      expect(await refusalOf(misnamed)).toMatch(/^the update id must not begin with again- and a number/);
      expect(await faultsOf(decide(referred, 'u3', { decidedBy: '13800000000', reason: '' }))).toEqual([
        {
          field: 'decidedBy',
          fault: 'is a phone number or an identity number, which is personal data',
          fix: 'send an id that you give, such as "staff-31": a phone or identity number is personal data',
        },
        {
          field: 'reason',
          fault: 'is empty, or too long',
          fix: 'send a text of 1 to 2000 characters, without personal data',
        },
      ]);
      expect(await acceptedUpdates(referred)).toBe(0);
      expect(await acceptedUpdates(offered)).toBe(0);

      // These keep to the contract, and the business refuses them with every reason.
      expect(await draw(deployment, offered, 'd2', { principalFen: 99_999, months: 4 })).toEqual({
        status: 'refused',
        reasonCodes: ['AMOUNT_OUT_OF_RANGE', 'TERM_NOT_OFFERED'],
      });
      expect(await draw(deployment, referred, 'd3')).toEqual({ status: 'refused', reasonCodes: ['NO_OPEN_OFFER'] });
      expect(await written(deployment)).toEqual(before);
    }));

  it('an offer ends with its last day: expired when nobody took it up, else what was drawn stands', () =>
    withDeployment(async (deployment) => {
      const untouched = await applyFor(deployment, 'untouched', SOUND);
      const drawn = await applyFor(deployment, 'drawn', SOUND);
      await untilStage(untouched, 'offered');
      await untilStage(drawn, 'offered');
      const endsAtMs = (await row(deployment, 'drawn'))?.offer?.expiresAtMs ?? 0;
      const offerDays = deployment.policy.assessment.offerValidDays;
      expect(endsAtMs).toBe(endOfDateMs(addDays(await today(deployment), offerDays), SHANGHAI));

      const { env } = deployment;
      await env.sleep(endsAtMs - 60_000 - (await env.currentTimeMs()));
      expect(await draw(deployment, drawn, 'last-minute')).toMatchObject({ status: 'opened' });
      await env.sleep(60_000);
      expect(await untouched.result()).toMatchObject({ stage: 'expired', accountIds: [] });
      expect(await drawn.result()).toMatchObject({ stage: 'accepted', accountIds: ['drawn-1'] });
      expect(await row(deployment, 'untouched')).toMatchObject({ stage: 'expired', drawnFen: 0 });
      expect(await row(deployment, 'drawn')).toMatchObject({ stage: 'accepted', drawnFen: 200_000 });

      await withApi(deployment, async (api) => {
        const terms = { principalFen: 200_000, months: 3, method: 'level' };
        const late = await api.post('/v1/offers/untouched/acceptance', 'too-late', terms);
        expect(late).toMatchObject({ status: 422, body: { reasonCodes: ['OFFER_CLOSED'] } });
      });
      const { rows } = await deployment.pool.query('select account_id as id from credit_account');
      expect(rows).toEqual([{ id: 'drawn-1' }]);
    }));

  it('answers that are lost after the commit change nothing: one decision, one account, one life', () => {
    const lost = new Map<string, number>();
    return withDeployment(
      async (deployment) => {
        const handle = await applyFor(deployment, 'lossy', INCOME_UNKNOWN);
        await untilStage(handle, 'referred');
        expect(await decide(handle, 'u1')).toBe('offered');
        expect(await draw(deployment, handle, 'd1', { principalFen: 100_000 })).toMatchObject({ status: 'opened' });
        expect(await handle.result()).toMatchObject({ stage: 'accepted', accountIds: ['lossy-1'] });
        expect(Object.fromEntries(lost)).toEqual({
          assessApplication: 1,
          concludeReferral: 1,
          openAccount: 1,
          startAccount: 1,
          closeApplication: 1,
        });
        expect((await decisionsOn(deployment, 'lossy')).map(({ kind }) => kind)).toEqual(['referred', 'approved']);
        expect(await row(deployment, 'lossy')).toMatchObject({ drawnFen: 100_000 });
        const { rows } = await deployment.pool.query('select account_id as id from credit_account');
        expect(rows).toEqual([{ id: 'lossy-1' }]);
      },
      { activities: (real) => losingFirstAnswers(real, lost) },
    );
  });

  it('a process that died half-way is made good by the same request: before the workflow, and after the deed', () =>
    withDeployment(async (deployment) => {
      const { env, pool, started } = deployment;
      const application = {
        applicationId: 'half-way',
        product: 'revolving',
        requestedFen: 500_000,
        borrower: { borrowerId: 'b-half-way', name: '样例', idNumber: '000000199003071236', phone: '19900000001' },
        ...SOUND,
      };
      const workflowId = workflowIds.application(TENANT, 'half-way');
      const dies = async () => {
        throw new Error('the process died');
      };

      await withApi(
        deployment,
        async (api) => expect((await api.post('/v1/applications', 'apply', application)).status).toBe(500),
        () => ({ start: dies }),
      );
      expect(await row(deployment, 'half-way')).toMatchObject({ stage: 'assessing' });
      await expect(env.client.workflow.getHandle(workflowId).describe()).rejects.toThrow();
      await withApi(deployment, async (api) => {
        expect((await api.post('/v1/applications', 'apply', application)).status).toBe(202);
        expect((await api.post('/v1/applications', 'apply', application)).status).toBe(202);
      });
      started.add(workflowId);
      await until(async () => (await row(deployment, 'half-way'))?.stage === 'offered');
      expect(await decisionsOn(deployment, 'half-way')).toHaveLength(1);

      const url = '/v1/offers/half-way/acceptance';
      const halfWay = { tenantId: TENANT, applicationId: 'half-way', asOfMs: await env.currentTimeMs() };
      const body = { costSheet: await confirmedFor(pool, halfWay, { product: 'revolving' }) };
      await withApi(
        deployment,
        async (api) => expect((await api.post(url, 'accept', body)).status).toBe(500),
        (real) => ({
          update: async (...args) => {
            await real.update(...args);
            return dies();
          },
        }),
      );
      started.add(workflowIds.revolvingAccount(TENANT, 'half-way-1'));
      expect(await env.client.workflow.getHandle(workflowId).result()).toMatchObject({ stage: 'accepted' });
      // Temporal forgets a workflow some time after its end, and then knows nothing of the update either.
      await withApi(
        deployment,
        async (api) => {
          const again = await api.post(url, 'accept', body);
          expect(again).toMatchObject({ status: 201, body: { accountId: 'half-way-1' } });
          expect(await api.post(url, 'accept', body)).toEqual(again);
          const other = await api.post(url, 'accept-again', body);
          expect(other).toMatchObject({ status: 422, body: { reasonCodes: ['OFFER_CLOSED'] } });
        },
        () => ({ update: async () => ({ status: 'not-running' }) }),
      );
      const { rows } = await pool.query('select account_id as id from credit_account');
      expect(rows).toEqual([{ id: 'half-way-1' }]);
    }));
});

/** Each of the application's activities does its work, and its first answer never arrives. */
function losingFirstAnswers(real: Activities, lost: Map<string, number>): Partial<Activities> {
  const names = ['assessApplication', 'concludeReferral', 'openAccount', 'startAccount', 'closeApplication'] as const;
  return Object.fromEntries(
    names.map((name) => [
      name,
      async (input: never) => {
        const answer = await real[name](input);
        if (lost.has(name)) return answer;
        lost.set(name, 1);
        throw new Error('the answer was lost');
      },
    ]),
  );
}
