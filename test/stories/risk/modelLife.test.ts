/** A model from its development to its lapse and its retirement, and applications that are judged meanwhile. */
import { describe, expect, it } from '@jest/globals';
import { createDecisionReplay } from '../../../src/activities/origination/decisionReplay';
import { applicationState } from '../../../src/contracts/origination/application';
import {
  promoteModel,
  recordModelTest,
  retireModel,
  revalidateModel,
  reviewModel,
} from '../../../src/contracts/risk/modelReview';
import { readDecisions, recordDecision } from '../../../src/db/evidence/decisions';
import { appendEvidence } from '../../../src/db/evidence/evidenceRecords';
import { creditDecisionEvidence } from '../../../src/db/evidence/recordContents';
import { createPolicyReader } from '../../../src/db/policy/policyReader';
import { readModelEvents, registerModel } from '../../../src/db/risk/models';
import { inTransaction } from '../../../src/db/transaction';
import { defaultPolicy } from '../../../src/domain/policy/defaultPolicy';
import { DRIFT_POLICY } from '../../../src/domain/risk/modelStanding';
import { Credit, until } from '../../support/credits';
import { DAY_MS, type Deployment, type DeploymentOptions, TENANT, withDeployment } from '../../support/deployment';
import {
  DEVELOPER,
  EXPERT,
  HOLDOUT,
  inStage,
  type ModelHandle,
  registered,
  stageOf,
  told,
  VALIDATOR,
} from '../../support/models';

const RARELY: DeploymentOptions = { lookEveryMs: 30 * DAY_MS };
const SOUND_MODEL = { decision: 'approve', reason: 'the holdout agrees with what was developed' } as const;

async function activeModel(
  deployment: Deployment,
  ...baseline: Parameters<typeof registered> extends [unknown, ...infer Rest] ? Rest : never
) {
  const handle = await registered(deployment, ...baseline);
  await told(handle, DEVELOPER, recordModelTest, { test: HOLDOUT });
  await told(handle, VALIDATOR, reviewModel, SOUND_MODEL);
  await told(handle, DEVELOPER, promoteModel, { reason: 'it is to decide' });
  await inStage(handle, 'active');
  return handle;
}

/** Applies with sound figures; the stage and the reasons when it is decided. */
async function decided(deployment: Deployment, name: string) {
  const handle = await new Credit(deployment, name, 'cash-loan').apply();
  await until(async () => (await handle.query(applicationState)).stage !== 'assessing');
  const [decision] = await readDecisions(deployment.pool, {
    tenantId: TENANT,
    subjectKind: 'application',
    subjectId: name,
  });
  if (!decision) throw new Error('no decision');
  return {
    stage: (await handle.query(applicationState)).stage,
    reasonCodes: decision.reasonCodes,
    body: decision.body,
  };
}

async function replayed({ pool }: Deployment, applicationId?: string) {
  return createDecisionReplay({ pool, policies: createPolicyReader() }).replayDecisions({
    tenantId: TENANT,
    applicationId,
  });
}

const retired = async (handle: ModelHandle) => {
  await told(handle, VALIDATOR, retireModel, { reason: 'the end of the story' });
  expect(await handle.result()).toEqual({ stage: 'retired' });
};

describe('a model', () => {
  it('is developed, tested, reviewed by another person and promoted; it decides for a year, lapses, and is validated again', () =>
    withDeployment(async (deployment) => {
      // Before there is a model on record, the card is not governed.
      expect(await decided(deployment, 'before')).toMatchObject({ stage: 'offered' });
      const handle = await registered(deployment);
      await inStage(handle, 'developed');
      expect(await decided(deployment, 'developed')).toMatchObject({
        stage: 'referred',
        reasonCodes: ['MODEL_NOT_ACTIVE'],
      });
      expect(await told(handle, VALIDATOR, reviewModel, SOUND_MODEL)).toMatchObject({ refusal: 'not-in-stage' });
      await told(handle, DEVELOPER, recordModelTest, { test: HOLDOUT });
      expect(await told(handle, DEVELOPER, reviewModel, SOUND_MODEL)).toMatchObject({ refusal: 'developer' });
      // A name that nobody signed, as anybody can say it in the Web UI.
      const unsigned = await handle.executeUpdate(reviewModel, { args: [{ by: 'val', ...SOUND_MODEL }] });
      expect(unsigned).toEqual({ status: 'refused', refusal: 'unverified', stage: 'tested' });
      expect(await told(handle, VALIDATOR, reviewModel, SOUND_MODEL)).toEqual({
        status: 'accepted',
        stage: 'reviewed',
      });
      expect(await told(handle, VALIDATOR, promoteModel, { reason: 'it is to decide' })).toMatchObject({
        stage: 'active',
      });
      const offered = await decided(deployment, 'active');
      expect(offered).toMatchObject({ stage: 'offered' });
      expect(offered.body).toMatchObject({
        basis: { standing: { model: 'expert-2026-01', stage: 'active', drift: 'unknown' } },
      });

      await deployment.env.sleep(364 * DAY_MS);
      expect(await stageOf(handle)).toBe('active');
      await deployment.env.sleep(2 * DAY_MS);
      await inStage(handle, 'lapsed');
      const lapsed = await decided(deployment, 'lapsed');
      expect(lapsed).toMatchObject({ stage: 'referred', reasonCodes: ['MODEL_VALIDATION_LAPSED'] });
      expect(lapsed.body).toMatchObject({ limitFen: 0, basis: { standing: { isLapsed: true } } });
      expect((lapsed.body as { recourse?: object }).recourse).toBeUndefined();

      const again = { reason: 'validated on the rows of a year', test: HOLDOUT };
      expect(await told(handle, DEVELOPER, revalidateModel, again)).toMatchObject({ refusal: 'developer' });
      expect(await told(handle, VALIDATOR, revalidateModel, again)).toMatchObject({ stage: 'active' });
      expect(await decided(deployment, 'again')).toMatchObject({ stage: 'offered' });
      await retired(handle);
      expect(await decided(deployment, 'retired')).toMatchObject({ reasonCodes: ['MODEL_NOT_ACTIVE'] });

      const events = await readModelEvents(deployment.pool, EXPERT);
      expect(events.map(({ kind, by }) => [kind, by])).toEqual([
        ['registered', DEVELOPER],
        ['test', DEVELOPER],
        ['review', VALIDATOR],
        ['promotion', VALIDATOR],
        ['lapse', 'deadline'],
        ['revalidation', VALIDATOR],
        ['retirement', VALIDATOR],
      ]);
      // Six applications, and referrals whose deadline has passed since.
      const { decisions, differing } = await replayed(deployment);
      expect(decisions).toBeGreaterThanOrEqual(6);
      expect(differing).toEqual([]);
    }, RARELY));

  it('in which a group passes too seldom needs a second person to be promoted', () =>
    withDeployment(async (deployment) => {
      const handle = await registered(deployment);
      const impacts = [{ attribute: 'AGE', group: 'below 26', ratio: '0.79' }];
      await told(handle, DEVELOPER, recordModelTest, { test: { ...HOLDOUT, impacts } });
      await told(handle, VALIDATOR, reviewModel, SOUND_MODEL);
      const reason = 'the young have short histories';
      const first = await told(handle, VALIDATOR, promoteModel, { reason });
      expect(first).toEqual({ status: 'needs-second-person', stage: 'reviewed' });
      expect(await told(handle, VALIDATOR, promoteModel, { reason })).toMatchObject({ refusal: 'same-person' });
      expect(await decided(deployment, 'waits')).toMatchObject({ reasonCodes: ['MODEL_NOT_ACTIVE'] });
      expect(await told(handle, 'staff:head', promoteModel, { reason })).toMatchObject({ stage: 'active' });
      const promotions = (await readModelEvents(deployment.pool, EXPERT)).filter(({ kind }) => kind === 'promotion');
      expect(promotions).toMatchObject([
        { by: VALIDATOR, body: { reason, unevenGroups: impacts } },
        { by: 'staff:head', body: { reason, unevenGroups: impacts } },
      ]);
      await retired(handle);
    }, RARELY));

  it('whose scores have drifted refers, and its decisions replay', () =>
    withDeployment(async (deployment) => {
      const baseline = { below: [560, 600], shares: [0.1, 0.2, 0.7] };
      const handle = await activeModel(deployment, baseline);
      await scoresOnRecord(deployment, 540);
      const drifted = await decided(deployment, 'drifted');
      expect(drifted).toMatchObject({ stage: 'referred', reasonCodes: ['MODEL_DRIFTED'] });
      expect(drifted.body).toMatchObject({ basis: { standing: { drift: 'act' } } });
      await retired(handle);
      expect((await replayed(deployment, 'drifted')).differing).toEqual([]);
    }, RARELY));
});

describe('a challenger', () => {
  it('that would decline scores in the shadow, and changes no answer; the decision replays', () => {
    const { assessment } = defaultPolicy;
    const policy = { ...defaultPolicy, assessment: { ...assessment, challenger: 'strict-2026-02' } };
    return withDeployment(
      async (deployment) => {
        const before = await decided(deployment, 'before');
        expect((before.body as { shadow?: object }).shadow).toBeUndefined();
        const { scorecard } = assessment;
        await inTransaction(deployment.pool, (client) =>
          registerModel(client, {
            tenantId: TENANT,
            card: 'strict',
            version: '2026-02',
            form: 'points',
            content: { ...scorecard, version: 'strict-2026-02', basePoints: 0 },
            developedBy: DEVELOPER,
            registeredAtMs: 1,
          }),
        );
        const after = await decided(deployment, 'after');
        expect(after.stage).toBe('offered');
        expect(after.reasonCodes).toEqual(before.reasonCodes);
        expect(after.body).toMatchObject({ shadow: { model: 'strict-2026-02', outcome: 'declined' } });
        expect((await replayed(deployment)).differing).toEqual([]);
      },
      { ...RARELY, policy },
    );
  });
});

/** As many decisions by the card as are compared, all with one score. */
async function scoresOnRecord({ pool }: Deployment, scorePoints: number): Promise<void> {
  await inTransaction(pool, async (client) => {
    const records = [];
    for (let number = 0; number < DRIFT_POLICY.decisions; number++) {
      const decision = {
        tenantId: TENANT,
        subjectKind: 'application' as const,
        subjectId: `scored-${number}`,
        kind: 'declined',
        reasonCodes: [],
        policyVersion: defaultPolicy.version,
        body: { scorePoints, basis: { cardVersion: 'expert-2026-01' } },
        decidedAtMs: 1,
        decidedBy: 'policy',
      };
      const decisionId = await recordDecision(client, decision);
      records.push(creditDecisionEvidence({ ...decision, decisionId }));
    }
    await appendEvidence(client, { tenantId: TENANT, records });
  });
}
