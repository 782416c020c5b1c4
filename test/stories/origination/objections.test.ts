/** Objections to automatic declines, reviewed by a person, on a time-skipping server and a real database. */
import { isDeepStrictEqual } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { type WorkflowHandle, WorkflowUpdateFailedError } from '@temporalio/client';
import { createDecisionReplay } from '../../../src/activities/origination/decisionReplay';
import { workflowIds } from '../../../src/contracts/names';
import {
  acceptOffer,
  applicationState,
  decideReferral,
  type Objection,
  objectToDecision,
  type ReferralDecision,
} from '../../../src/contracts/origination/application';
import { readDecisions } from '../../../src/db/evidence/decisions';
import { listIncidents } from '../../../src/db/incidents/incidents';
import { readApplication } from '../../../src/db/origination/applications';
import { countOverrides } from '../../../src/db/origination/overrides';
import { createPolicyReader } from '../../../src/db/policy/policyReader';
import { defaultPolicy } from '../../../src/domain/policy/defaultPolicy';
import type { LendingPolicy } from '../../../src/domain/policy/lendingPolicy';
import type { AssessmentInput } from '../../../src/domain/risk/assessment';
import { addDays, type IsoDate } from '../../../src/domain/values/calendar';
import { endOfDateMs, SHANGHAI } from '../../../src/domain/values/clock';
import { withApi } from '../../support/api';
import { Credit, SOUND, until } from '../../support/credits';
import { type Activities, DAY_MS, type Deployment, TENANT, withDeployment } from '../../support/deployment';
import { signedBy } from '../../support/signed';

const OVERDUE: AssessmentInput = { ...SOUND, finances: { ...SOUND.finances, openOverdue: true } };
const INCOME_UNKNOWN: AssessmentInput = { ...SOUND, finances: { ...SOUND.finances, monthlyIncomeFen: undefined } };
const SETTLED = { finances: { ...SOUND.finances, openOverdue: false } };

/** As stored before there were objections. */
function withoutObjection(): LendingPolicy {
  const { objection: _, ...assessment } = defaultPolicy.assessment;
  return { ...defaultPolicy, assessment };
}

const stageOf = async (handle: WorkflowHandle) => (await handle.query(applicationState)).stage;
const untilStage = (handle: WorkflowHandle, stage: string) => until(async () => (await stageOf(handle)) === stage);
/** What an operator sees in the Web UI. */
const detailsOf = async (handle: WorkflowHandle) =>
  (await handle.query<{ currentDetails: string }>('__temporal_workflow_metadata')).currentDetails;
/** By itself, without a deadline that time would be skipped to. */
const untilOver = (handle: WorkflowHandle) => until(async () => (await handle.describe()).status.name === 'COMPLETED');
const row = ({ pool }: Deployment, applicationId: string) => readApplication(pool, { tenantId: TENANT, applicationId });
const endAfter = (date: IsoDate, days: number) => endOfDateMs(addDays(date, days), SHANGHAI);

async function declined(deployment: Deployment, name: string, facts = OVERDUE) {
  const credit = new Credit(deployment, name, 'cash-loan');
  const handle = await credit.apply(facts);
  await untilStage(handle, 'declined');
  return { credit, handle };
}

function object(handle: WorkflowHandle, key: string, changes: Partial<Objection> = {}) {
  const objection = { key, objectedBy: 'on-behalf', reason: 'the debt was paid in May', ...changes } as const;
  return handle.executeUpdate(objectToDecision, signedBy('staff:07', handle, objectToDecision, objection, key));
}

function decide(handle: WorkflowHandle, changes: Partial<ReferralDecision> = {}) {
  const decision = { decision: 'decline', decidedBy: 'staff-01', reason: 'the debt is open', ...changes } as const;
  return handle.executeUpdate(decideReferral, signedBy('staff:01', handle, decideReferral, decision));
}

async function refusalOf(update: Promise<unknown>): Promise<string> {
  const error = await update.then(
    () => new Error('it was taken'),
    (failure: unknown) => failure,
  );
  if (!(error instanceof WorkflowUpdateFailedError)) throw error;
  return error.cause?.message ?? error.message;
}

async function decisionsOn({ pool }: Deployment, subjectId: string) {
  const rows = await readDecisions(pool, { tenantId: TENANT, subjectKind: 'application', subjectId });
  return rows.map(({ kind, reasonCodes, decidedBy }) => ({ kind, reasonCodes, decidedBy }));
}

/** Deciding again what is on record gives what was answered. */
async function expectSameAgain({ pool }: Deployment, decisions: number): Promise<void> {
  const { replayDecisions } = createDecisionReplay({ pool, policies: createPolicyReader() });
  expect(await replayDecisions({ tenantId: TENANT })).toEqual({ decisions, differing: [] });
}

/** The named activities do their work, and their first answer never arrives. */
function losing(real: Activities, names: readonly (keyof Activities)[]): Partial<Activities> {
  const lost = new Set<string>();
  const losingOne = (name: keyof Activities) => async (input: never) => {
    const answer = await (real[name] as (input: never) => Promise<unknown>)(input);
    if (lost.has(name)) return answer;
    lost.add(name);
    throw new Error('the answer was lost');
  };
  return Object.fromEntries(names.map((name) => [name, losingOne(name)]));
}

describe('an objection to an automatic decision', () => {
  it('upheld: a person approves with proved figures, the offer is drawn, and the override is counted', () =>
    withDeployment(async (deployment) => {
      const { pool, policy, started } = deployment;
      const { credit, handle } = await declined(deployment, 'upheld');
      const today = await credit.today();
      const { openDays = 0, reviewDays = 0 } = policy.assessment.objection ?? {};
      await withApi(deployment, async (api) => {
        const url = '/v1/applications/upheld';
        expect(await api.get(url)).toMatchObject({ objectUntilMs: endAfter(today, openDays), objection: null });
        const said = { objectedBy: 'borrower', reason: 'the debt was paid in May', claimed: SETTLED };
        const answer = await api.post(`${url}/objections`, 'o-1', said);
        const reviewByMs = endAfter(today, reviewDays);
        const body = {
          applicationId: 'upheld',
          stage: 'referred',
          reviewByMs,
          reasonCodes: ['OBJECTION', 'OPEN_OVERDUE'],
        };
        expect(answer).toMatchObject({ status: 202, body });
        expect(await api.post(`${url}/objections`, 'o-1', said)).toEqual(answer);
        expect(await api.post(`${url}/objections`, 'o-2', said)).toMatchObject({ status: 409 });
        const { claimed: _, ...told } = said;
        expect(await api.get(url)).toMatchObject({
          stage: 'referred',
          objectUntilMs: null,
          objection: { objectedBy: told.objectedBy, reason: told.reason, reviewByMs },
          // What would change the answer is told of the review as well.
          recourse: { status: 'changes' },
        });
        // What is told decides nothing; the person who reviews it sees it.
        const preview = await api.post(`${url}/referral-previews`, 'p-1', {});
        expect(preview.body).toMatchObject({ outcome: 'declined', claimed: SETTLED });
        const word = { decision: 'approve', reason: 'receipt of the bank seen', proved: SETTLED, shownFen: 1_000_000 };
        expect(await api.post(`${url}/referral-decisions`, 'd-1', word, 'staff:05')).toMatchObject({
          status: 200,
          body: { stage: 'offered', grantedFen: 1_000_000 },
        });
        expect(await api.get('/v1/decisions/overrides')).toEqual({
          items: [{ decidedBy: 'staff:05', side: 'low-side', decisions: 1, opened: 0, bad: 0 }],
        });
      });
      const terms = { product: 'cash-loan', key: 'k', acceptedOn: today, principalFen: 1_000_000, months: 3 } as const;
      const acceptance = { ...terms, method: 'level' } as const;
      const costSheet = await credit.confirmedSheet(acceptance);
      const opened = await handle.executeUpdate(acceptOffer, { args: [{ ...acceptance, costSheet }] });
      expect(opened).toEqual({ status: 'opened', accountId: 'upheld-1' });
      started.add(workflowIds.cashLoan(TENANT, 'upheld-1'));
      expect(await handle.result()).toMatchObject({ stage: 'accepted', accountIds: ['upheld-1'] });
      expect(await decisionsOn(deployment, 'upheld')).toEqual([
        { kind: 'declined', reasonCodes: ['OPEN_OVERDUE'], decidedBy: 'policy' },
        { kind: 'referred', reasonCodes: ['OBJECTION', 'OPEN_OVERDUE'], decidedBy: 'system:test' },
        { kind: 'approved', reasonCodes: ['APPROVED_BY_PERSON', 'LIMIT_AS_REQUESTED'], decidedBy: 'staff:05' },
      ]);
      expect(await countOverrides(pool, { tenantId: TENANT })).toEqual([
        { decidedBy: 'staff:05', side: 'low-side', decisions: 1, opened: 1, bad: 0 },
      ]);
      await expectSameAgain(deployment, 3);
    }));

  it('declined by a person: final, and so is a decline that a person made at first', () =>
    withDeployment(
      async (deployment) => {
        const { handle } = await declined(deployment, 'refused');
        // Two at once, one is taken: the other is refused beside it by the workflow, or after it by the validator.
        const asked = ['o-1', 'o-2'].map((key) => object(handle, key));
        const fates = await Promise.all(asked.map((each) => each.catch(() => refusalOf(each))));
        expect(fates).toContainEqual(expect.objectContaining({ status: 'in-review' }));
        const beside = { status: 'refused', reasonCodes: ['OBJECTION_NOT_OPEN'] };
        const after = 'the application is referred, not declined';
        expect(fates.some((fate) => isDeepStrictEqual(fate, beside) || fate === after)).toBe(true);
        expect(await row(deployment, 'refused')).toMatchObject({
          objection: { key: expect.stringMatching(/^o-[12]$/), objectedBy: 'on-behalf', principal: 'staff:07' },
        });
        expect(await decide(handle)).toBe('declined');
        const reasonCodes = ['DECLINED_BY_PERSON', 'OBJECTION', 'OPEN_OVERDUE'];
        await untilOver(handle);
        expect(await handle.result()).toEqual({ stage: 'declined', accountIds: [], reasonCodes });
        expect(await row(deployment, 'refused')).toMatchObject({ stage: 'declined', objectUntilMs: null });

        // A referral that its deadline declined may be objected to; one that a person declined may not.
        const late = await new Credit(deployment, 'late', 'cash-loan').apply(INCOME_UNKNOWN);
        const no = await new Credit(deployment, 'no', 'cash-loan').apply(INCOME_UNKNOWN);
        await untilStage(no, 'referred');
        await decide(no);
        expect(await no.result()).toMatchObject({ stage: 'declined' });
        await deployment.env.sleep((deployment.policy.assessment.referralDays + 1) * DAY_MS);
        await untilStage(late, 'declined');
        expect(await object(late, 'o-3')).toMatchObject({ status: 'in-review' });
        expect(await decide(late)).toBe('declined');
        expect((await late.result()).reasonCodes).toEqual([
          'DECLINED_BY_PERSON',
          'OBJECTION',
          'REFERRAL_DEADLINE_PASSED',
          'MISSING_INCOME',
        ]);
        await expectSameAgain(deployment, 9);
      },
      { activities: (real) => losing(real, ['receiveObjection']) },
    ));

  it('after its time: refused, and the application is over', () =>
    withDeployment(async (deployment) => {
      const { handle, credit } = await declined(deployment, 'slow');
      const untilMs = (await row(deployment, 'slow'))?.objectUntilMs ?? 0;
      expect(untilMs).toBe(endAfter(await credit.today(), deployment.policy.assessment.objection?.openDays ?? 0));
      await deployment.env.sleep(untilMs - 60_000 - (await deployment.env.currentTimeMs()));
      expect((await handle.describe()).status.name).toBe('RUNNING');
      expect(await handle.result()).toEqual({ stage: 'declined', accountIds: [], reasonCodes: ['OPEN_OVERDUE'] });
      expect(await deployment.env.currentTimeMs()).toBeGreaterThanOrEqual(untilMs);
      await withApi(deployment, async (api) => {
        const said = { objectedBy: 'borrower', reason: 'the debt was paid in May' };
        const answer = await api.post('/v1/applications/slow/objections', 'o-1', said);
        expect(answer).toMatchObject({ status: 409, body: { type: expect.stringContaining('not-open-to-objection') } });
      });
      expect(await decisionsOn(deployment, 'slow')).toHaveLength(1);
    }));

  it('that nobody answers in time: a person is called on each further day, and nobody is declined', () =>
    withDeployment(
      async (deployment) => {
        const { env, pool, policy } = deployment;
        const { handle } = await declined(deployment, 'waiting');
        expect(await detailsOf(handle)).toMatch(
          /an objection can be made by the update `objectToDecision` until 3 Apr/,
        );
        const answer = await object(handle, 'o-1');
        expect(await detailsOf(handle)).toMatch(
          /an objection was made; waits for a person, .* then a person is called/,
        );
        const reviewByMs = answer.status === 'in-review' ? answer.reviewByMs : 0;
        await env.sleep(reviewByMs - 60_000 - (await env.currentTimeMs()));
        expect(await decisionsOn(deployment, 'waiting')).toHaveLength(2);
        const called = {
          kind: 'referred',
          reasonCodes: ['OBJECTION_OVERDUE', 'OBJECTION', 'OPEN_OVERDUE'],
          decidedBy: 'deadline',
        };
        for (const days of [1, 2]) {
          await env.sleep(days === 1 ? 120_000 : DAY_MS);
          await until(async () => (await decisionsOn(deployment, 'waiting')).length >= 2 + days);
          expect((await decisionsOn(deployment, 'waiting')).slice(2)).toEqual(Array(days).fill(called));
          const now = await row(deployment, 'waiting');
          expect(now).toMatchObject({ stage: 'referred', decideByMs: reviewByMs + days * DAY_MS });
        }
        const incidents = await listIncidents(pool, { tenantId: TENANT, limit: 10 });
        expect(incidents).toMatchObject([{ reasonCode: 'OBJECTION_OVERDUE', measures: [], openedByKind: 'rule' }]);
        expect(policy.assessment.objection?.reviewDays).toBe(15);
        expect(await decide(handle, { decision: 'approve', reason: 'receipt seen', proved: SETTLED })).toBe('offered');
        await expectSameAgain(deployment, 5);
      },
      { activities: (real) => losing(real, ['concludeReferral']) },
    ));

  it('is not known to a policy of before: a decline ends at once', () =>
    withDeployment(
      async (deployment) => {
        const { handle } = await declined(deployment, 'before');
        await untilOver(handle);
        expect(await row(deployment, 'before')).toMatchObject({ objectUntilMs: null, objection: null });
      },
      { policy: withoutObjection() },
    ));
});
